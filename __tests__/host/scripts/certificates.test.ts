import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost({ ingress: { proxy: "nginx" } });
  for (const folder of ["certs", "acme"]) fs.mkdirSync(path.join(host.dataDir, folder));
  // Only root may give a file away.
  host.standIn(
    "install",
    'options=(); for option in "$@"; do case "$option" in --owner=* | --group=*) ;; *) options+=("$option") ;; esac; done; exec /usr/bin/install "${options[@]}"',
  );
  // Let's Encrypt gives the certificate with the name in the file `issued`.
  host.standIn(
    "certbot",
    '[[ -e "$root/issued" ]] || exit 1; live="$root/opt/shop/data/letsencrypt/live/app"; mkdir -p "$live"; cp "$root/issued" "$live/fullchain.pem"; cp "$root/issued" "$live/privkey.pem"',
  );
});
afterEach(() => host.remove());

const chain = () => path.join(host.dataDir, "certs/fullchain.pem");
const reloads = () => host.calls("docker").filter((call) => call.startsWith("docker kill --signal HUP"));

describe("before the first certificate", () => {
  test("nginx gets one of the host's own, with a key for nginx alone, once", () => {
    expect(host.run("libexec/certificates", "--first").status).toBe(0);
    const text = execFileSync("openssl", ["x509", "-in", chain(), "-noout", "-subject"], { encoding: "utf8" });
    expect(text).toMatch(/CN ?= ?api\.shop\.example/);
    expect(host.mode(path.join(host.dataDir, "certs/privkey.pem"))).toBe("400");
    expect(host.calls("install").every((call) => call.includes("--owner=101 --group=101"))).toBe(true);
    const first = host.read(chain());
    host.run("libexec/certificates", "--first");
    expect(host.read(chain())).toBe(first);
  });
});

describe("with Let's Encrypt", () => {
  beforeEach(() => {
    host.run("libexec/certificates", "--first");
    host.forget();
    host.write("issued", "certificate 1\n");
  });

  test("asks for all hosts through the folder that nginx answers from, and nginx takes it up without a restart", () => {
    expect(host.run("libexec/certificates").status).toBe(0);
    const [call] = host.calls("certbot");
    expect(call).toContain(`--webroot --webroot-path ${host.dataDir}/acme --config-dir ${host.dataDir}/letsencrypt `);
    expect(call).toContain("--domain api.shop.example --domain shop.example");
    expect(host.read(chain())).toBe("certificate 1\n");
    expect(reloads()).toEqual(["docker kill --signal HUP shop-proxy"]);
  });

  test("an unchanged certificate reloads nothing, a renewed one does", () => {
    host.run("libexec/certificates");
    host.run("libexec/certificates");
    expect(reloads()).toHaveLength(1);
    host.write("issued", "certificate 2\n");
    host.run("libexec/certificates");
    expect(reloads()).toHaveLength(2);
  });

  test("what nginx refuses is not loaded", () => {
    host.standIn("docker", '[[ "$*" != *" nginx -t "* ]]');
    const { status, lines } = host.run("libexec/certificates");
    expect([status, lines.at(-1)]).toEqual([1, expect.stringContaining("nginx does not take the new certificate")]);
    expect(reloads()).toEqual([]);
  });

  test("a chain that cannot be written leaves the key of the old one, and is no success", () => {
    const key = path.join(host.dataDir, "certs/privkey.pem");
    const before = [host.read(key), host.read(chain())];
    host.standIn("install", '[[ "${@: -1}" != */fullchain.pem.new ]] && touch "${@: -1}"');
    const { status, lines } = host.run("libexec/certificates");
    expect([status, lines.at(-1)]).toEqual([1, expect.stringContaining(`${chain()} could not be written`)]);
    expect([host.read(key), host.read(chain())]).toEqual(before);
    expect(fs.readdirSync(path.join(host.dataDir, "certs")).sort()).toEqual(["fullchain.pem", "privkey.pem"]);
    expect(reloads()).toEqual([]);
  });

  test("without an answer the old certificate stays, and the message says what to look at", () => {
    const before = host.read(chain());
    fs.rmSync(path.join(host.root, "issued"));
    const { status, lines } = host.run("libexec/certificates");
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain(
      "Let's Encrypt gave no certificate for api.shop.example shop.example; do the names lead to this host",
    );
    expect(host.read(chain())).toBe(before);
  });

  test("nothing is written while the data volume is away", () => {
    host.standIn("mountpoint", "exit 1");
    expect(host.run("libexec/certificates").lines.at(-1)).toContain("the data volume is not mounted");
    expect(host.calls("certbot")).toEqual([]);
  });
});

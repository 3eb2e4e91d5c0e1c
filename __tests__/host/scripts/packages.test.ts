import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
});
afterEach(() => host.remove());

const lines = (file: string) => fs.readFileSync(`modules/host/files/etc/${file}`, "utf8").trimEnd().split("\n");
/** A version of each package that the distribution itself has made, which shows that it has the package under this name. */
const distributions = JSON.parse(fs.readFileSync(path.join(__dirname, "distribution-packages.json"), "utf8")) as Record<
  string,
  { packages: Record<string, string> }
>;
const NGINX = { ingress: { proxy: "nginx" } } as const;

test.each(["ubuntu-24.04", "amazon-linux-2023"] as const)("each package is one that %s has", (os) => {
  const { packages = {} } = distributions[os] ?? {};
  const certificates = os === "ubuntu-24.04" ? "certbot" : "python3-pip";
  expect([...lines(`packages.${os}`), certificates].sort()).toEqual(Object.keys(packages));
});

describe("Ubuntu", () => {
  beforeEach(() => {
    host.write("etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n');
    // Installed is what the file `installed` names.
    host.standIn(
      "dpkg-query",
      'if grep -qx "${@: -1}" "$root/installed" 2>/dev/null; then printf installed; else exit 1; fi',
    );
    host.standIn("apt-get", 'case "$*" in *" install "*) printf "%s\\n" "$@" >>"$root/installed" ;; esac');
  });

  test("installs what is missing, without what is only recommended, and waits for other installations", () => {
    host.write("installed", "jq\n");
    expect(host.run("libexec/packages").status).toBe(0);
    const [update, install] = host.calls("apt-get");
    expect(update).toBe("apt-get --quiet --yes --option DPkg::Lock::Timeout=300 update");
    expect(install).toContain("--option DPkg::Lock::Timeout=300 install --no-install-recommends ");
    expect(install?.split(" ")).toEqual(expect.arrayContaining(["docker.io", "docker-compose-v2"]));
    expect(install?.split(" ")).not.toContain("jq");
    expect(install).not.toContain("certbot");
  });

  test("a second run reaches for no network", () => {
    host.run("libexec/packages");
    host.forget();
    expect(host.run("libexec/packages").status).toBe(0);
    expect(host.calls().filter((call) => !/^(dpkg-query|systemctl)/.test(call))).toEqual([]);
  });

  test("a mirror that fails at first is asked again; one that never answers is named", () => {
    host.standIn("apt-get", 'if (($(grep -c "^apt-get.* update" "$root/calls") < 3)); then exit 100; fi');
    expect(host.run("libexec/packages").status).toBe(0);
    host.standIn("apt-get", "exit 100");
    const { status, lines: said } = host.run("libexec/packages");
    expect([status, said.at(-1)]).toEqual([1, expect.stringContaining("packages: the archive does not give ")]);
  });

  test("security updates come by themselves, never a reboot, never the container engine", () => {
    host.run("libexec/packages");
    const settings = host.read("etc/apt/apt.conf.d/52tierstack");
    expect(settings).toContain('APT::Periodic::Unattended-Upgrade "1";');
    expect(settings).toContain('Unattended-Upgrade::Automatic-Reboot "false";');
    // Each entry is a regular expression that is matched from the start of a package's name.
    const held = [...(/Package-Blacklist \{(.*)\}/.exec(settings)?.[1]?.matchAll(/"([^"]+)";/g) ?? [])].map(
      ([, pattern]) => new RegExp(`^(?:${pattern})`),
    );
    const isHeld = (name: string) => held.some((pattern) => pattern.test(name));
    expect(["docker.io", "containerd", "runc", "docker-compose-v2"].filter(isHeld)).toHaveLength(4);
    expect(["openssl", "linux-aws", "containerd-stress", "docker.io-doc"].filter(isHeld)).toEqual([]);
  });

  test("certbot comes only with nginx", () => {
    host.install(NGINX);
    host.run("libexec/packages");
    expect(host.calls("apt-get").join("\n")).toContain(" certbot");
  });

  test("says when the specification has come to ask for another system", () => {
    host.install({ host: { os: "amazon-linux-2023" } });
    expect(host.run("libexec/packages").lines).toContain(
      "packages: this host runs ubuntu-24.04, the specification asks for amazon-linux-2023: the next host that replaces it will have that",
    );
  });

  test("refuses a system that it does not know", () => {
    host.write("etc/os-release", "ID=debian\nVERSION_ID=13\n");
    expect(host.run("libexec/packages").lines.at(-1)).toContain("packages: debian-13 is not known here");
  });
});

describe("Docker's settings", () => {
  beforeEach(() => {
    host.write("etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\n');
    host.standIn("dpkg-query", "printf installed");
  });
  const settings = () => JSON.parse(host.read("etc/docker/daemon.json")) as Record<string, unknown>;

  test("are there before the engine is installed", () => {
    host.standIn("dpkg-query", "exit 1");
    host.standIn("apt-get", 'cp "$root/etc/docker/daemon.json" "$root/seen"');
    host.run("libexec/packages");
    expect(JSON.parse(host.read("seen"))).toMatchObject({ "live-restore": true, "log-driver": "json-file" });
    expect(host.calls("systemctl")).toEqual([]);
  });

  test("are added to what a person has set; the engine is reloaded, not restarted, and only for a change", () => {
    host.write("etc/docker/daemon.json", '{"registry-mirrors": ["https://mirror.example"], "live-restore": false}\n');
    host.run("libexec/packages");
    expect(settings()).toMatchObject({ "registry-mirrors": ["https://mirror.example"], "live-restore": true });
    expect(host.calls("systemctl")).toContain("systemctl reload docker.service");
    host.forget();
    host.run("libexec/packages");
    expect(host.calls("systemctl")).toEqual([]);
  });

  test("a file that is no JSON is left alone and named", () => {
    host.write("etc/docker/daemon.json", "{ broken");
    expect(host.run("libexec/packages")).toMatchObject({ status: 1 });
    expect(host.read("etc/docker/daemon.json")).toBe("{ broken");
  });
});

describe("Amazon Linux", () => {
  const plugin = "usr/local/lib/docker/cli-plugins/docker-compose";

  beforeEach(() => {
    host.install({ host: { os: "amazon-linux-2023" } });
    host.write("etc/os-release", 'ID="amzn"\nVERSION_ID="2023"\n');
    host.standIn("rpm", "exit 1");
    host.standIn("uname", "echo x86_64");
    host.standIn("curl", 'while [[ "$1" != --output ]]; do shift; done; printf "the plugin" >"$2"');
  });

  /** The pinned sum is that of what the stand-in for GitHub sends. */
  const pin = (text: string) =>
    host.write(
      "opt/shop/etc/compose-plugin.sha256",
      `${createHash("sha256").update(text).digest("hex")}  5.1.0  linux-x86_64\n`,
    );

  test("Docker comes from its archive, Compose from its release after a look at its sum, once", () => {
    pin("the plugin");
    expect(host.run("libexec/packages").status).toBe(0);
    expect(host.calls("dnf")[0]).toMatch(
      /^dnf --quiet --assumeyes --setopt=install_weak_deps=False install .*\bdocker\b/,
    );
    expect(host.calls("curl")[0]).toContain(
      "https://github.com/docker/compose/releases/download/v5.1.0/docker-compose-linux-x86_64",
    );
    expect(host.read(plugin)).toBe("the plugin");
    expect(host.mode(plugin)).toBe("755");
    host.forget();
    host.run("libexec/packages");
    expect(host.calls("curl")).toEqual([]);
  });

  test("another file than the pinned one is never installed", () => {
    pin("the real plugin");
    const { status, lines: said } = host.run("libexec/packages");
    expect([status, said.at(-1)]).toEqual([
      1,
      "packages: what GitHub sent for Compose 5.1.0 is not the pinned release; nothing was installed; try again, then ask",
    ]);
    expect(host.has(plugin) || host.has(`${plugin}.new`)).toBe(false);
  });

  test("a processor without a pinned sum is named", () => {
    host.standIn("uname", "echo riscv64");
    expect(host.run("libexec/packages").lines.at(-1)).toContain(
      "no checksum of Compose 5.1.0 for linux-riscv64 is known",
    );
  });

  test("the pinned sums: two releases for two processors", () => {
    expect(lines("compose-plugin.sha256").map((line) => line.split("  ").slice(1).join(" "))).toEqual([
      "5.1.0 linux-x86_64",
      "5.1.0 linux-aarch64",
      "2.40.3 linux-x86_64",
      "2.40.3 linux-aarch64",
    ]);
    for (const line of lines("compose-plugin.sha256")) expect(line).toMatch(/^[0-9a-f]{64}  /);
  });

  test("security updates are seen although its repositories are frozen, without a reboot or the engine", () => {
    pin("the plugin");
    host.run("libexec/packages");
    expect(host.read("etc/dnf/vars/releasever")).toBe("latest\n");
    const settings = host.read("etc/dnf/automatic.conf");
    for (const line of [
      "upgrade_type = security",
      "apply_updates = yes",
      "reboot = never",
      "excludepkgs = containerd,docker,runc",
    ]) {
      expect(settings).toContain(`\n${line}\n`);
    }
    expect(host.calls("systemctl")).toContain("systemctl enable --quiet --now dnf-automatic.timer");
  });
});

import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost, type ScriptRun } from "../../helpers/script-host";

/** Healthy containers with addresses, a server that takes the password "right", a cache that answers. */
const DOCKER = String.raw`
case "$*" in
  "inspect --format {{.State"*) cat "$root/state" 2>/dev/null || echo "running healthy" ;;
  "inspect --format {{range"*) echo; echo 172.18.0.9 ;;
  "exec --interactive shop-postgres "*)
    if [[ "$(cat)" != right ]]; then echo 'psql: error: connection failed: FATAL:  password authentication failed for user "shop"' >&2; exit 2; fi ;;
  "exec shop-cache "*) cat "$root/pong" 2>/dev/null || echo PONG ;;
esac`;
/** curl: what the file `answers/<url, "/" as "_">` says, else 200; a redirect for port 80. */
const CURL = String.raw`
url="$(printf '%s' "$*" | grep -o 'https\?://[^ ]*' | tail -n 1)"
answer="$root/answers/$(printf '%s' "$url" | tr '/' '_')"
if [[ -e "$answer" ]]; then bash "$answer"; exit; fi
case "$url" in
  http://shop.example/ | http://api.shop.example/) printf '308 %s' "https://$(printf '%s' "$url" | cut -c 8-)" ;;
  *) printf 200 ;;
esac`;

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost({
    services: {
      api: {
        image: { build: {} },
        port: 8080,
        connects: ["database", "cache"],
        route: { hosts: ["shop.example", "api.shop.example"], paths: ["/api/*"] },
        smoke: { database: "/ready/db", cache: "/ready/cache" },
      },
      web: {
        image: { reference: "ghcr.io/shop/web:1.4.2" },
        port: 3000,
        healthCheck: { path: "/up" },
        route: { hosts: ["shop.example"] },
        connects: [],
      },
    },
    jobs: {},
  });
  host.standIn("docker", DOCKER);
  host.standIn("curl", CURL);
  host.write("opt/shop/images.env", "IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
  host.write(
    path.join(host.runDir, "env/api.env"),
    "DATABASE_URL='postgresql://shop:r%69ght@postgres:5432/shop'\nDB_PASSWORD='other'\n",
  );
  lastBackup(3700);
});
afterEach(() => host.remove());

const lastBackup = (secondsAgo: number) =>
  host.write("opt/shop/data/.tierstack/last-backup", `${Math.floor(Date.now() / 1000) - secondsAgo}\n`);
const answer = (url: string, script: string) => host.write(`answers/${url.replaceAll("/", "_")}`, script);

interface Check {
  readonly name: string;
  readonly result: string;
  readonly detail: string;
}
const checks = ({ stdout }: ScriptRun): Check[] => (JSON.parse(stdout) as { checks: Check[] }).checks;
const smoke = (...args: string[]) => host.run("bin/smoke", "--json", ...args);

test("everything that can be seen from the host is well", () => {
  const run = smoke();
  expect(checks(run)).toEqual([
    { name: "http://api.shop.example/", result: "ok", detail: "leads to https://api.shop.example/" },
    { name: "https://api.shop.example/api/", result: "ok", detail: "200 from api" },
    { name: "http://shop.example/", result: "ok", detail: "leads to https://shop.example/" },
    { name: "https://shop.example/api/", result: "ok", detail: "200 from api" },
    { name: "https://shop.example/up", result: "ok", detail: "200 from web" },
    { name: "health of api", result: "ok", detail: "200 at /health" },
    { name: "database through api", result: "ok", detail: "200 at /ready/db" },
    { name: "cache through api", result: "ok", detail: "200 at /ready/cache" },
    { name: "sign-in of api", result: "ok", detail: "shop in shop" },
    { name: "health of web", result: "ok", detail: "200 at /up" },
    { name: "cache", result: "ok", detail: "PONG" },
    { name: "backup", result: "ok", detail: "verified 1 h 1 min ago" },
  ]);
  expect(run.status).toBe(0);
  expect(host.run("bin/smoke").stdout).toMatch(/^ {2}ok {7}http:\/\/api\.shop\.example\/ +leads to https/);
});

test("asks this host by every public name, and no name server", () => {
  smoke();
  const calls = host.calls("curl").filter((call) => call.includes("https://"));
  expect(calls).toHaveLength(3);
  for (const call of calls) expect(call).toMatch(/ --resolve (api\.)?shop\.example:443:127\.0\.0\.1 /);
  // A container is asked by its own address: newer releases of curl resolve addresses by this option too.
  expect(host.calls("curl").filter((call) => call.includes("172.") && call.includes("--resolve"))).toEqual([]);
  expect(calls.join()).not.toContain("--insecure");
});

test("no password stands in a call or in the output", () => {
  const { stdout, lines } = smoke();
  expect(host.calls().join("\n") + stdout + lines.join("\n")).not.toMatch(/right|r%69ght|other/);
});

describe("names what is not well, and nothing else", () => {
  test.each<[string, () => void, string, RegExp]>([
    [
      "a service that answers 500",
      () => answer("http://172.18.0.9:8080/health", "printf 500"),
      "health of api",
      /^500 at/,
    ],
    [
      "a service that is down",
      () => host.write("state", "exited\n"),
      "health of api",
      /^exited; see: .*bin\/logs api$/,
    ],
    [
      "a service behind the proxy",
      () => answer("https://shop.example/up", "printf 502"),
      "https://shop.example/up",
      /^502 from web$/,
    ],
    [
      "a certificate",
      () => answer("https://shop.example/up", "echo 'curl: (60) certificate has expired' >&2; printf 000; exit 60"),
      "https://shop.example/up",
      /^curl: \(60\) certificate has expired from web$/,
    ],
    [
      "a redirect",
      () => answer("http://shop.example/", "printf '200 '"),
      "http://shop.example/",
      /^does not lead to https: 200/,
    ],
    [
      "the database, by the app",
      () => answer("http://172.18.0.9:8080/ready/db", "printf 503"),
      "database through api",
      /^503/,
    ],
    [
      "the cache, by the app",
      () => answer("http://172.18.0.9:8080/ready/cache", "printf 404"),
      "cache through api",
      /^404/,
    ],
    ["the cache", () => host.write("pong", "LOADING\n"), "cache", /^LOADING$/],
    [
      "a password that the server does not take",
      () =>
        host.write(
          path.join(host.runDir, "env/api.env"),
          "DATABASE_URL='postgresql://shop:wrong@postgres:5432/shop'\n",
        ),
      "sign-in of api",
      /^shop in shop: password authentication failed for user "shop"$/,
    ],
    ["secrets", () => fs.rmSync(path.join(host.runDir, "env/api.env")), "sign-in of api", /^its secrets are not there/],
    ["a backup", () => lastBackup(27 * 3600), "backup", /^nothing was verified for 27 h, and 26 h are allowed/],
  ])("%s", (_, spoil, name, detail) => {
    spoil();
    const run = smoke();
    const bad = checks(run).filter(({ result }) => result !== "ok");
    expect(bad[0]).toEqual({ name, result: "failed", detail: expect.stringMatching(detail) as string });
    expect(bad.map((check) => check.result)).not.toContain("unknown");
    // Both services are down when one state is for all.
    expect(bad).toHaveLength(name === "health of api" && host.has("state") ? 2 : 1);
    expect(run.status).toBe(1);
  });
});

describe("says what it could not tell, with 3", () => {
  test("the app is closed: what is inside is looked at all the same", () => {
    host.write("opt/shop/data/maintenance/index.html", "<p>x</p>");
    host.write("opt/shop/data/maintenance/message", "back at noon\n");
    const run = smoke();
    const told = checks(run).filter(({ result }) => result === "unknown");
    expect(told).toHaveLength(3);
    expect(told[0]?.detail).toBe("closed for maintenance: back at noon");
    expect(checks(run).map(({ name }) => name)).toContain("health of api");
    expect(run.status).toBe(3);
  });

  test("Docker does not answer; an engine that is off is not asked, which would start it", () => {
    host.standIn("systemctl", "exit 3");
    const run = smoke();
    expect(checks(run)).toContainEqual({
      name: "containers",
      result: "unknown",
      detail: "Docker does not answer; see: journalctl -u docker",
    });
    expect(host.calls("docker")).toEqual([]);
    expect(run.status).toBe(3);
  });

  test("a service without a release", () => {
    host.write("opt/shop/images.env", "IMAGE_API='api:1'\n");
    host.standIn(
      "docker",
      DOCKER.replace('"inspect --format {{.State"*)', '*shop-web) ;; "inspect --format {{.State"*)'),
    );
    const run = smoke();
    expect(checks(run).filter(({ result }) => result === "unknown")).toEqual([
      { name: "https://shop.example/up", result: "unknown", detail: "web has not been released" },
      { name: "web", result: "unknown", detail: "has not been released" },
    ]);
    expect(run.status).toBe(3);
  });

  test("something that has failed counts more", () => {
    host.write("opt/shop/data/maintenance/index.html", "<p>x</p>");
    host.write("pong", "LOADING\n");
    expect(smoke().status).toBe(1);
  });
});

describe("for a release", () => {
  test("leaves out what no release changes", () => {
    lastBackup(99 * 3600);
    const run = smoke("--release");
    expect(run.status).toBe(0);
    expect(checks(run).map(({ name }) => name)).not.toEqual(expect.arrayContaining(["backup"]) as string[]);
    expect(checks(run).map(({ name }) => name)).not.toContain("http://shop.example/");
    expect(host.calls("curl").find((call) => call.includes("https://shop.example/up"))).toContain("--insecure");
  });

  test("a name that has no certificate yet is no fault of it", () => {
    answer("https://shop.example/up", "echo 'curl: (35) handshake failure' >&2; printf 000; exit 35");
    const run = smoke("--release");
    expect(checks(run)).toContainEqual({
      name: "https://shop.example/up",
      result: "unknown",
      detail: "the proxy has no certificate yet",
    });
    expect(run.status).toBe(3);
    expect(smoke().status).toBe(1);
  });
});

test("a first backup has its time", () => {
  fs.rmSync(path.join(host.dataDir, ".tierstack/last-backup"));
  host.write("opt/shop/data/.tierstack/volume", `CREATED='${Math.floor(Date.now() / 1000) - 3600}'\n`);
  expect(checks(smoke()).at(-1)).toEqual({
    name: "backup",
    result: "ok",
    detail: "none yet; the first is due within 26 h of the first start",
  });
  host.write("opt/shop/data/.tierstack/volume", `CREATED='${Math.floor(Date.now() / 1000) - 30 * 3600}'\n`);
  expect(checks(smoke()).at(-1)).toMatchObject({ result: "failed" });
});

test("an app without TLS, database and cache is asked by HTTP alone", () => {
  host.install({
    services: { web: { image: { build: {} }, port: 3000, route: { hosts: ["*"] }, connects: [] } },
    jobs: {},
    database: { mode: "none" },
    cache: { mode: "none" },
    ingress: { tls: { off: "A load balancer ends TLS" } },
    secrets: {},
  });
  host.write("opt/shop/images.env", "IMAGE_WEB='web:1'\n");
  const run = smoke();
  expect(checks(run).map(({ name }) => name)).toEqual(["http://localhost/health", "health of web"]);
  expect(run.status).toBe(0);
});

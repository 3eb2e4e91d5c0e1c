import * as fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
});
afterEach(() => host.remove());

test.each(fs.readdirSync("modules/host/files/bin"))("%s --help says how it is used and does nothing", (name) => {
  const { status, stdout } = host.run(`bin/${name}`, "--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^usage: ${name}\\b`));
  expect(stdout).not.toContain("common.sh");
  expect(host.calls()).toEqual([]);
});

test.each(["update", "rollback", "release", "status", "psql", "logs"])(
  "%s refuses an unknown option with status 2",
  (name) => {
    expect(host.run(`bin/${name}`, "--wrong").status).toBe(2);
    expect(host.calls()).toEqual([]);
  },
);

describe("psql", () => {
  test("is the app's role in the app's database, or the superuser, or another database", () => {
    host.run("bin/psql", "--", "--command=SELECT 'a b'");
    host.run("bin/psql", "--superuser", "postgres");
    expect(host.calls("docker")).toEqual([
      "docker exec --interactive shop-postgres psql --username=shop --dbname=shop --command=SELECT 'a b'",
      "docker exec --interactive shop-postgres psql --username=postgres --dbname=postgres",
    ]);
  });

  test("is the role that has a database for itself", () => {
    host.install({
      database: { databases: ["reports", "others"] },
      services: { api: { image: { reference: "ghcr.io/shop/api:1" }, port: 8080, database: "reports" } },
    });
    host.run("bin/psql", "reports");
    host.run("bin/psql", "others");
    expect(host.calls("docker")).toEqual([
      "docker exec --interactive shop-postgres psql --username=reports --dbname=reports",
      "docker exec --interactive shop-postgres psql --username=shop --dbname=others",
    ]);
  });

  test("says so when the stack runs no database", () => {
    host.install({ database: { mode: "none" } });
    expect(host.run("bin/psql")).toMatchObject({
      status: 1,
      lines: [expect.stringContaining("this stack runs no PostgreSQL")],
    });
  });
});

test("logs come from Compose, or from the units of the host", () => {
  host.run("bin/logs", "-f", "api");
  expect(host.calls("docker").at(-1)).toMatch(/ logs --tail 200 --follow api$/);
  host.run("bin/logs", "--host");
  expect(host.calls("journalctl")[0]).toContain("--unit=shop.service --unit=shop-* --unit=docker.service");
});

test("status does not ask an engine that is off, which would start it", () => {
  host.standIn("systemctl", 'echo failed; [[ "$1 $2" != "is-active --quiet" ]]');
  const { status, stdout } = host.run("bin/status");
  expect([status, stdout]).toEqual([1, expect.stringContaining("docker is failed")]);
  expect(host.calls("docker")).toEqual([]);
});

describe("status", () => {
  const HEALTHY = 'case "$*" in *State.Status*) echo "running healthy" ;; *) echo "image:1" ;; esac';
  beforeEach(() => {
    host.standIn("docker", HEALTHY);
    host.standIn("systemctl", "echo active");
    host.standIn("journalctl", "printf '%s\\n' 'start: api is unwell' 'shop.service: Failed with result exit-code.'");
    host.write("opt/shop/images.env", "IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
    for (const file of ["last-backup", "last-drill"]) {
      host.write(`opt/shop/data/.tierstack/${file}`, `${Math.floor(Date.now() / 1000) - 3700}\n`);
    }
  });

  test("everything in place", () => {
    const { status, stdout } = host.run("bin/status");
    expect(status).toBe(0);
    expect(stdout).toContain("  api              running healthy  api:1\n");
    expect(stdout).toContain("  last backup      1 h 1 min ago\n");
    expect(stdout).toMatch(/nothing is missing\n$/);
  });

  test.each<[string, () => void, string]>([
    [
      "the data volume",
      () => host.standIn("mountpoint", "exit 1"),
      "the data volume is not mounted: journalctl -u shop-data",
    ],
    [
      "a release",
      () => host.write("opt/shop/images.env", "IMAGE_API='api:1'\n"),
      "web has no released image: release one, then run:",
    ],
    [
      "a healthy service",
      () => host.standIn("docker", HEALTHY.replace("running healthy", "restarting")),
      "api is restarting:",
    ],
    ["a backup", () => fs.rmSync(`${host.dataDir}/.tierstack/last-backup`), "there is no backup yet:"],
    [
      "a unit",
      () => host.standIn("systemctl", "echo failed"),
      "shop is failed: start: api is unwell; more: journalctl -u shop",
    ],
    ["a reboot", () => host.write("run/reboot-required", ""), "a security update waits for a reboot"],
    [
      "a reboot of Amazon Linux, which leaves no file",
      () => {
        host.install({ host: { os: "amazon-linux-2023" } });
        host.standIn("dnf", "echo 'Reboot is required to fully utilize these updates.'; exit 1");
      },
      "a security update waits for a reboot",
    ],
  ])("names what is missing and what to do: %s", (_, spoil, message) => {
    spoil();
    const { status, stdout } = host.run("bin/status");
    expect(status).toBe(1);
    expect(stdout.slice(stdout.indexOf("missing:"))).toContain(message);
  });
});

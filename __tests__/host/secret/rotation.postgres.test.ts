import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PostgresServer } from "../../helpers/postgres-server";
import { RotationHost, SERVER_SETTINGS } from "./rotation-host";

const OLD = "old DB_PASSWORD";
const NEW = `n'ew "x" \\y %41 $HOME`;

let server: PostgresServer;
beforeAll(() => {
  server = new PostgresServer(SERVER_SETTINGS);
});
afterAll(() => server.stop());

let host: RotationHost;
beforeEach(() => {
  host = new RotationHost(server);
});
afterEach(() => host.remove());

/** Nothing of the new value is left anywhere, and what worked before works. */
function expectOldValue(before: Record<string, string>): void {
  expect(host.takes("shop", OLD)).toBe(true);
  expect(host.takes("shop", NEW)).toBe(false);
  expect(host.files()).toEqual(before);
  expect(fs.readdirSync(host.runDir).filter((name) => name.startsWith(".") || name.includes("rotation"))).toEqual([]);
}

describe("a new password of the app's role", () => {
  test("is set first, reaches every service that signs in with it, and the old one is refused", async () => {
    host.store("DB_PASSWORD", NEW);
    const { status, report } = await host.takeUp("DB_PASSWORD");
    expect(report).toEqual({
      name: "DB_PASSWORD",
      by: "ada",
      result: "taken up",
      reason: "",
      databaseRole: "shop",
      restarted: ["api", "worker"],
      holder: "",
    });
    expect(status).toBe(0);
    expect(host.takes("shop", NEW)).toBe(true);
    expect(host.takes("shop", OLD)).toBe(false);
    expect(host.restarted()).toEqual(["api", "worker"]);
    expect(host.files()["secrets/DB_PASSWORD"]).toBe(NEW);
    expect(host.files()["env/reports.env"]).toContain("old REPORTS_DB_PASSWORD");
    expect(host.calls("aws").filter((call) => call.includes("put-"))).toEqual([]);
  });

  test("stands in no command line, no output and no log of the server, which is hashed by SCRAM", async () => {
    host.store("DB_PASSWORD", NEW);
    const { stderr, report } = await host.takeUp("DB_PASSWORD");
    for (const text of [stderr, JSON.stringify(report), host.calls().join("\n"), server.log()]) {
      expect(text).not.toContain(`n'ew "x"`);
      expect(text).not.toContain(`n''ew "x"`);
      expect(text).not.toContain(OLD);
    }
    expect(server.log()).toContain("SELECT 1");
    expect(server.query("SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = 'shop'")).toBe("SCRAM-SHA-256$");
  });

  test("a second time changes nothing for the worse", async () => {
    host.store("DB_PASSWORD", NEW);
    await host.takeUp("DB_PASSWORD");
    const { status, report } = await host.takeUp("DB_PASSWORD");
    expect([status, report.result]).toEqual([0, "taken up"]);
    expect(host.takes("shop", NEW)).toBe(true);
  });

  test.each(["api", "worker"])("is taken back everywhere when %s does not get well with it", async (sick) => {
    const before = host.files();
    host.store("DB_PASSWORD", NEW);
    host.write("sick", `${sick}\n`);
    // It is the new value that makes it sick.
    const docker = host.read("stand-ins/docker");
    host.write("stand-ins/docker", docker.replace("grep -qx", '! grep -q old <<<"$url" && grep -qx'), 0o755);
    const { status, report } = await host.takeUp("DB_PASSWORD");
    expect(report).toMatchObject({
      result: "taken back",
      reason: `restarting ${sick} failed: not every container runs; its log: ${host.appDir}/bin/logs <service>`,
    });
    expect(status).toBe(1);
    expectOldValue(before);
    expect(host.restarted().slice(-1)).toEqual([sick]);
    expect(host.read(`containers/shop-${sick}`)).toBe("running healthy\n");
  });

  test("3 says that the value before is not well either", async () => {
    host.store("DB_PASSWORD", NEW);
    host.write("sick", "worker\n");
    const { status, report } = await host.takeUp("DB_PASSWORD");
    expect([status, report.result]).toEqual([3, "failed"]);
    expect(report.reason).toContain("and the value before is not well either");
    expect(host.takes("shop", OLD)).toBe(true);
  });

  test("a server that takes any password is no proof, so nothing is called revoked", async () => {
    const before = host.files();
    const rules = path.join(server.folder, "data", "pg_hba.conf");
    const asked = fs.readFileSync(rules, "utf8");
    fs.writeFileSync(rules, "local all all trust\n");
    server.query("SELECT pg_reload_conf()");
    host.store("DB_PASSWORD", NEW);
    const { status, report } = await host.takeUp("DB_PASSWORD");
    fs.writeFileSync(rules, asked);
    server.query("SELECT pg_reload_conf()");
    expect([status, report.result]).toEqual([1, "taken back"]);
    expect(report.reason).toContain("proving that the old password of shop is refused failed: it still signs in");
    expect(host.files()).toEqual(before);
  });

  test("is not begun with when the database is down", async () => {
    const before = host.files();
    host.store("DB_PASSWORD", NEW);
    const docker = host.read("stand-ins/docker");
    host.write("stand-ins/docker", docker.replace("shift 3", "echo 'container is not running' >&2; exit 1"), 0o755);
    const { status, report } = await host.takeUp("DB_PASSWORD");
    expect([status, report.result]).toEqual([1, "failed"]);
    expect(report.reason).toContain("shop cannot sign in with the password of now: container is not running");
    expectOldValue(before);
  });

  test("is taken up after a run that was killed between the role and the files", async () => {
    server.query(`ALTER ROLE shop PASSWORD '${NEW.replaceAll("'", "''")}'`);
    host.store("DB_PASSWORD", NEW);
    expect(await host.takeUp("DB_PASSWORD")).toMatchObject({ status: 0, report: { result: "taken up" } });
    expect(host.takes("shop", NEW)).toBe(true);
  });

  test("of two lines is refused before anything changes", async () => {
    const before = host.files();
    host.store("DB_PASSWORD", "one\ntwo");
    const { status, report } = await host.takeUp("DB_PASSWORD");
    expect([status, report.result]).toEqual([1, "failed"]);
    expect(report.reason).toContain("nothing was changed");
    expectOldValue(before);
    expect(host.restarted()).toEqual([]);
  });
});

describe("a take-up that is stopped goes back", () => {
  const PHASES = [
    ["while the role is changed", "NEW_PASSWORD"],
    ["while the first service restarts", "--force-recreate api"],
    ["while the second service restarts", "--force-recreate worker"],
  ] as const;

  /** Waits until the phase is reached, and lets the way back through. */
  async function reached(): Promise<void> {
    await expect.poll(() => host.has("paused"), { timeout: 20_000 }).toBe(true);
    fs.rmSync(path.join(host.root, "pause"));
  }

  test.each([
    ...PHASES.map((phase) => ["SIGTERM", ...phase] as const),
    ["SIGINT", ...PHASES[0]],
    ["SIGHUP", ...PHASES[2]],
  ] as const)("by %s %s", async (signal, _, call) => {
    const before = host.files();
    host.store("DB_PASSWORD", NEW);
    host.write("pause", call);
    const { status, report } = await host.takeUp("DB_PASSWORD", async (pid) => {
      await reached();
      process.kill(pid, signal);
    });
    expect([status, report.result]).toEqual([1, "taken back"]);
    expect(report.reason).toMatch(/ was interrupted$/);
    expectOldValue(before);
  });

  test("before anything has changed", async () => {
    const before = host.files();
    host.store("DB_PASSWORD", NEW);
    host.write("pause", "SELECT 1");
    const { status, report } = await host.takeUp("DB_PASSWORD", async (pid) => {
      await reached();
      process.kill(pid, "SIGTERM");
    });
    expect([status, report.result]).toEqual([1, "failed"]);
    expect(report.reason).toBe("reading DB_PASSWORD was interrupted; nothing was changed");
    expectOldValue(before);
    expect(host.restarted()).toEqual([]);
  });

  test("when its process is killed", async () => {
    const before = host.files();
    host.store("DB_PASSWORD", NEW);
    host.write("pause", "--force-recreate worker");
    const { status, report } = await host.takeUp("DB_PASSWORD", async (pid) => {
      await reached();
      for (const child of childrenOf(pid))
        if (commandOf(child).includes("libexec/take-up")) process.kill(child, "SIGKILL");
    });
    expect([status, report.result, report.reason]).toEqual([1, "taken back", "its process was killed"]);
    expectOldValue(before);
  });
});

const childrenOf = (pid: number): number[] =>
  fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
const commandOf = (pid: number): string => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");

test("a database's own role has its own password, and only its service restarts", async () => {
  host.store("REPORTS_DB_PASSWORD", NEW);
  const { status, report } = await host.takeUp("REPORTS_DB_PASSWORD");
  expect([status, report.databaseRole, report.restarted]).toEqual([0, "reports", ["reports"]]);
  expect(host.takes("reports", NEW)).toBe(true);
  expect(host.takes("shop", OLD)).toBe(true);
});

test("the superuser's password restarts nothing", async () => {
  host.store("POSTGRES_PASSWORD", NEW);
  const { status, report } = await host.takeUp("POSTGRES_PASSWORD");
  expect([report.reason, status, report.databaseRole, report.restarted]).toEqual(["", 0, "postgres", []]);
  expect(host.takes("postgres", NEW)).toBe(true);
});

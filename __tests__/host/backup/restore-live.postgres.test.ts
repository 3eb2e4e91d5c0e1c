/** Restores in place of the live databases, by the host's scripts on a real PostgreSQL and real S3 requests. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../../scripts/lib/process";
import { MOTO_INSTALL_MS } from "../../helpers/moto";
import { BackupHost, type Manifest } from "./backup-host";

let host: BackupHost;
let manifest: Manifest;

/** Milliseconds of a run with all its calls of the AWS CLI, on a busy machine. */
const RUN_MS = 240_000;

beforeAll(async () => {
  ({ host, manifest } = await BackupHost.withBackup());
}, MOTO_INSTALL_MS);
afterAll(() => host?.close());
afterEach(() => {
  host.proxy.faults = {};
});

const items = () => host.server.query("SELECT count(*), min(name) FROM items", "shop");
const databases = () =>
  host.server.query("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1").split("\n");
/** The name under which a restore keeps the app's database that it has replaced. */
const keptAs = (said: string) => / is kept as (shop_before_\d{8}t\d{6}z)\./.exec(said)?.[1] ?? "nothing";
/** Drops what a restore has kept by the lines that it has printed for that. */
async function dropAsPrinted(said: string): Promise<void> {
  const lines = said.split("\n").filter((line) => line.startsWith("  "));
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    const { code, stderr } = await run("bash", ["-c", line], { env: host.env() });
    expect([code, stderr]).toEqual([0, ""]);
  }
  const kept = [...said.matchAll(/is kept as (\w+)\./g)].map(([, name]) => name);
  expect(databases().filter((name) => kept.includes(name))).toEqual([]);
}

describe("a restore in place of the live databases", () => {
  test("needs the name of the stack, or --yes", async () => {
    const { code, stderr } = await host.run("restore", ["--to", "live"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("nobody can confirm")]);
  });

  test.each([
    [
      "is damaged on its way",
      {},
      { flipDownload: /^GET .*\/backups\/shop\.dump/ },
      /The live databases are as they were/,
    ],
    ["stops in its middle", { FAULT: "restore-killed" }, {}, /The live databases are as they were/],
    [
      "cannot be preceded by a backup",
      { FAULT: "dump-killed" },
      {},
      /failed at: safety backup of the live databases \(to go without/,
    ],
  ])("that %s leaves them as they were, and the app runs", { timeout: RUN_MS }, async (_what, env, faults, message) => {
    const before = [items(), ...databases()];
    host.commands();
    host.proxy.faults = faults;
    const { code, stderr } = await host.run(
      "restore",
      [
        "--to",
        "live",
        "--yes",
        ...("FAULT" in env && env.FAULT === "dump-killed" ? [] : ["--no-safety-backup", "a test"]),
      ],
      env,
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect([items(), ...databases()]).toEqual(before);
    const commands = host.commands();
    expect(commands.some((line) => line.endsWith("stop backend"))).toBe(true);
    expect(commands.at(-1)).toBe("start");
  });

  test(
    "backs up what is live, brings the older rows, rights and settings back, and keeps what was",
    { timeout: RUN_MS },
    async () => {
      host.server.query("DELETE FROM items WHERE id > 5; CREATE TABLE newer ()", "shop");
      host.server.query("ALTER DATABASE shop RESET search_path");
      const session = run(
        "docker",
        ["compose", "exec", "postgres", "psql", "-U", "postgres", "-d", "shop", "-c", "SELECT pg_sleep(600)"],
        { env: host.env() },
      );
      const { code, stdout, stderr } = await host.run("restore", ["--to", "live", "--yes", "--id", manifest.id]);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect((await session).stderr).toContain("terminating connection due to administrator command");
      const old = keptAs(stdout);
      expect(items()).toMatch(/^20000\|/);
      expect(host.server.query("SELECT count(*) FROM items", old)).toBe("5");
      expect(host.server.query("SHOW search_path", "shop")).toBe("public, extra");
      expect(
        host.server.query(
          "SELECT has_table_privilege('reader', 'items', 'SELECT'), has_database_privilege('public', 'shop', 'CONNECT')",
          "shop",
        ),
      ).toBe("t|f");
      const [safety] = await host.manifests();
      expect(safety?.reason).toBe(`before the restore of ${manifest.id}`);
      expect(safety?.files[0]?.rows?.["public.items"]).toBe(5);
      await dropAsPrinted(stdout);
    },
  );

  test(
    "that failed after its safety backup brings the right data when it is repeated without an ID",
    { timeout: RUN_MS },
    async () => {
      host.server.query("DELETE FROM items; SELECT lo_unlink(oid) FROM pg_largeobject_metadata", "shop");
      host.proxy.faults = { flipDownload: /^GET .*\/backups\/shop\.dump/ };
      const failed = await host.run("restore", ["--to", "live", "--yes"], {
        AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
      });
      host.proxy.faults = {};
      expect(failed.code).toBe(1);
      expect(failed.stderr).toMatch(/failed at: download shop\. The live databases are as they were/);
      expect(failed.stderr).toContain(`${host.appDir}/bin/restore --to live --id ${manifest.id}\n`);
      const [safety] = await host.manifests();
      expect(safety?.reason).toBe(`before the restore of ${manifest.id}`);

      const nightly = await host.run("backup", ["now"]);
      expect(nightly.stderr).toContain("the database shop holds no row any more, the last backup held 20001");

      const repeated = await host.run("restore", ["--to", "live", "--yes"]);
      expect([repeated.code, repeated.stderr]).toEqual([0, expect.any(String)]);
      expect(repeated.stdout).toContain(`Backup ${manifest.id} is live`);
      expect(items()).toMatch(/^20000\|/);
      await dropAsPrinted(repeated.stdout);
    },
  );

  test(
    "can be done twice; jobs at work are stopped before, jobs of the release run again after",
    { timeout: RUN_MS },
    async () => {
      fs.writeFileSync(path.join(host.stateDir, "jobs-done"), "job-migrate registry/api@sha256:1\n");
      const args = ["--to", "live", "--yes", "--id", manifest.id, "--no-safety-backup", "a test"];
      host.commands();
      const first = await host.run("restore", args, { RUNNING_JOB: "shop-job-report.service loaded activating start" });
      expect([first.code, first.stderr]).toEqual([
        0,
        expect.stringContaining("stopping shop-job-report.service, which is at work"),
      ]);
      expect(host.state("jobs-done")).toBeUndefined();
      const commands = host.commands();
      const stopped = commands.indexOf("systemctl stop shop-job-report.service");
      expect(stopped).toBeGreaterThan(-1);
      expect(commands.findIndex((line) => line.includes("-d template1"))).toBeGreaterThan(stopped);

      const second = await host.run("restore", args);
      expect([second.code, second.stderr]).toEqual([0, expect.any(String)]);
      expect(keptAs(second.stdout)).not.toBe(keptAs(first.stdout));
      expect(host.server.query("SELECT count(*) FROM items", keptAs(second.stdout))).toBe("20000");
      await dropAsPrinted(first.stdout);
      await dropAsPrinted(second.stdout);
      expect(databases()).toEqual(["accounts", "postgres", "shop"]);
    },
  );

  test("passes over a manifest that is none, and says so", { timeout: RUN_MS }, async () => {
    const outside = JSON.stringify({ ...manifest, onceJobs: ["../volume"] });
    for (const broken of ["not JSON", '{"id": "20990101T000000Z", "format": 1}', "[]", outside]) {
      await host.withManifest(broken, async () => {
        const { code, stdout, stderr } = await host.run("backup", ["list"]);
        expect([code, stderr]).toEqual([0, expect.stringContaining("/backups/manifest.json is no manifest (")]);
        expect(stderr).not.toContain("Traceback");
        expect(stdout).toContain(manifest.id);
      });
    }
    await host.withManifest("not JSON", async () => {
      const { code, stdout } = await host.run("restore", ["--to", "scratch"]);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Backup ${manifest.id} runs in the container`)]);
      await host.run("restore", ["--remove-scratch"]);
    });
  });

  test("brings the app back on a server that holds nothing yet", { timeout: RUN_MS }, async () => {
    host.server.query("DROP DATABASE shop");
    host.server.query("DROP DATABASE accounts");
    host.server.query("DROP ROLE reader; DROP ROLE shop");
    const { code, stdout, stderr } = await host.run("restore", ["--to", "live", "--yes", "--id", manifest.id]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("the live databases hold no rows, so they need no safety backup"),
    ]);
    expect(stdout).toBe(`Backup ${manifest.id} is live: shop accounts, with every row.\n`);
    expect(databases()).toEqual(["accounts", "postgres", "shop"]);
    expect(items()).toMatch(/^20000\|/);
    const asApp = host.server.psql(["-c", "INSERT INTO items VALUES (0, 'new'); SELECT count(*) FROM items"], {
      user: "shop",
      password: "the app's",
      database: "shop",
    });
    expect(asApp).toEqual({ status: 0, output: expect.stringContaining("20001") });
  });

  // Last, because its backup is the newest one from then on.
  describe("and the jobs that run once", () => {
    const folder = () => path.join(host.stateDir, "once");
    const ranOnce = (...jobs: string[]) => {
      fs.rmSync(folder(), { recursive: true, force: true });
      fs.mkdirSync(folder());
      for (const job of jobs) fs.writeFileSync(path.join(folder(), job), "");
    };
    /** Their names, and the marker of the one that the app has when it is there. */
    const once = () => [
      ...fs.readdirSync(folder()).sort(),
      ...fs.readdirSync(host.appDir).filter((name) => name === ".admin-made"),
    ];
    const restore = async (...args: string[]) => {
      const all = ["--to", "live", "--yes", "--no-safety-backup", "a test", ...args];
      const { code, stdout, stderr } = await host.run("restore", all);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      await dropAsPrinted(stdout);
      return stderr;
    };

    test("brings back exactly those that had run at the time of the backup", { timeout: 2 * RUN_MS }, async () => {
      ranOnce("admin", "of-earlier");
      expect((await host.run("backup", ["now"])).code).toBe(0);
      const [newest] = await host.manifests();
      expect(newest?.onceJobs).toEqual(["admin", "of-earlier"]);
      // As on a new volume.
      fs.rmSync(folder(), { recursive: true });
      expect(await restore()).toContain("restore: had run once: admin of-earlier\n");
      expect(once()).toEqual(["admin", "of-earlier", ".admin-made"]);
      // The first backup is older than all of them.
      ranOnce("admin", "newer");
      expect(await restore("--id", manifest.id)).toContain("restore: had run once: none\n");
      expect(once()).toEqual([]);
    });

    test.each<[string, (manifest: Manifest) => unknown, string[], RegExp]>([
      [
        "of an earlier version, which does not tell",
        ({ onceJobs: _jobs, ...old }) => old,
        [],
        /does not tell which jobs had/,
      ],
      [
        "of which one database is restored",
        (one) => one,
        ["--database", "accounts"],
        /because only accounts is restored/,
      ],
    ])("leaves them as they are by a backup %s", { timeout: RUN_MS }, async (_, change, args, said) => {
      ranOnce("admin");
      await host.withManifest(JSON.stringify(change(manifest)), async () => {
        expect(await restore(...args)).toMatch(said);
      });
      expect(once()).toEqual(["admin"]);
    });
  });
});

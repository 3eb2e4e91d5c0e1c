import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MOTO_INSTALL_MS } from "../../helpers/moto";
import { BackupHost, type Manifest } from "./backup-host";
import type { Faults } from "./fault-proxy";

let host: BackupHost;

beforeAll(async () => void (host = await BackupHost.open()), MOTO_INSTALL_MS);
afterAll(() => host?.close());
afterEach(() => {
  host.proxy.faults = {};
});

/** Milliseconds of a run with all its calls of the AWS CLI, on a busy machine. */
const RUN_MS = 180_000;

async function makeBackup(...args: string[]): Promise<Manifest> {
  const { code, stdout, stderr } = await host.run("backup", ["now", ...args]);
  if (code !== 0) throw new Error(stderr);
  expect(stdout).toMatch(
    /^Backup \d{8}T\d{6}Z is published: shop\.dump \S+, accounts\.dump \S+, globals\.sql \S+, in \d+ s\.\n$/,
  );
  return host.manifests().then(([newest]) => newest as Manifest);
}

test(
  "without a backup there is nothing to verify, to drill or to restore, and the list says so",
  { timeout: RUN_MS },
  async () => {
    expect((await host.run("backup", ["list"])).stdout).toBe("There is no backup yet.\n");
    for (const [program, args] of [
      ["backup", ["verify"]],
      ["backup", ["drill"]],
      ["restore", ["--to", "scratch"]],
    ] as const) {
      const { code, stderr } = await host.run(program, args);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("there is no backup in s3://shop-mvp-backups/backups/ yet"),
      ]);
    }
  },
);

describe("a backup", () => {
  let manifest: Manifest;
  beforeAll(async () => {
    host.proxy.asked.length = 0;
    host.server.query("CREATE DATABASE by_hand");
    manifest = await makeBackup("--reason", "daily");
    host.server.query("DROP DATABASE by_hand");
  }, RUN_MS);

  test("is described by its manifest: versions, sums, rows, position in the log, what was left out", async () => {
    expect(manifest).toMatchObject({
      format: 1,
      stack: "shop-mvp",
      reason: "daily",
      major: 15,
      server: expect.stringMatching(/^15\./) as string,
      notBackedUp: ["by_hand"],
    });
    expect(manifest.files).toEqual([
      {
        kind: "database",
        database: "shop",
        databaseBytes: expect.any(Number) as number,
        encoding: "UTF8",
        collate: "C",
        ctype: "C",
        owner: "shop",
        lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) as string,
        rows: { "public.items": 20000, 'public."No Rows"': 0, "large objects": 1 },
        key: "backups/shop.dump",
        ...IN_S3,
      },
      expect.objectContaining({ database: "accounts", rows: { "public.users": 3, "large objects": 0 } }),
      { kind: "globals", key: "backups/globals.sql", ...IN_S3 },
    ]);
  });

  test("lies in the bucket as the manifest says, byte for byte", async () => {
    for (const file of manifest.files) {
      const object = await host.object(file.key, file.versionId);
      expect(object.length).toBe(file.bytes);
      expect(host.sha256(object)).toBe(file.sha256);
    }
  });

  test("holds the roles, and no password of anybody", async () => {
    const [, , globals] = manifest.files;
    const text = (await host.object(globals?.key ?? "", globals?.versionId)).toString();
    expect(text).toContain("CREATE ROLE reader;");
    expect(text).not.toMatch(/PASSWORD|SCRAM/);
  });

  test("is remembered with the time when it began, and its age is a metric", async () => {
    const began = Date.parse(manifest.startedAt) / 1000;
    expect(host.state("last-backup")).toBe(`${began}\n`);
    const [metric] = host.proxy.asked.filter(({ body }) => body.includes("BackupAgeSeconds"));
    expect(metric?.body).toMatch(/shop%2Fmvp|shop\/mvp/);
    expect(metric?.body).toContain("shop-mvp");
  });

  test("leaves nothing behind on the host", () => {
    const evidenceOfDrills = "drills.jsonl";
    const left = fs.readdirSync(host.stateDir).filter((name) => name !== evidenceOfDrills);
    expect(left.sort()).toEqual(["last-backup", "volume"]);
  });

  test("verifies, and is listed", { timeout: RUN_MS }, async () => {
    const { code, stdout } = await host.run("backup", ["verify", manifest.id]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Backup ${manifest.id} is whole`)]);
    expect((await host.run("backup", ["list"])).stdout).toMatch(
      new RegExp(`^${manifest.id} +\\dm +\\S+iB {2}shop \\(20001 rows\\), accounts \\(3 rows\\)$`, "m"),
    );
  });

  test("that is not there is told", { timeout: RUN_MS }, async () => {
    const { code, stderr } = await host.run("backup", ["verify", "20200101T000000Z"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("there is no backup 20200101T000000Z")]);
  });

  test("counts rows as of its dump, though rows are written meanwhile", { timeout: RUN_MS }, async () => {
    host.commands();
    const running = host.run("backup", ["now"], { PAUSE: "4" });
    await host.until(() => host.commands().some((line) => line.includes("pg_dump -U postgres -d shop")));
    host.server.query("INSERT INTO items VALUES (30001, 'late')", "shop");
    expect((await running).code).toBe(0);
    host.server.query("DELETE FROM items WHERE id = 30001", "shop");
    const [newest] = await host.manifests();
    expect(newest?.files[0]?.rows?.["public.items"]).toBe(20000);
  });
});

const IN_S3 = {
  versionId: expect.stringMatching(/^[\w.-]{8,}$/) as string,
  bytes: expect.any(Number) as number,
  sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
};

/** As releases of the AWS CLI before 2025 do it: no checksums of its own, so nothing but the scripts can see damage. */
const OLD_CLI = {
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
};

/** What goes wrong, and what the host says. */
type Failure = [what: string, env: Record<string, string>, faults: Faults, message: RegExp];

describe("nothing is published, the last backup stays, and the reason is told, when", () => {
  beforeAll(() => host.useDatabases("shop"));
  afterAll(() => host.useDatabases("shop accounts"));

  test.each<Failure>([
    ["pg_dump is killed", { FAULT: "dump-killed" }, {}, /pg_dump of shop failed after 3\.0KiB/],
    ["a dump is cut off and nobody noticed", { FAULT: "dump-cut" }, {}, /unexpected end of file|could not read/],
    ["the dump of the roles is cut off", { FAULT: "roles-cut" }, {}, /the dump of the roles is not complete/],
    ["an upload is cut off", OLD_CLI, { cutUpload: /^PUT .*\/staging\// }, /shop\.dump has version, size and sha256/],
    [
      "a bit flips on the way up",
      OLD_CLI,
      { flipUpload: /^PUT .*\/staging\/.*dump/ },
      /shop\.dump came back with sha256/,
    ],
    [
      "a bit flips on the way back",
      OLD_CLI,
      { flipDownload: /^GET .*\/staging\/.*dump/ },
      /dump came back with sha256/,
    ],
    [
      "a newer AWS CLI sees it",
      {},
      { flipDownload: /^GET .*\/staging\/.*dump/ },
      /Expected checksum \S+ did not match/,
    ],
    ["S3 does not answer", {}, { drop: /.*/ }, /S3 cannot be reached at http:\/\/127\.0\.0\.1:\d+; check the way/],
    ["S3 goes away at the copy", {}, { drop: /^PUT .*\/backups\/shop/ }, /failed at: publish shop\.dump/],
    ["S3 goes away at the manifest", {}, { drop: /^PUT .*manifest/ }, /failed at: publish the manifest/],
    ["the role may not put", {}, { deny: /^PUT .*\/staging\// }, /AccessDenied/],
    ["the role may not list", {}, { deny: /^GET [^?]*shop-mvp-backups\/?$/ }, /AccessDenied/],
    ["the clock is off", {}, { clockBehind: 400 }, /this host's clock is (399|400|401) seconds ahead of S3's/],
    ["the database does not answer", { FAULT: "database-down" }, {}, /PostgreSQL does not answer/],
  ])("%s", { timeout: RUN_MS }, async (_what, env, faults, message) => {
    const before = await host.manifests();
    const remembered = host.state("last-backup");
    host.proxy.faults = faults;
    host.proxy.asked.length = 0;
    const { code, stdout, stderr } = await host.run("backup", ["now"], env);
    host.proxy.faults = {};
    expect([code === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/the backup failed at: .*\. Nothing was published; older backups are as they were\n$/);
    expect(await host.manifests()).toEqual(before);
    expect(host.state("last-backup")).toBe(remembered);
    expect(host.proxy.asked.filter(({ body }) => body.includes("BackupAgeSeconds"))).toEqual([]);
    expect(fs.existsSync(path.join(host.stateDir, "backup", "shop.dump"))).toBe(false);
  });
});

describe("a backup is refused when", () => {
  test("a database of the specification is missing", { timeout: RUN_MS }, async () => {
    host.useDatabases("shop accounts orders");
    const { code, stderr } = await host.run("backup", ["now"]);
    host.useDatabases("shop accounts");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the database orders is missing; if it was dropped by mistake"),
    ]);
  });

  test("another one runs, and it names that one", { timeout: RUN_MS }, async () => {
    host.commands();
    const running = host.run("backup", ["now"], { PAUSE: "6" });
    await host.until(() => host.commands().some((line) => line.includes("pg_dump -U postgres -d shop")));
    const { code, stderr } = await host.run("backup", ["now"]);
    expect([code, stderr]).toEqual([
      75,
      expect.stringMatching(/^backup: the lock "backup" is taken: backup, process \d+, since 20/),
    ]);
    expect((await running).code).toBe(0);
  });

  test("a dump shrank below half, unless that is accepted", { timeout: RUN_MS * 2 }, async () => {
    host.server.query(
      "CREATE TABLE big AS SELECT n, md5(n::text) || md5((n + 1)::text) AS text FROM generate_series(1, 60000) n",
      "shop",
    );
    await makeBackup();
    host.server.query("DROP TABLE big", "shop");
    const { code, stderr } = await host.run("backup", ["now"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/the dump of shop shrank from \d\.\dMiB to 42\d\.\dKiB; that may be lost data/),
    ]);
    await makeBackup("--accept-smaller");
  });

  test("a database that held rows holds none any more", { timeout: RUN_MS }, async () => {
    host.server.query("DELETE FROM users", "accounts");
    const { code, stderr } = await host.run("backup", ["now"]);
    host.server.query("INSERT INTO users VALUES (1), (2), (3)", "accounts");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        "the database accounts holds no row any more, the last backup held 3; that may be lost data",
      ),
    ]);
  });

  test(
    "the data volume has no room for it, and the room of the database is never used",
    { timeout: RUN_MS },
    async () => {
      const small = await host.withSmallVolume(60, () => host.run("backup", ["now"]));
      expect([small.code, small.stderr]).toEqual([
        1,
        expect.stringMatching(/the dump of shop needs \S+ on the data volume, and 0\.0B may be used/),
      ]);
    },
  );

  test("the dump grows beyond the room that there is", { timeout: RUN_MS }, async () => {
    host.server.query(
      "CREATE TABLE big AS SELECT gen_random_bytes(1000) AS noise FROM generate_series(1, 16000)",
      "shop",
    );
    // Asked for is what the last dump needed; this one does not compress.
    const grown = await host.withSmallVolume(75, () => host.run("backup", ["now"]));
    host.server.query("DROP TABLE big", "shop");
    expect([grown.code, grown.stderr]).toEqual([
      1,
      expect.stringMatching(/pg_dump of shop failed after \S+ \(\S+ were allowed\)/),
    ]);
  });
});

test("after a boot it waits for a database that is still on its way", { timeout: RUN_MS }, async () => {
  host.commands();
  host.setUptime(40);
  try {
    const { code, stderr } = await host.run("backup", ["now", "--accept-smaller"], { FAULT: "database-late" });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  } finally {
    host.setUptime(1_000_000);
  }
  expect(host.commands().filter((line) => line.endsWith("SELECT 1")).length).toBe(8);
});

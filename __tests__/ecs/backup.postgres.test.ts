import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { backupStatements } from "../../modules/security/backup-statements";
import { listBackups } from "../../scripts/backup";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { BUCKET, type Manifest } from "../host/backup/backup-host";
import type { Faults } from "../host/backup/fault-proxy";
import { allowed, needsOf } from "../host/backup/permissions";
import { BackupRun } from "./backup-run";

/** Milliseconds of a run with all its calls of the AWS CLI, on a busy machine. */
const RUN_MS = 240_000;

let task: BackupRun;

beforeAll(async () => void (task = await BackupRun.open()), MOTO_INSTALL_MS);
afterAll(() => task?.close());
afterEach(() => {
  task.host.proxy.faults = {};
});

const metrics = () => task.host.proxy.asked.filter(({ body }) => body.includes("BackupAgeSeconds"));

describe("a backup into an empty bucket", () => {
  let manifest: Manifest;
  let told: string;
  let said: string;
  beforeAll(async () => {
    const { code, stdout, stderr } = await task.task();
    if (code !== 0) throw new Error(stderr);
    told = stdout;
    said = stderr;
    [manifest] = (await task.host.manifests()) as [Manifest];
  }, RUN_MS);

  test("says what it published", () => {
    expect(told).toMatch(
      /^Backup \d{8}T\d{6}Z is published: shop\.dump \S+, accounts\.dump \S+, globals\.sql \S+, in \d+ s\.\n$/,
    );
    expect(said).toContain('not in the specification, so not backed up: ["by_hand"]');
  });

  test("is described by a manifest as a host writes it", () => {
    expect(manifest).toMatchObject({
      format: 1,
      stack: "shop-mvp",
      reason: "daily",
      major: 15,
      server: expect.stringMatching(/^15\./) as string,
      client: expect.stringMatching(/^pg_dump .* 15\./) as string,
      notBackedUp: ["by_hand"],
      finishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    });
    const inS3 = {
      versionId: expect.stringMatching(/^[\w.-]{8,}$/) as string,
      bytes: expect.any(Number) as number,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    };
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
        rows: { "public.items": 20000, 'public."It\'s"': 0, "large objects": 1 },
        key: "backups/shop.dump",
        ...inS3,
      },
      expect.objectContaining({
        database: "accounts",
        owner: "accounts",
        rows: { "public.users": 3, "large objects": 0 },
      }),
      { kind: "globals", key: "backups/globals.sql", ...inS3 },
    ]);
  });

  test("lies in the bucket as the manifest says, byte for byte", async () => {
    for (const file of manifest.files) {
      const object = await task.host.object(file.key, file.versionId);
      expect([object.length, task.host.sha256(object)]).toEqual([file.bytes, file.sha256]);
    }
  });

  test("holds the roles, and no password of anybody", async () => {
    const { key = "", versionId } = manifest.files.at(-1) ?? {};
    const text = (await task.host.object(key, versionId)).toString();
    expect(text).toContain("CREATE ROLE accounts;");
    expect(text).not.toMatch(/PASSWORD|SCRAM/);
  });

  test("tells its age once, in the stack's namespace", () => {
    expect(metrics()).toHaveLength(1);
    expect(metrics()[0]?.body).toMatch(/shop%2Fmvp|shop\/mvp/);
    expect(metrics()[0]?.body).toContain("shop-mvp");
  });

  test("asks for nothing that its role may not do, and for everything that it may", () => {
    const statements = backupStatements({
      bucketArn: `arn:aws:s3:::${BUCKET}`,
      backupPrefix: "backups/",
      stagingPrefix: "staging/",
      metricNamespace: "shop/mvp",
    });
    const requests = task.host.proxy.asked.filter(({ path: at }) => at.startsWith(`/${BUCKET}`));
    const needs = requests.flatMap(needsOf);
    expect(needs.filter((need) => !allowed(statements, need))).toEqual([]);
    expect(new Set(needs.map(({ action }) => action))).toEqual(
      new Set(["s3:ListBucketVersions", "s3:PutObject", "s3:GetObject", "s3:GetObjectVersion"]),
    );
  });

  test("is listed by tiers backup list", async () => {
    const client = new S3Client({
      endpoint: task.host.proxy.url,
      region: "eu-central-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const [backup, ...others] = await listBackups({ bucket: BUCKET, region: "eu-central-1" }, client);
    expect(others).toEqual([]);
    expect(backup).toMatchObject({ id: manifest.id, reason: "daily", notBackedUp: ["by_hand"] });
    expect(backup?.databases.map(({ database, rows, tables }) => [database, rows, tables])).toEqual([
      ["shop", 20001, 2],
      ["accounts", 3, 1],
    ]);
  });

  test("is listed, verified and restored by a host's programs", { timeout: 2 * RUN_MS }, async () => {
    const { host } = task;
    expect((await host.run("backup", ["list"])).stdout).toMatch(/shop \(20001 rows\), accounts \(3 rows\)\n$/);
    const verified = await host.run("backup", ["verify", manifest.id]);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("is whole")]);
    const restored = await host.run("backup", ["drill"]);
    expect([restored.code, restored.stderr]).toEqual([0, expect.any(String)]);
  });
});

describe("a later backup", () => {
  /** Runs with a table more, so that the newest backup is the larger one. */
  beforeAll(async () => {
    task.managed.asSuperuser(
      "SET ROLE shop; CREATE TABLE big AS SELECT n, md5(n::text) || md5((n + 1)::text) AS text FROM generate_series(1, 60000) n",
      "shop",
    );
    const { code, stderr } = await task.task({ dump: { REASON: "before the move" } });
    task.managed.asSuperuser("DROP TABLE big", "shop");
    if (code !== 0) throw new Error(stderr);
  }, RUN_MS);

  test("says why it was made", async () => {
    const [newest] = await task.host.manifests();
    expect(newest?.reason).toBe("before the move");
  });

  test("is refused when a dump shrank below half, unless that is accepted", { timeout: 2 * RUN_MS }, async () => {
    const before = await task.host.manifests();
    const refused = await task.task();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/the dump of shop shrank from \d\.\dMiB to \d+\.\dKiB; that may be lost data/),
    ]);
    expect(await task.host.manifests()).toEqual(before);
    const accepted = await task.task({ publish: { ACCEPT_SMALLER: "yes" } });
    expect([accepted.code, accepted.stderr]).toEqual([0, expect.stringContaining("which was accepted")]);
  });

  test("is refused when a database that held rows holds none any more", { timeout: RUN_MS }, async () => {
    task.managed.asSuperuser("DELETE FROM users", "accounts");
    const { code, stderr } = await task.task();
    task.managed.asSuperuser("SET ROLE accounts; INSERT INTO users VALUES (1), (2), (3)", "accounts");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the database accounts holds no row any more, the last backup held 3"),
    ]);
  });
});

/** As releases of the AWS CLI before 2025 do it: no checksums of its own, so nothing but the scripts can see damage. */
const OLD_CLI = {
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
};
/** One database is enough for what follows. */
const SHOP_ONLY = { DATABASES: "shop", ROLES: "shop" };

/** Runs the real pg_dump and cuts off what it wrote. */
const CUT = `"$real" "$@"; for one in "$@"; do case "$one" in --file=*) truncate --size=3000 "\${one#--file=}" ;; esac; done`;

describe("nothing is published, the last backup stays, and the reason is told, when", () => {
  afterEach(() => task.managed.asSuperuser("DROP TABLE IF EXISTS foreign_table", "shop"));

  /** What a task says that fails, or that it did something in spite of it. */
  async function failure(run: Parameters<BackupRun["task"]>[0] = {}, faults: Faults = {}): Promise<string> {
    const before = await task.host.manifests();
    task.host.proxy.asked.length = 0;
    task.host.proxy.faults = faults;
    const { code, stdout, stderr } = await task.task({ ...run, dump: { ...SHOP_ONLY, ...run.dump } });
    task.host.proxy.faults = {};
    if (code === 0) return "it ended well";
    if (stdout !== "") return `it said: ${stdout}`;
    if (metrics().length > 0) return "it sent the metric";
    return isDeepStrictEqual(await task.host.manifests(), before) ? stderr : "there is another manifest";
  }

  test.each<[what: string, program: string, text: string, message: RegExp]>([
    ["pg_dump is killed", "pg_dump", "$CUT; kill -KILL $$", /pg_dump of shop failed/],
    ["a dump is cut off and nobody noticed", "pg_dump", "$CUT", /unexpected end of file|could not read/],
    [
      "the dump of the roles is cut off",
      "pg_dumpall",
      '"$real" "$@" | head -c 200',
      /the dump of the roles is not complete/,
    ],
  ])("%s", { timeout: RUN_MS }, async (_what, program, text, message) => {
    const putBack = task.standIn(program, text.replace("$CUT", CUT));
    try {
      expect(await failure()).toMatch(message);
    } finally {
      putBack();
    }
  });

  test("a table belongs to somebody else, so that its rows would be missing", { timeout: RUN_MS }, async () => {
    task.managed.asSuperuser("CREATE TABLE foreign_table (id int)", "shop");
    expect(await failure()).toMatch(/permission denied for table foreign_table/);
  });

  test("a bit flips on the disk between the containers", { timeout: RUN_MS }, async () => {
    const flip = (work: string): void => {
      const file = path.join(work, "shop.dump");
      const bytes = fs.readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      fs.writeFileSync(file, bytes);
    };
    expect(await failure({ between: flip })).toMatch(/shop\.dump has size and sha256 .*; the task's disk is damaged/);
  });

  test.each<[what: string, run: Parameters<BackupRun["task"]>[0], faults: Faults, message: RegExp]>([
    ["the password is wrong", { dump: { PASSWORD_1: "wrong" } }, {}, /shop cannot sign in to the database shop/],
    ["a database is missing", { dump: { DATABASES: "orders" } }, {}, /database "orders" does not exist/],
    ["the connection has to be in clear", { dump: { PGSSLMODE: "disable" } }, {}, /no encryption/],
    ["the reason could break the manifest", { dump: { REASON: '","format":2' } }, {}, /the reason .* is refused/],
    ["no bucket is named", { publish: { BUCKET: "" } }, {}, /BUCKET: parameter null or not set/],
    ["the bucket is not there", { publish: { BUCKET: "shop-gone" } }, {}, /NoSuchBucket/],
    ["the key is not allowed", {}, { deny: /./ }, /AccessDenied/],
    ["the role may not put", {}, { deny: /^PUT .*\/staging\// }, /AccessDenied/],
    [
      "an upload is cut off",
      { publish: OLD_CLI },
      { cutUpload: /^PUT .*\/staging\// },
      /shop\.dump has version, size and sha256/,
    ],
    [
      "a bit flips on the way up",
      { publish: OLD_CLI },
      { flipUpload: /^PUT .*\/staging\/.*dump/ },
      /shop\.dump came back with sha256/,
    ],
    [
      "a bit flips on the way back",
      { publish: OLD_CLI },
      { flipDownload: /^GET .*\/staging\/.*dump/ },
      /dump came back with sha256/,
    ],
    ["S3 goes away at the manifest", {}, { drop: /^PUT .*manifest/ }, /failed at: publish the manifest/],
  ])("%s", { timeout: RUN_MS }, async (_what, run, faults, message) => {
    expect(await failure(run, faults)).toMatch(message);
  });
});

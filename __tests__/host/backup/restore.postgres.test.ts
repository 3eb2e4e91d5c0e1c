import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hostStatements } from "../../../modules/security/host-statements";
import { run } from "../../../scripts/lib/process";
import { MOTO_INSTALL_MS } from "../../helpers/moto";
import { BackupHost, BUCKET, type Manifest } from "./backup-host";
import { allowed, needsOf } from "./permissions";

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
const evidence = () =>
  (host.state("drills.jsonl") ?? "")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("a drill", () => {
  test(
    "passes, leaves evidence on the host and in the bucket, and no scratch server",
    { timeout: RUN_MS },
    async () => {
      host.commands();
      const { code, stdout, stderr } = await host.run("backup", ["drill"]);
      expect([code, stdout, stderr]).toEqual([
        0,
        expect.stringMatching(
          new RegExp(`^The drill passed: backup ${manifest.id} came back with every row, in \\d+ s\\.\n$`),
        ),
        expect.any(String),
      ]);
      const [proof] = evidence();
      expect(proof).toMatchObject({
        stack: "shop-mvp",
        backup: manifest.id,
        result: "passed",
        failedAt: "",
        differences: [],
      });
      expect(proof?.backupHolds).toBe("shop (20001 rows), accounts (3 rows)");
      expect(JSON.parse((await host.object(`backups/drills/${String(proof?.id)}.json`)).toString())).toEqual(proof);
      expect(host.state("last-drill")).toMatch(/^\d+\n$/);
      expect(host.proxy.asked.some(({ body }) => body.includes("RestoreDrillAgeSeconds"))).toBe(true);
      expect(fs.existsSync(path.join(host.stateDir, "drill"))).toBe(false);
      expect(
        host
          .commands()
          .filter((line) => /^(run --detach|rm).*shop-drill/.test(line))
          .at(-1),
      ).toMatch(/^rm --force/);
    },
  );

  test("gives the scratch server no network, no port, a limit of memory, and a folder of its own", async () => {
    const text = fs.readFileSync(path.join(host.appDir, "lib", "backup-scratch.sh"), "utf8");
    expect(text).toMatch(/--network none --read-only --cap-drop ALL/);
    expect(text).not.toMatch(/--publish|-p \d/);
  });

  test.each([
    ["finds a row that is gone", { FAULT: "row-lost" }, {}, /shop: public\.items has 19999 rows, the backup had 20000/],
    ["a restore that is killed", { FAULT: "restore-killed" }, {}, /failed at: (decode|restore) shop/],
    ["no scratch server comes up", { FAULT: "scratch-fails" }, {}, /the scratch server did not start/],
    [
      "a download with a flipped bit",
      { AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required" },
      { flipDownload: /^GET .*\/backups\/shop\.dump/ },
      /s3:\/\/shop-mvp-backups\/backups\/shop\.dump is damaged: size and sha256 are/,
    ],
  ])("fails, and is not counted: %s", { timeout: RUN_MS }, async (_what, env, faults, message) => {
    const before = host.state("last-drill");
    const live = items();
    host.proxy.faults = faults;
    const { code, stdout, stderr } = await host.run("backup", ["drill"], env);
    expect([code === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/the drill failed at: .*\. The live database was not touched\n$/);
    expect(host.state("last-drill")).toBe(before);
    expect(evidence().at(-1)).toMatchObject({ result: "failed", backup: manifest.id });
    expect(fs.existsSync(path.join(host.stateDir, "drill"))).toBe(false);
    expect(items()).toBe(live);
  });
});

describe("a restore beside the live databases", () => {
  test("stays to be looked into, with rights and large objects, until it is removed", { timeout: RUN_MS }, async () => {
    const { code, stdout, stderr } = await host.run("restore", ["--to", "scratch", "--id", manifest.id]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(stdout).toContain("look into it:  docker exec -it shop-scratch psql -U postgres -d shop\n");
    const asked =
      "SELECT (SELECT count(*) FROM items), has_table_privilege('reader', 'items', 'SELECT'), (SELECT tableowner FROM pg_tables WHERE tablename = 'items'), (SELECT count(*) FROM pg_largeobject_metadata)";
    const looked = await run(
      "docker",
      ["exec", "shop-scratch", "psql", "-XAtU", "postgres", "-d", "shop", "-c", asked],
      { env: host.env() },
    );
    expect(looked.stdout).toBe("20000|t|shop|1\n");
    expect((await host.run("restore", ["--remove-scratch"])).code).toBe(0);
    expect(fs.existsSync(path.join(host.stateDir, "scratch"))).toBe(false);
  });
});

test("a dump beyond the limit of one copy is copied part by part, and is the same", { timeout: RUN_MS }, async () => {
  const file = path.join(host.folder, "large");
  fs.writeFileSync(file, Buffer.alloc(12 * 1024 * 1024, "some text that is long"));
  const program = `. "$1/lib/common.sh"; . "$1/lib/backup.sh"; COPY_LIMIT=1000; COPY_PART=$((5 * MIB))
    sum="$(sha256_of_file "$2")"; version="$(upload "$2" staging/x/large 12582912 "$sum")"
    copied="$(copy_object staging/x/large "$version" backups/large 12582912 "$sum")"
    check_object backups/large "$copied" 12582912 "$sum" >/dev/null; sha256_of_object backups/large "$copied"`;
  host.proxy.asked.length = 0;
  const { code, stdout, stderr } = await run("bash", ["-c", program, "backup", host.appDir, file], { env: host.env() });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.trim()).toBe(host.sha256(fs.readFileSync(file)));
  const parts = host.proxy.asked.filter(
    ({ query, copySource }) => query.has("partNumber") && copySource?.includes("versionId="),
  );
  expect(parts.length).toBe(3);
});

describe("the host's role", () => {
  const statements = hostStatements({
    bucketArn: `arn:aws:s3:::${BUCKET}`,
    backupPrefix: "backups/",
    stagingPrefix: "staging/",
    configPrefix: "host/",
    repositoryArns: [],
    logGroupArns: [],
    imageParameterArns: [],
    secrets: { parameters: [], managed: [] },
    generatedSecrets: { parameters: [], managed: [] },
    metricNamespace: "shop/mvp",
  });

  test("allows every request that the scripts made", { timeout: RUN_MS }, async () => {
    host.proxy.asked.length = 0;
    for (const args of [["now"], ["list"], ["verify"], ["drill"]])
      expect((await host.run("backup", args)).code).toBe(0);
    const asked = host.proxy.asked.filter(({ path: at }) => at.startsWith(`/${BUCKET}`));
    const needs = asked.flatMap(needsOf);
    expect(needs.length).toBeGreaterThan(20);
    expect(needs.filter((need) => !allowed(statements, need))).toEqual([]);
    expect(new Set(needs.map(({ action }) => action))).toEqual(
      new Set(["s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucketVersions"]),
    );
  });

  test("allows no deletion, and no listing of everything", () => {
    const resource = `arn:aws:s3:::${BUCKET}/backups/shop.dump`;
    for (const action of ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"]) {
      expect(allowed(statements, { action, resource })).toBe(false);
    }
    expect(
      allowed(statements, { action: "s3:ListBucketVersions", resource: `arn:aws:s3:::${BUCKET}`, prefix: "" }),
    ).toBe(false);
  });
});

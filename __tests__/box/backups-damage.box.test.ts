/** Everything that can go wrong while a backup is made: nothing bad is published, the newest backup stays what it was. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AwsRequest, Fault } from "./rig/aws-socket";
import { needsOfCalls, refusedBy } from "./rig/host-rights";
import { ASSETS_MS } from "./rig/machine";
import { flipped, type Published, Shop, shop as app } from "./rig/shop";

/** Milliseconds of a few backups on a busy machine. */
const RUN_MS = 240_000;

/** Whether a request does something with an object, wherever the bucket stands in its address. */
const does =
  (method: string, object: RegExp) =>
  ({ service, method: done, path }: AwsRequest): boolean =>
    service === "s3" && done === method && object.test(path);
const isUpload = does("PUT", /\/staging\/[^/]+\/shop\.dump/);
const isReadBack = does("GET", /\/staging\/[^/]+\/shop\.dump/);
const isPublication = does("PUT", /\/backups\/orders\.dump/);
const isManifest = does("PUT", /\/backups\/manifest\.json/);
const isS3 = ({ service }: AwsRequest) => service === "s3";
const isTime = (request: AwsRequest) => request.method === "HEAD" && request.path === "/";

const refusal = (code: string): Fault => ({
  answer: {
    status: 403,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>told by a test</Message></Error>`,
  },
});
const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toUTCString();

describe("a backup that goes wrong", () => {
  let shop: Shop;
  let good: Published;

  beforeAll(async () => {
    shop = await Shop.open("damage");
    await shop.sql(
      "CREATE TABLE lines AS SELECT g AS id, sha512(g::text::bytea) AS text FROM generate_series(1, 2000) g",
      "orders",
    );
    await shop.note("kept");
  }, ASSETS_MS);
  afterAll(() => shop?.machine.close());
  afterEach(() => {
    if (shop) shop.machine.cloud.socket.rule = undefined;
  });

  /** Makes a backup that must fail, and answers what it said. */
  async function failure(): Promise<string> {
    const { code, stderr } = await shop.bin("backup now");
    expect(code, stderr).not.toBe(0);
    expect((await shop.newest()).version).toBe(good.version);
    return stderr;
  }

  test.each([["backup verify"], ["backup drill"], ["restore --to scratch"], ["restore --to live --yes"]])(
    "in an empty bucket %s finds nothing and says so",
    { timeout: RUN_MS },
    async (line) => {
      const { code, stderr } = await shop.bin(line);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`there is no backup in s3://${shop.machine.cloud.bucket}/backups/ yet`),
      ]);
      expect(await shop.leftovers()).toBe("");
    },
  );

  test("an empty bucket lists as no backup, and the first one goes into it", { timeout: RUN_MS }, async () => {
    expect((await shop.bin("backup list")).stdout).toBe("There is no backup yet.\n");
    expect(await shop.published()).toEqual([]);
    good = await shop.backup();
    expect(good.manifest.files).toHaveLength(3);
  });

  const START = "check the database, the clock and the bucket";
  const UPLOAD = "upload shop.dump";
  const READ_BACK = "read shop.dump back";
  const CUT: Fault = { request: (body) => body.subarray(0, Math.floor(body.length / 2)) };

  test.each<[string, (request: AwsRequest) => boolean, Fault, string, string]>([
    ["an upload that ends in its middle", isUpload, CUT, UPLOAD, "instead of size and sha256"],
    ["a bit that flips on the way up", isUpload, { request: flipped }, READ_BACK, "checksum"],
    ["a bit that flips on the way back", isReadBack, { response: flipped }, READ_BACK, "checksum"],
    ["an S3 that answers 503", isS3, { answer: { status: 503, body: "" } }, START, "(503)"],
    ["an S3 that is gone when it publishes", isPublication, { drop: true }, "publish orders.dump", "closed"],
    ["a role without the right", isManifest, refusal("AccessDenied"), "publish the manifest", "(AccessDenied)"],
    ["a wrong key", isS3, refusal("InvalidAccessKeyId"), START, "(InvalidAccessKeyId)"],
    ["a clock that S3 refuses", isS3, refusal("RequestTimeTooSkewed"), START, "(RequestTimeTooSkewed)"],
    ["a clock an hour behind S3's", isTime, { headers: { date: IN_AN_HOUR } }, START, "seconds behind S3's"],
  ])("%s publishes nothing", { timeout: RUN_MS }, async (_what, when, fault, step, said) => {
    shop.machine.cloud.socket.rule = (request) => (when(request) ? fault : undefined);
    const stderr = await failure();
    expect(stderr).toContain(`the backup failed at: ${step}. Nothing was published; older backups are as they were`);
    expect(stderr).toContain(said);
    expect(await shop.leftovers()).toBe("");
  });

  test("a dump that is killed in its middle", { timeout: RUN_MS }, async () => {
    await shop.sql(
      "CREATE TABLE bulk AS SELECT sha512(g::text::bytea) AS a, sha512((g * 7)::text::bytea) AS b FROM generate_series(1, 300000) g",
    );
    const running = failure();
    await shop.machine.box.waitFor("test -s /opt/shop/data/.tierstack/backup/shop.dump", 60);
    await shop.machine.box.must("kill -9 $(pgrep -x pg_dump)");
    expect(await running).toMatch(/pg_dump of shop failed after \S+[^]*the backup failed at: dump of shop\./);
    await shop.sql("DROP TABLE bulk");
    expect(await shop.leftovers()).toBe("");
  });

  test("a full data volume", { timeout: RUN_MS }, async () => {
    const { box } = shop.machine;
    await box.run("dd if=/dev/zero of=/opt/shop/data/filler bs=1M status=none");
    expect(await failure()).toMatch(/needs \S+ on the data volume, and 0\.0B may be used .*; raise the variable/);
    await box.must("rm /opt/shop/data/filler");
    await shop.well();
  });

  test(
    "of two at once the second is refused and names the first, which is published",
    { timeout: RUN_MS },
    async () => {
      const first = shop.bin("backup now");
      await shop.machine.box.waitFor("test -e /opt/shop/data/.tierstack/backup/shop.dump", 60);
      const { code, stderr } = await shop.bin("backup now");
      expect(code).toBe(75);
      expect(stderr).toMatch(
        /^backup: the lock "backup" is taken: backup, process \d+, since \S+Z; wait for it to end/,
      );
      const { stdout } = await first;
      const next = await shop.newest();
      expect(stdout).toContain(`Backup ${next.manifest.id} is published`);
      expect(next.version).not.toBe(good.version);
      good = next;
    },
  );

  test("the power goes in its middle; the next one clears up and is published", { timeout: RUN_MS }, async () => {
    const { box, cloud } = shop.machine;
    const uploading = new Promise<void>((resolve) => {
      cloud.socket.rule = (request) => {
        if (isUpload(request)) resolve();
        return undefined;
      };
    });
    const running = shop.bin("backup now");
    await uploading;
    await box.kill();
    expect((await running).code).not.toBe(0);
    await box.boot();
    await shop.well();
    expect((await shop.newest()).version).toBe(good.version);
    expect(await shop.leftovers()).toContain("shop.dump");
    const next = await shop.backup();
    expect(next.version).not.toBe(good.version);
    expect(await shop.leftovers()).toBe("");
    expect(await shop.notes()).toEqual(["kept"]);
  });

  test("the role allows every call of all this; none of them deletes", () => {
    const { cloud } = shop.machine;
    const needs = needsOfCalls(cloud.socket.seen, app.region);
    expect(needs.length).toBeGreaterThan(100);
    expect(refusedBy(cloud.hostPolicy, needs)).toEqual([]);
    expect(needs.filter(({ action }) => action.includes("Delete"))).toEqual([]);
    // A policy without the right is noticed.
    expect(refusedBy(cloud.hostPolicy.replaceAll("s3:PutObject", "s3:Nothing"), needs)).not.toEqual([]);
  });
});

/** Backups from the timer to the replacement host: made, proved, restored, on the host and from a laptop. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AwsRequest } from "./rig/aws-socket";
import { needsOfCalls, refusedBy } from "./rig/host-rights";
import { Laptop } from "./rig/laptop";
import { ASSETS_MS, type Machine } from "./rig/machine";
import { type Published, Shop, shop as app } from "./rig/shop";

/** Milliseconds of a few backups on a busy machine. */
const RUN_MS = 240_000;

describe("the backups of a shop", () => {
  let shop: Shop;
  let laptop: Laptop;
  let replacement: Machine | undefined;
  /** The backup of last night. */
  let nightly: Published;

  beforeAll(async () => {
    [shop, laptop] = await Promise.all([Shop.open("backups"), Laptop.open("box-backups", app)]);
    await shop.note("kept");
    await shop.sql("CREATE TABLE lines AS SELECT g AS id FROM generate_series(1, 500) g", "orders");
    await laptop.use(shop.machine);
  }, ASSETS_MS);
  afterAll(async () => {
    await laptop?.close();
    await replacement?.close();
    await shop?.machine.close();
  });

  /** Runs `tiers backup` on the laptop. */
  async function tiers(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await laptop.tiers("backup", ...args);
    expect(code, stderr).toBe(0);
    return stdout;
  }

  test(
    "its timer stands at the time of the specification, and starts a daily backup",
    { timeout: RUN_MS },
    async () => {
      const { box } = shop.machine;
      const shown = (property: string) => box.must(`systemctl show --property=${property} --value shop-backup.timer`);
      expect(await shown("ActiveState")).toBe("active");
      expect(await shown("TimersCalendar")).toContain("OnCalendar=*-*-* 03:30:00 UTC");
      expect(await shown("Unit")).toBe("shop-backup.service");
      await box.must("systemctl start shop-backup.service", { seconds: 200 });
      nightly = await shop.newest();
      expect(nightly.manifest.reason).toBe("daily");
      expect(await box.journal("shop-backup")).toContain(`Backup ${nightly.manifest.id} is published`);
    },
  );

  test("the manifest is written last, and names what lies in the bucket", async () => {
    const { cloud } = shop.machine;
    const places = cloud.socket.seen
      .filter(isPut)
      .map(({ path: at }) => at.match(/(staging|backups)\/(.*\/)?([^/?]+)/));
    expect(places.map((found) => `${found?.[1]} ${found?.[3]}`)).toEqual([
      "staging shop.dump",
      "staging orders.dump",
      "staging globals.sql",
      "backups shop.dump",
      "backups orders.dump",
      "backups globals.sql",
      "backups manifest.json",
    ]);
    const position = expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) as string;
    expect(nightly.manifest.files).toMatchObject([
      { database: "shop", rows: { "public.notes": 1 }, lsn: position },
      { database: "orders", rows: { "public.lines": 500 }, lsn: position },
      { kind: "globals" },
    ]);
    for (const { key, versionId, sha256 } of nightly.manifest.files)
      expect(await shop.sha256Of(key, versionId)).toBe(sha256);
  });

  test("it is remembered, and its age is a metric of the stack", async () => {
    const { id } = nightly.manifest;
    const remembered = new Date(Number(await shop.kept("last-backup")) * 1000).toISOString();
    expect(remembered.replaceAll(/[-:]|\.000/g, "")).toBe(id);
    expect(await shop.metrics()).toContain("<MetricName>BackupAgeSeconds</MetricName>");
  });

  test("the drill passes, leaves evidence and nothing else", { timeout: RUN_MS }, async () => {
    const { box, cloud } = shop.machine;
    expect(await box.must("systemctl show --property=Unit --value shop-drill.timer")).toBe("shop-drill.service");
    expect(await tiers("drill", "shop")).toContain(
      `The drill passed: backup ${nightly.manifest.id} came back with every`,
    );
    const evidence = await shop.kept("drills.jsonl");
    expect(JSON.parse(evidence)).toMatchObject({ result: "passed", backup: nightly.manifest.id, differences: [] });
    const [inBucket] = await cloud.versions("backups/drills/");
    expect(await cloud.object(inBucket?.key ?? "")).toBe(evidence);
    expect(Number(await shop.kept("last-drill"))).toBeGreaterThan(0);
    expect(await shop.metrics()).toContain("<MetricName>RestoreDrillAgeSeconds</MetricName>");
    expect(await shop.leftovers()).toBe("");
  });

  test("a drill whose rows are not the manifest's fails loudly, and is none", { timeout: RUN_MS }, async () => {
    const before = await shop.kept("last-drill");
    const forged = structuredClone(nightly.manifest);
    Object.assign(forged.files[1]?.rows ?? {}, { "public.lines": 501 });
    await shop.withManifest(forged, async () => {
      const { code, stderr } = await shop.bin("backup drill");
      expect(code).toBe(1);
      expect(stderr).toContain("orders: public.lines has 500 rows, the backup had 501");
      expect(stderr).toContain("the drill failed at: compare the rows of orders. The live database was not touched");
    });
    expect(await shop.kept("last-drill")).toBe(before);
    expect((await shop.kept("drills.jsonl")).split("\n")[1]).toContain('"result":"failed"');
    expect(await shop.leftovers()).toBe("");
  });

  test("from the laptop: another one is made, listed and verified", { timeout: RUN_MS }, async () => {
    await shop.note("later");
    expect(await tiers("now", "shop")).toMatch(/^Backup \S+ is published: /);
    const { id } = (await shop.newest()).manifest;
    const { backups } = JSON.parse(await tiers("list", "shop", "--json")) as { backups: { id: string }[] };
    expect(backups.map((backup) => backup.id)).toEqual([id, nightly.manifest.id]);
    expect(await tiers("verify", "shop", "--id", nightly.manifest.id)).toContain("is whole");
  });

  test("a copy beside the live databases holds yesterday's rows", { timeout: RUN_MS }, async () => {
    await tiers("restore", "shop", "--to", "scratch", "--id", nightly.manifest.id);
    const query = "docker exec shop-scratch psql -XAtq -U postgres -d shop -c 'SELECT text FROM notes'";
    expect(await shop.machine.box.must(query)).toBe("kept");
    expect(await shop.notes()).toEqual(["kept", "later"]);
    expect((await shop.bin("restore --remove-scratch")).code).toBe(0);
    expect(await shop.leftovers()).toBe("");
  });

  test("a damaged dump is not restored: what is live stays, and the app runs", { timeout: RUN_MS }, async () => {
    const { manifest } = await shop.newest();
    const damaged = structuredClone(manifest);
    Object.assign(damaged.files[0] ?? {}, { versionId: await shop.damage("backups/shop.dump") });
    await shop.withManifest(damaged, async () => {
      const { code, stderr } = await shop.bin("restore --to live --yes --no-safety-backup 'a rehearsal'");
      expect(code).toBe(1);
      expect(stderr).toMatch(/backups\/shop\.dump is damaged: .*use an older backup/);
      expect(stderr).toContain("the restore failed at: download shop. The live databases are as they were");
    });
    await shop.well();
    expect(await shop.notes()).toEqual(["kept", "later"]);
    expect(await shop.databases()).toEqual(["orders", "postgres", "shop"]);
    expect(await shop.leftovers()).toBe("");
  });

  test("in their place it brings yesterday back, and keeps what was live", { timeout: RUN_MS }, async () => {
    const { id } = nightly.manifest;
    await shop.note("latest");
    const { code, stdout, stderr } = await shop.bin(`restore --to live --yes --id ${id}`);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Backup ${id} is live: shop orders, with every row.`);
    await shop.well();
    expect(await shop.notes()).toEqual(["kept"]);
    const old = /kept as (shop_before_\w+)\./.exec(stdout)?.[1];
    expect(await shop.sql("SELECT text FROM notes ORDER BY id", old)).toBe("kept\nlater\nlatest");
    const safety = (await shop.newest()).manifest;
    expect(safety.reason).toBe(`before the restore of ${id}`);
    expect(safety.files[0]?.rows).toMatchObject({ "public.notes": 3 });
    expect(await shop.leftovers()).toBe("");
  });

  test(
    "on a new host with an empty volume yesterday's backup brings the app back",
    { timeout: 2 * RUN_MS },
    async () => {
      const secrets = "sha256sum /run/shop/secrets/* /run/shop/env/*";
      const before = await shop.machine.box.must(secrets);
      await shop.machine.box.kill();
      replacement = await shop.machine.replacement();
      const other = new Shop(replacement);
      await other.boot();
      await laptop.use(replacement);
      expect(await other.databases()).toEqual(["orders", "postgres", "shop"]);

      const { backups } = JSON.parse(await tiers("list", "shop", "--json")) as { backups: { id: string }[] };
      const yesterday = backups[1]?.id ?? "";
      const restored = await tiers("restore", "shop", "--to", "live", "--yes", "--id", yesterday);
      expect(restored).toContain(`Backup ${yesterday} is live: shop orders, with every row.`);
      expect(restored).not.toContain("kept as");
      await other.well();
      expect(await other.notes()).toEqual(["kept", "later"]);
      expect(await other.sql("SELECT count(*) FROM lines", "orders")).toBe("500");
      expect(await replacement.box.must(secrets)).toBe(before);
      await other.note("after the loss");
    },
  );

  test("the role allows every call that both hosts made; none of them deletes", () => {
    const { cloud } = shop.machine;
    const needs = needsOfCalls(cloud.socket.seen, app.region);
    expect(refusedBy(cloud.hostPolicy, needs)).toEqual([]);
    expect([...new Set(needs.map(({ action }) => action))].sort()).toEqual([
      "cloudwatch:PutMetricData",
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:ListBucket",
      "s3:ListBucketVersions",
      "s3:PutObject",
      "ssm:GetParameter",
      "ssm:PutParameter",
    ]);
  });
});

/** A write of a backup; evidence of drills is none. */
const isPut = ({ service, method, path: at }: AwsRequest) =>
  service === "s3" && method === "PUT" && !at.includes("/drills/");

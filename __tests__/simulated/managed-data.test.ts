import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Changes, managedData } from "../data/managed-stack";
import { SimulatedAccount, type PlannedChange } from "../helpers/simulated";
import { CONSTRUCT_STACK as STACK } from "../helpers/synth";

let account: SimulatedAccount;

beforeAll(async () => {
  account = await SimulatedAccount.startWith("managed-data", managedData());
  await account.init(STACK);
}, 120_000);

afterAll(() => account.stop());

const inPlace = (address: string): PlannedChange => ({ address, actions: ["update"] });
const added = (address: string): PlannedChange => ({ address, actions: ["create"] });

/** Plans with other settings, then puts the old ones back. */
async function planWith(changes: Changes): Promise<PlannedChange[]> {
  account.rebuild(managedData(changes));
  try {
    return await account.plan(STACK);
  } finally {
    account.rebuild(managedData());
  }
}

const PLAN = { timeout: 60_000 };

test("applies, and a second plan is empty", { timeout: 120_000 }, async () => {
  await account.must(STACK, "validate");
  await account.apply(STACK);
  expect(await account.plan(STACK)).toEqual([]);
  const { places } = await account.outputs(STACK);
  expect(places).toEqual({
    db: [
      expect.stringMatching(/^shop-growth-db\./),
      expect.stringMatching(/^shop-growth-db\./),
      expect.stringContaining(":secret:shop/growth/secret/db-master-"),
    ],
    aurora: [
      expect.stringMatching(/^shop-growth-aurora\.cluster-/),
      expect.stringMatching(/^shop-growth-aurora\.cluster-ro-/),
      expect.stringContaining(":secret:rds!cluster-"),
    ],
    cache: [expect.stringMatching(/^master\.shop-growth-cache\./), "shop-growth-cache"],
  });
});

describe("variables change what is there in place", () => {
  test.each<[what: string, variables: string[], changes: PlannedChange[]]>([
    [
      "a database of another class with a standby and more storage, whose slots may keep more",
      ["class=db.t4g.medium", "multi_az=true", "storage_gib=60"],
      [inPlace("aws_db_instance.db_instance"), inPlace("aws_db_parameter_group.db_parameters")],
    ],
    [
      "a database with two replicas",
      ["replicas=2"],
      [added("aws_db_instance.db_replica[0]"), added("aws_db_instance.db_replica[1]")],
    ],
    [
      "a larger cluster with a reader",
      ["max_acu=4", "readers=1"],
      [inPlace("aws_rds_cluster.aurora_cluster"), added("aws_rds_cluster_instance.aurora_reader[0]")],
    ],
    [
      "a cache with larger nodes",
      ["node_type=cache.t4g.small"],
      [inPlace("aws_elasticache_replication_group.cache_group")],
    ],
  ])("%s", PLAN, async (_what, variables, changes) => {
    expect(await account.plan(STACK, ...variables.map((pair) => `-var=${pair}`))).toEqual(changes);
  });

  test("replicas of all three come and go; a cache's first one takes over, in another zone", PLAN, async () => {
    const objects = (type: string) => account.world().filter((object) => object.type === type);
    const group = () => objects("aws_elasticache_replication_group")[0]?.attributes;
    const alone = { num_cache_clusters: 1, automatic_failover_enabled: false, multi_az_enabled: false };
    const { id } = group() ?? {};
    expect(group()).toMatchObject(alone);
    const more = ["-var=cache_replicas=1", "-var=replicas=1", "-var=readers=1"];
    expect(await account.apply(STACK, ...more)).toContain("Resources: 2 added, 1 changed, 0 destroyed");
    expect(await account.plan(STACK, ...more)).toEqual([]);
    expect(group()).toMatchObject({
      id,
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
      multi_az_enabled: true,
      member_clusters: ["shop-growth-cache-001", "shop-growth-cache-002"],
    });
    expect(new Set(objects("aws_db_instance").map((object) => object.attributes.identifier))).toEqual(
      new Set(["shop-growth-db", "shop-growth-db-replica-1"]),
    );
    expect(objects("aws_rds_cluster_instance").filter((object) => object.attributes.writer === true)).toHaveLength(1);
    const { places } = (await account.outputs(STACK)) as { places: { db: string[] } };
    expect(places.db[1]).toMatch(/^shop-growth-db-replica-1\./);
    expect(await account.apply(STACK)).toContain("Resources: 0 added, 1 changed, 2 destroyed");
    expect(group()).toMatchObject({ id, ...alone });
  });
});

describe("what AWS does by itself is no difference", () => {
  test("storage that grew, a primary that moved to the standby's zone, and newer minor versions", PLAN, async () => {
    const file = `${account.folder}/world.json`;
    const before = fs.readFileSync(file, "utf8");
    const world = JSON.parse(before) as { objects: { type: string; attributes: Record<string, unknown> }[] };
    for (const { type, attributes } of world.objects) {
      if (type === "aws_db_instance") {
        Object.assign(attributes, {
          allocated_storage: 34,
          availability_zone: "eu-central-1b",
          engine_version_actual: "17.9",
        });
      }
    }
    fs.writeFileSync(file, JSON.stringify(world));
    try {
      expect(await account.plan(STACK)).toEqual([]);
    } finally {
      fs.writeFileSync(file, before);
    }
  });
});

describe("a changed specification", () => {
  const family = (address: string): PlannedChange => ({ address, actions: ["create", "delete"] });

  test("a third zone adds its subnet and replaces nothing", PLAN, async () => {
    expect(await planWith({ zones: 3 })).toEqual([
      inPlace("aws_db_subnet_group.aurora_subnets"),
      inPlace("aws_db_subnet_group.db_subnets"),
      inPlace("aws_elasticache_subnet_group.cache_subnets"),
      added("aws_subnet.subnet_c"),
    ]);
  });

  test("a newer PostgreSQL: the databases in place, their parameter groups anew and before", PLAN, async () => {
    expect(await planWith({ database: { major: 18 } })).toEqual([
      inPlace("aws_db_instance.db_instance"),
      family("aws_db_parameter_group.aurora_instance_parameters"),
      family("aws_db_parameter_group.db_parameters"),
      inPlace("aws_rds_cluster.aurora_cluster"),
      inPlace("aws_rds_cluster_instance.aurora_writer"),
      family("aws_rds_cluster_parameter_group.aurora_parameters"),
    ]);
  });

  test("and AWS refuses it until it is allowed", PLAN, async () => {
    const upgrade = async (allowMajorUpgrade: boolean) => {
      account.rebuild(managedData({ database: { major: 18, allowMajorUpgrade } }));
      return account.terraform(STACK, "apply", "-auto-approve");
    };
    const refused = await upgrade(false);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("The AllowMajorVersionUpgrade flag must be present");
    expect((await upgrade(true)).code).toBe(0);
    expect(await account.plan(STACK)).toEqual([]);
  });

  test("another Valkey in place, Redis instead of it a new cache", PLAN, async () => {
    const group = "aws_elasticache_replication_group.cache_group";
    const parameters = family("aws_elasticache_parameter_group.cache_parameters");
    expect(await planWith({ database: { major: 18, allowMajorUpgrade: true }, cache: { version: "9.0" } })).toEqual([
      parameters,
      inPlace(group),
    ]);
    const redis = { engine: "redis", version: "7.1" } as const;
    expect(await planWith({ database: { major: 18, allowMajorUpgrade: true }, cache: redis })).toEqual([
      parameters,
      { address: group, actions: ["delete", "create"] },
    ]);
  });

  test("encryption replaces the databases and what hangs on them", PLAN, async () => {
    const actions = ["delete", "create"];
    const changes = await planWith({ database: { major: 18, allowMajorUpgrade: true, encrypted: false } });
    expect(changes).toEqual([
      { address: "aws_db_instance.db_instance", actions },
      { address: "aws_rds_cluster.aurora_cluster", actions },
      { address: "aws_rds_cluster_instance.aurora_writer", actions },
    ]);
  });
});

test("teardown leaves last snapshots of the databases and nothing else", { timeout: 120_000 }, async () => {
  await account.must(STACK, "destroy", "-auto-approve");
  expect(account.world().map(({ type, id }) => [type, id])).toEqual([
    ["aws_db_snapshot", expect.stringMatching(/^shop-growth-aurora-final-[0-9a-f]{8}$/)],
    ["aws_db_snapshot", expect.stringMatching(/^shop-growth-db-final-[0-9a-f]{8}$/)],
  ]);
});

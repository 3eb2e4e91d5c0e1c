import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { Account, checkCreation, created, CTX, KNOWN, object, summaries, the } from "../facts/account";

const TYPE = "aws_elasticache_replication_group";
const GROUP: Obj = {
  replication_group_id: "cache",
  engine: "valkey",
  engine_version: "8.1",
  engine_version_actual: "8.1.0",
  num_cache_clusters: 1,
  parameter_group_name: "v8",
  transit_encryption_enabled: true,
};

const plan = (prior: Obj | null, changes: Obj) => {
  const planned = { ...(prior ?? GROUP), member_clusters: [], ...changes };
  return the(KNOWN.hooks(TYPE).plan?.({ type: TYPE, config: planned, prior, planned, ctx: CTX, world: new Account() }));
};

describe("a replication group", () => {
  test("gets names for writing and reading, and as many nodes as wanted", () => {
    const made = created(TYPE, { ...GROUP, num_cache_clusters: 2 }, new Account(), {
      port: 443,
      replicas_per_node_group: 0,
    });
    expect(made).toMatchObject({
      port: 6379,
      replicas_per_node_group: 1,
      cluster_enabled: false,
      configuration_endpoint_address: "",
      member_clusters: ["cache-001", "cache-002"],
      primary_endpoint_address: expect.stringMatching(/^master\.cache\./),
      reader_endpoint_address: expect.stringMatching(/^replica\.cache\./),
    });
  });

  test("says with the provider what belongs together", () => {
    const found = (changes: Obj) => summaries(the(plan(null, changes).diagnostics));
    expect(found({ automatic_failover_enabled: true, multi_az_enabled: true, num_cache_clusters: 2 })).toEqual([]);
    expect(found({ automatic_failover_enabled: false, multi_az_enabled: true })).toEqual([
      "automatic_failover_enabled must be true if multi_az_enabled is true",
    ]);
    expect(found({ automatic_failover_enabled: true, num_cache_clusters: 1 })).toEqual([
      '"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true',
    ]);
  });

  test.each<[what: string, prior: Obj, changes: Obj, replaced: string[]]>([
    ["more nodes", GROUP, { num_cache_clusters: 3 }, []],
    ["a newer version", GROUP, { engine_version: "9.0" }, []],
    ["an older version", GROUP, { engine_version: "7.2" }, ["engine_version"]],
    [
      "Redis to Valkey",
      { ...GROUP, engine: "redis", engine_version: "7.1" },
      { engine: "valkey", engine_version: "8.1" },
      [],
    ],
    ["Valkey to Redis", GROUP, { engine: "redis", engine_version: "7.1" }, ["engine"]],
    ["encryption of a newer version", GROUP, { transit_encryption_enabled: false }, []],
    [
      "encryption of an older version",
      { ...GROUP, engine: "redis", engine_version_actual: "6.2.6" },
      { transit_encryption_enabled: false },
      ["transit_encryption_enabled"],
    ],
  ])("%s replaces what it has to", (_what, prior, changes, replaced) => {
    expect(plan(prior, changes).requiresReplace).toEqual(replaced);
  });

  test("plans its nodes as unknown when their number changes", () => {
    expect(plan(GROUP, { num_cache_clusters: 2 }).planned.member_clusters).toBe(UNKNOWN);
    expect(plan({ ...GROUP, member_clusters: [] }, { node_type: "cache.t4g.small" }).planned.member_clusters).toEqual(
      [],
    );
  });

  test("takes the parameter group of its engine and version", () => {
    const found = (family: string, config: Obj = GROUP) =>
      summaries(
        checkCreation(
          TYPE,
          config,
          new Account(object("aws_elasticache_parameter_group", "v8", { name: "v8", family })),
        ),
      );
    expect(found("valkey8")).toEqual([]);
    expect(found("redis6.x", { ...GROUP, engine: "redis", engine_version: "6.2" })).toEqual([]);
    expect(found("redis7")[0]).toContain("Expected a parameter group of family valkey8 but found one of family redis7");
  });
});

test("a policy of eviction is one that the server knows", () => {
  const found = (value: string) =>
    summaries(
      checkCreation("aws_elasticache_parameter_group", { name: "g", parameter: [{ name: "maxmemory-policy", value }] }),
    );
  expect([...found("allkeys-lru"), ...found("noeviction")]).toEqual([]);
  expect(found("all-keys")[0]).toContain("does not take the value all-keys");
});

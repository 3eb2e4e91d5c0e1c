import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { ElasticacheParameterGroup } from "@cdktf/provider-aws/lib/elasticache-parameter-group";
import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { CacheGroup, type CacheGroupProps } from "../../modules/data/cache-group";
import { cacheFamily } from "../../modules/data/cache-parameters";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { CACHE, variable } from "./managed-stack";

function synthCache(props: Partial<CacheGroupProps> = {}): string {
  return synth((stack) => {
    new RandomProvider(stack, "random");
    const { endpoint, port, id } = new CacheGroup(stack, "cache", {
      ...CACHE,
      subnetIds: ["subnet-a", "subnet-b"],
      securityGroupId: "sg-cache",
      replicas: variable(stack, "replicas", "number", 0).numberValue,
      ...props,
    });
    new TerraformOutput(stack, "exposed", { value: { endpoint, port, id } });
  });
}

describe("CacheGroup", () => {
  const json = synthCache();

  test("is a replication group whose failover comes and goes with the first replica", () => {
    expect(onlyOne(json, ElasticacheReplicationGroup)).toEqual({
      replication_group_id: "shop-growth-cache",
      description: "Cache of the app",
      engine: "valkey",
      engine_version: "8.1",
      node_type: "cache.t4g.micro",
      port: 6379,
      num_cache_clusters: "${(var.replicas + 1)}",
      automatic_failover_enabled: "${(var.replicas >= 1)}",
      multi_az_enabled: "${(var.replicas >= 1)}",
      parameter_group_name: "${aws_elasticache_parameter_group.cache_parameters.name}",
      subnet_group_name: "${aws_elasticache_subnet_group.cache_subnets.name}",
      security_group_ids: ["sg-cache"],
      at_rest_encryption_enabled: "true",
      transit_encryption_enabled: true,
      auto_minor_version_upgrade: "true",
      apply_immediately: true,
      snapshot_retention_limit: 1,
      log_delivery_configuration: ["slow-log", "engine-log"].map((log) => ({
        log_type: log,
        log_format: "json",
        destination_type: "cloudwatch-logs",
        destination: `\${aws_cloudwatch_log_group.cache_${log.replace("-", "_")}.name}`,
      })),
    });
  });

  test("lies in the subnets, and its logs end", () => {
    expect(onlyOne(json, ElasticacheSubnetGroup)).toMatchObject({
      name: "shop-growth-cache",
      subnet_ids: ["subnet-a", "subnet-b"],
    });
    expect(Object.values(resourcesOf(json, CloudwatchLogGroup))).toEqual(
      ["engine-log", "slow-log"].map((log) => ({
        name: `/aws/vendedlogs/elasticache/shop-growth-cache/${log}`,
        retention_in_days: 30,
      })),
    );
  });

  test("exposes the name that stays when a replica takes over", () => {
    expect(outputOf(json, "exposed")).toEqual({
      endpoint: "${aws_elasticache_replication_group.cache_group.primary_endpoint_address}",
      port: 6379,
      id: "${aws_elasticache_replication_group.cache_group.replication_group_id}",
    });
  });

  test.each<[CacheGroupProps["use"], string]>([
    ["cache", "allkeys-lru"],
    ["queue", "noeviction"],
  ])("a %s has the policy %s", (use, policy) => {
    expect(onlyOne(synthCache({ use }), ElasticacheParameterGroup)).toMatchObject({
      name: `shop-growth-cache-valkey8-${use}`,
      family: "valkey8",
      parameter: [{ name: "maxmemory-policy", value: policy }],
      lifecycle: { create_before_destroy: true },
    });
  });

  test("Redis, without TLS, with a last snapshot whose name fits", () => {
    const names = new PhysicalNames({ app: "a".repeat(30), tier: "growth" });
    const redis = synthCache({ names, engine: "redis", version: "7.1", tls: false, finalSnapshot: true });
    const { engine, transit_encryption_enabled, final_snapshot_identifier } = onlyOne(
      redis,
      ElasticacheReplicationGroup,
    );
    expect([engine, transit_encryption_enabled]).toEqual(["redis", false]);
    const snapshot = String(final_snapshot_identifier).replace("${random_id.cache_final_snapshot.hex}", "01234567");
    expect(snapshot).toMatch(/^a+[a-z0-9-]*-final-01234567$/);
    expect(snapshot.length).toBeLessThanOrEqual(40);
  });
});

test.each([
  ["valkey", "8.1", "valkey8"],
  ["valkey", "7.2", "valkey7"],
  ["redis", "7.1", "redis7"],
  ["redis", "6.2", "redis6.x"],
] as const)("parameters of %s %s are of the family %s", (engine, version, family) => {
  expect(cacheFamily(engine, version)).toBe(family);
});

/** ElastiCache: what a replication group gets from AWS, what replaces it, and what is refused. */
import type { ApplyInput, Diagnostic, Obj, PlanInput } from "../contract";
import { UNKNOWN } from "../wire/value";
import { digits, fallback, type Hooks, invalid, objects, refuse, text, unknownOnChange } from "./service";

export const CACHE_HOOKS: Hooks = {
  aws_elasticache_replication_group: { plan: planGroup, check: checkFamily, apply: applyGroup },
  aws_elasticache_parameter_group: { check: checkPolicy },
};

/** Versions from which encryption in transit can be turned on and off without another group. */
const TLS_IN_PLACE = [7, 0, 5];

const POLICIES = [
  "volatile-lru",
  "allkeys-lru",
  "volatile-lfu",
  "allkeys-lfu",
  "volatile-random",
  "allkeys-random",
  "volatile-ttl",
  "noeviction",
];

function planGroup({ prior, planned, config }: PlanInput) {
  const counted = unknownOnChange(prior, planned, "member_clusters", ["num_cache_clusters"]);
  const versioned = unknownOnChange(prior, counted, "engine_version_actual", ["engine_version", "engine"]);
  // The provider takes a port that nobody writes for the one that the group has.
  const kept = prior && (config.port ?? null) === null ? { ...versioned, port: prior.port } : versioned;
  return {
    planned: kept,
    requiresReplace: prior ? replacing(prior, kept) : [],
    diagnostics: inconsistent(config),
  };
}

/** The provider's own checks of what belongs together. */
function inconsistent(config: Obj): Diagnostic[] {
  const { multi_az_enabled, automatic_failover_enabled, num_cache_clusters } = config;
  const problems: Diagnostic[] = [];
  if (multi_az_enabled === true && automatic_failover_enabled !== true && automatic_failover_enabled !== UNKNOWN) {
    problems.push(invalid("automatic_failover_enabled must be true if multi_az_enabled is true", ""));
  }
  if (automatic_failover_enabled === true && typeof num_cache_clusters === "number" && num_cache_clusters < 2) {
    problems.push(invalid('"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true', ""));
  }
  return problems;
}

/** Redis becomes Valkey in place, and any version a newer one; never the other way. */
function replacing(prior: Obj, planned: Obj): string[] {
  const paths: string[] = [];
  if (prior.engine === "valkey" && planned.engine === "redis") paths.push("engine");
  if (prior.engine === planned.engine && isOlder(planned.engine_version, prior.engine_version))
    paths.push("engine_version");
  const tlsChanges = prior.transit_encryption_enabled !== planned.transit_encryption_enabled;
  if (tlsChanges && isOlder(prior.engine_version_actual, TLS_IN_PLACE.join(".")))
    paths.push("transit_encryption_enabled");
  return paths;
}

/** Whether one version is below another, as far as both say. */
function isOlder(one: unknown, other: unknown): boolean {
  const [a = "", b = ""] = [text(one), text(other)];
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  const at = left.findIndex((part, i) => right[i] !== undefined && part !== right[i]);
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}

function applyGroup({ config, result, prior, ctx }: ApplyInput): { result: Obj } {
  const id = String(result.replication_group_id);
  const count = typeof result.num_cache_clusters === "number" ? result.num_cache_clusters : 1;
  const name = (role: string): string =>
    `${role}.${id}.${digits(6, ctx.account, ctx.region)}.${ctx.region}.cache.sim.amazonaws.example`;
  const made = fallback(result, config, {
    engine: prior?.engine ?? "redis",
    port: 6379,
    num_node_groups: 1,
    replicas_per_node_group: count - 1,
    cluster_mode: "disabled",
    transit_encryption_mode: result.transit_encryption_enabled === true ? "required" : "",
  });
  return {
    result: {
      ...made,
      cluster_enabled: false,
      configuration_endpoint_address: "",
      primary_endpoint_address: name("master"),
      reader_endpoint_address: name("replica"),
      member_clusters: Array.from({ length: count }, (_, i) => `${id}-${String(i + 1).padStart(3, "0")}`),
      engine_version_actual: `${text(result.engine_version) ?? "7.1"}.0`,
    },
  };
}

function checkFamily(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const group = world
    .ofType("aws_elasticache_parameter_group")
    .find((o) => o.attributes.name === result.parameter_group_name)?.attributes;
  const [major = ""] = (text(result.engine_version) ?? "").split(".");
  const engine = text(result.engine) ?? "redis";
  const family = engine === "redis" && major === "6" ? "redis6.x" : `${engine}${major}`;
  if (!group || major === "" || group.family === family) return [];
  const message = `InvalidParameterCombination: Expected a parameter group of family ${family} but found one of family ${String(group.family)}`;
  return [refuse(input, message, "A family is made for one major version.", "parameter_group_name")];
}

function checkPolicy(input: ApplyInput): Diagnostic[] {
  const wrong = objects(input.result.parameter).filter(
    ({ name, value }) => name === "maxmemory-policy" && !POLICIES.includes(String(value)),
  );
  return wrong.map(({ value }) => {
    const message = `InvalidParameterValue: The parameter maxmemory-policy does not take the value ${String(value)}`;
    return refuse(input, message, `It takes ${POLICIES.join(", ")}.`, "parameter");
  });
}

import type { AlarmSpec } from "./alarm";
import { FIVE_MINUTES_TWICE } from "./alarm-periods";

/** What the alarms of a replication group depend on. */
export interface CacheAlarmInput {
  /** Id of the replication group, as a reference. */
  readonly groupId: string;
  /**
   * Nodes to watch: the primary and the most replicas that the stack may get without being synthesized again. One that is
   * not there reports nothing and rings nothing. Any of them can become the primary.
   */
  readonly nodes: number;
  /** "queue" never evicts keys, so one that is evicted is lost work. */
  readonly use: "cache" | "queue";
}

/** The alarms of every node, by the order of the nodes. */
export function cacheAlarms(input: CacheAlarmInput): readonly AlarmSpec[] {
  return Array.from({ length: input.nodes }, (_, index) => index + 1).flatMap((node) => [
    cpu(node, input),
    memory(node, input),
    ...(input.use === "queue" ? [evictions(node, input)] : []),
    ...(input.nodes > 1 ? [lag(node, input)] : []),
  ]);
}

/** ElastiCache names the nodes of a group without shards <group>-001 and on. */
const ofNode = (node: number, { groupId }: CacheAlarmInput) => ({
  series: `node ${node}`,
  namespace: "AWS/ElastiCache",
  dimensions: { CacheClusterId: `${groupId}-${String(node).padStart(3, "0")}` },
});

/** A node that is not there, or not yet, reports nothing; that users cannot reach the cache is told by their errors. */
const SILENT = "missing";

/** 80 % of the one thread that runs commands, which a node's own CPU does not show: on two processors it would stop at 50 %. */
function cpu(node: number, input: CacheAlarmInput): AlarmSpec {
  return {
    key: `cache-cpu-${node}`,
    title: "CPU of the cache's engine",
    description:
      "The thread of the cache that runs commands was busy for more than 80 % of ten minutes. Look for commands over many keys " +
      "(KEYS, large ranges, scripts) with SLOWLOG GET; otherwise take a larger node type.",
    ...ofNode(node, input),
    metric: "EngineCPUUtilization",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 80,
    comparison: "GreaterThanThreshold",
    treatMissing: SILENT,
    unit: "%",
  };
}

const WHEN_FULL = {
  cache: "At 100 % it evicts the keys that were used least. If the hit rate falls with it, take a larger node type.",
  queue:
    "At 100 % it refuses to write, and jobs are lost. See whether the workers keep up, then take a larger node type.",
} as const;

function memory(node: number, input: CacheAlarmInput): AlarmSpec {
  return {
    key: `cache-memory-${node}`,
    title: "Memory of the cache",
    description: `The cache has used more than 80 % of its memory for ten minutes. ${WHEN_FULL[input.use]}`,
    ...ofNode(node, input),
    metric: "DatabaseMemoryUsagePercentage",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 80,
    comparison: "GreaterThanThreshold",
    treatMissing: SILENT,
    unit: "%",
  };
}

/** Any at all: its parameters say that it never evicts, so something has changed them. */
function evictions(node: number, input: CacheAlarmInput): AlarmSpec {
  return {
    key: `cache-evictions-${node}`,
    title: "Evicted keys of the queue",
    description:
      "The queue evicted keys, so jobs are lost. Its parameter group should say maxmemory-policy noeviction: see whether the " +
      "group was changed or replaced, put it back with an apply, and see which jobs to repeat.",
    ...ofNode(node, input),
    metric: "Evictions",
    statistic: "Sum",
    // Once is enough: what is lost does not come back.
    periodSeconds: 300,
    evaluationPeriods: 1,
    threshold: 0,
    comparison: "GreaterThanThreshold",
    // A node that is not there evicts nothing.
    treatMissing: "notBreaching",
    unit: "keys",
  };
}

/** 30 seconds of writes would be lost by a failover; a healthy replica is behind by less than one. */
function lag(node: number, input: CacheAlarmInput): AlarmSpec {
  return {
    key: `cache-lag-${node}`,
    title: "Replicas of the cache behind",
    description:
      "A replica of the cache was more than 30 seconds behind for ten minutes: a failover now would lose what was written " +
      "since. Look at the node's CPU and network; many large writes, or a node type that is too small, are the usual reasons.",
    ...ofNode(node, input),
    metric: "ReplicationLag",
    statistic: "Maximum",
    ...FIVE_MINUTES_TWICE,
    threshold: 30,
    comparison: "GreaterThanThreshold",
    // Replicas alone report it.
    treatMissing: "notBreaching",
    unit: "seconds",
  };
}

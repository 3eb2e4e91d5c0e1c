import { expect, test } from "vitest";
import { type CacheAlarmInput, cacheAlarms } from "../../modules/observability/cache-alarms";
import { byKey, problemsOf } from "./fixtures";

const CACHE: CacheAlarmInput = { groupId: "shop-growth", nodes: 1, use: "cache" };
const queue = cacheAlarms({ groupId: "shop-growth", nodes: 2, use: "queue" });

test("a cache alone: its engine and its memory", () => {
  expect(Object.keys(byKey(cacheAlarms(CACHE)))).toEqual(["cache-cpu-1", "cache-memory-1"]);
});

test("a queue must not evict, and of two nodes any may be the replica that is behind", () => {
  expect(Object.keys(byKey(queue))).toEqual([
    "cache-cpu-1",
    "cache-memory-1",
    "cache-evictions-1",
    "cache-lag-1",
    "cache-cpu-2",
    "cache-memory-2",
    "cache-evictions-2",
    "cache-lag-2",
  ]);
});

test("a node is named as ElastiCache names it", () => {
  expect(byKey(queue)["cache-cpu-2"]).toMatchObject({
    namespace: "AWS/ElastiCache",
    dimensions: { CacheClusterId: "shop-growth-002" },
    series: "node 2",
  });
});

test.each([
  ["cache-cpu-1", "EngineCPUUtilization", "Average", 80, "missing"],
  ["cache-memory-1", "DatabaseMemoryUsagePercentage", "Average", 80, "missing"],
  ["cache-evictions-1", "Evictions", "Sum", 0, "notBreaching"],
  ["cache-lag-1", "ReplicationLag", "Maximum", 30, "notBreaching"],
])("%s: %s, %s above %i, silence is %s", (key, metric, statistic, threshold, treatMissing) => {
  expect(byKey(queue)[key]).toMatchObject({
    metric,
    statistic,
    threshold,
    comparison: "GreaterThanThreshold",
    treatMissing,
  });
});

test("what full memory means depends on the use", () => {
  const text = (use: CacheAlarmInput["use"]) => byKey(cacheAlarms({ ...CACHE, use }))["cache-memory-1"]?.description;
  expect(text("cache")).toContain("evicts the keys");
  expect(text("queue")).toContain("jobs are lost");
});

test.each(queue)("CloudWatch accepts $key", (alarm) => {
  expect(problemsOf(alarm)).toEqual([]);
});

import { expect, test } from "vitest";
import { balancerAlarms } from "../../modules/observability/balancer-alarms";
import { byKey, problemsOf } from "./fixtures";

const all = balancerAlarms({
  balancer: "app/shop/1",
  targetGroups: { api: "targetgroup/api/2", web: "targetgroup/web/3" },
});
const alarms = byKey(all);
const BALANCER = { namespace: "AWS/ApplicationELB", dimensions: { LoadBalancer: "app/shop/1" } };

test.each([
  ["target-errors", "HTTPCode_Target_5XX_Count", 10],
  ["balancer-errors", "HTTPCode_ELB_5XX_Count", 5],
])("%s: more than %s of %i in five minutes, twice; none reported is none", (key, metric, threshold) => {
  expect(alarms[key]).toMatchObject({
    ...BALANCER,
    metric,
    statistic: "Sum",
    periodSeconds: 300,
    evaluationPeriods: 2,
    threshold,
    comparison: "GreaterThanThreshold",
    treatMissing: "notBreaching",
  });
});

test("latency: one request in twenty takes more than a second", () => {
  expect(alarms["latency"]).toMatchObject({
    ...BALANCER,
    metric: "TargetResponseTime",
    statistic: "p95",
    threshold: 1,
    treatMissing: "notBreaching",
  });
});

test("one unhealthy target of a group for five minutes rings for its service", () => {
  expect(Object.keys(alarms)).toEqual([
    "target-errors",
    "balancer-errors",
    "latency",
    "unhealthy-api",
    "unhealthy-web",
  ]);
  expect(alarms["unhealthy-web"]).toMatchObject({
    metric: "UnHealthyHostCount",
    dimensions: { LoadBalancer: "app/shop/1", TargetGroup: "targetgroup/web/3" },
    statistic: "Maximum",
    periodSeconds: 60,
    evaluationPeriods: 5,
    threshold: 1,
    comparison: "GreaterThanOrEqualToThreshold",
  });
});

test.each(all)("CloudWatch accepts $key", (alarm) => {
  expect(problemsOf(alarm)).toEqual([]);
});

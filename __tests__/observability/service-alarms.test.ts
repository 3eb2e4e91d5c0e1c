import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { TerraformVariable } from "cdktf";
import { describe, expect, test } from "vitest";
import { Alarms } from "../../modules/observability/alarms";
import { type ServiceAlarmInput, serviceAlarms } from "../../modules/observability/service-alarms";
import { resourcesOf, synth } from "../helpers/synth";
import { byKey, problemsOf, shopNames } from "./fixtures";

const INPUT: ServiceAlarmInput = {
  cluster: "shop-growth",
  services: { api: "shop-growth-api", worker: "shop-growth-worker" },
  insights: true,
  computeEnabled: true,
};
const alarms = byKey(serviceAlarms(INPUT));
const OF_API = { ClusterName: "shop-growth", ServiceName: "shop-growth-api" };

test("three for every service", () => {
  expect(Object.keys(alarms)).toEqual([
    "cpu-api",
    "memory-api",
    "tasks-api",
    "cpu-worker",
    "memory-worker",
    "tasks-worker",
  ]);
});

test.each([
  ["cpu-api", "CPUUtilization", 80],
  ["memory-api", "MemoryUtilization", 85],
])("%s: %s of the service above %i %% on average for ten minutes", (key, metric, threshold) => {
  expect(alarms[key]).toMatchObject({
    namespace: "AWS/ECS",
    metric,
    dimensions: OF_API,
    statistic: "Average",
    periodSeconds: 300,
    evaluationPeriods: 2,
    threshold,
    comparison: "GreaterThanThreshold",
    treatMissing: "missing",
  });
});

describe("tasks that are missing", () => {
  test("with Container Insights: what the service wants less what it has", () => {
    expect(alarms["tasks-api"]).toMatchObject({
      namespace: "ECS/ContainerInsights",
      metric: "DesiredTaskCount",
      minus: "RunningTaskCount",
      dimensions: OF_API,
      threshold: 0,
      comparison: "GreaterThanThreshold",
      treatMissing: "breaching",
    });
  });

  test("without: the silence of what running tasks send", () => {
    expect(byKey(serviceAlarms({ ...INPUT, insights: false }))["tasks-api"]).toMatchObject({
      namespace: "AWS/ECS",
      metric: "CPUUtilization",
      statistic: "SampleCount",
      threshold: 1,
      comparison: "LessThanThreshold",
      treatMissing: "breaching",
    });
  });

  test("tell nobody while services are stopped on purpose or were never released, and nothing else is silenced", () => {
    const json = synth((stack) => {
      const enabled = new TerraformVariable(stack, "compute_enabled", { type: "bool" }).booleanValue;
      const released = new TerraformVariable(stack, "worker_released", { type: "bool" }).booleanValue;
      const specs = serviceAlarms({ ...INPUT, computeEnabled: enabled, released: { worker: released } });
      new Alarms(stack, "alarm", { names: shopNames(), topicArn: "arn:topic", alarms: specs });
    });
    const silenced = Object.entries(resourcesOf(json, CloudwatchMetricAlarm)).map(([id, { actions_enabled: on }]) => [
      id,
      on,
    ]);
    expect(silenced).toEqual([
      ["alarm_cpu_api", undefined],
      ["alarm_cpu_worker", undefined],
      ["alarm_memory_api", undefined],
      ["alarm_memory_worker", undefined],
      ["alarm_tasks_api", "${var.compute_enabled}"],
      ["alarm_tasks_worker", "${(var.compute_enabled && var.worker_released)}"],
    ]);
  });
});

describe.each([true, false])("what CloudWatch accepts, insights %s", (insights) => {
  test.each(serviceAlarms({ ...INPUT, insights }))("$key", (alarm) => {
    expect(problemsOf(alarm)).toEqual([]);
  });
});

import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import type { AlarmSpec } from "../../modules/observability/alarm";
import { Alarms } from "../../modules/observability/alarms";
import { resourcesOf, synth } from "../helpers/synth";
import { alarmsOf, PLAIN_ALARM, problemsOf, shopNames } from "./fixtures";

const TOPIC = "${aws_sns_topic.alerts_topic.arn}";

function synthAlarms(alarms: readonly AlarmSpec[], literals: Readonly<Record<string, string>> = {}): string {
  return synth((stack) => {
    const { arns } = new Alarms(stack, "alarm", { names: shopNames(literals), topicArn: TOPIC, alarms });
    new TerraformOutput(stack, "arns", { value: arns });
  });
}

describe("Alarms", () => {
  test("one plain alarm: everything it says and nothing else", () => {
    expect(resourcesOf(synthAlarms([PLAIN_ALARM]), CloudwatchMetricAlarm)).toEqual({
      alarm_queue_depth: {
        alarm_name: "shop-mvp-queue-depth",
        alarm_description: "Jobs wait for a worker.",
        namespace: "shop/mvp",
        metric_name: "QueueDepth",
        dimensions: { Stack: "shop-mvp", Queue: "mail" },
        statistic: "Sum",
        period: 60,
        evaluation_periods: 3,
        threshold: 12.5,
        comparison_operator: "LessThanOrEqualToThreshold",
        treat_missing_data: "notBreaching",
        alarm_actions: [TOPIC],
        ok_actions: [TOPIC],
      },
    });
  });

  test("with everything optional: fewer bad periods, and mail on silence", () => {
    const json = synthAlarms([{ ...PLAIN_ALARM, datapointsToAlarm: 2, notifyWhenSilent: true }]);
    expect(json).toHaveResourceWithProperties(CloudwatchMetricAlarm, {
      datapoints_to_alarm: 2,
      insufficient_data_actions: [TOPIC],
    });
  });

  test("a difference of two metrics is a query over both, and only it is watched", () => {
    const json = synthAlarms([{ ...PLAIN_ALARM, statistic: "Average", metric: "Wanted", minus: "Running" }]);
    const { alarm_queue_depth: alarm } = resourcesOf(json, CloudwatchMetricAlarm);
    const metric = {
      namespace: "shop/mvp",
      dimensions: { Stack: "shop-mvp", Queue: "mail" },
      period: 60,
      stat: "Average",
    };
    expect(alarm?.["metric_query"]).toEqual([
      { id: "difference", expression: "first - second", label: "Queue depth", return_data: true },
      { id: "first", metric: { ...metric, metric_name: "Wanted" } },
      { id: "second", metric: { ...metric, metric_name: "Running" } },
    ]);
    for (const single of ["metric_name", "statistic", "period", "dimensions"]) expect(alarm).not.toHaveProperty(single);
  });

  test("a percentile is an extended statistic, also of few samples", () => {
    const { alarm_queue_depth: alarm } = resourcesOf(
      synthAlarms([{ ...PLAIN_ALARM, statistic: "p95" }]),
      CloudwatchMetricAlarm,
    );
    expect(alarm).toMatchObject({ extended_statistic: "p95", evaluate_low_sample_count_percentiles: "evaluate" });
    expect(alarm).not.toHaveProperty("statistic");
  });

  test("all alarms of a host, with fixed logical ids and an action each", () => {
    const json = synthAlarms(Object.values(alarmsOf()));
    expect(json).toHaveResourceCount(CloudwatchMetricAlarm, 8);
    const alarms = resourcesOf(json, CloudwatchMetricAlarm);
    expect(Object.keys(alarms).sort()).toEqual([
      "alarm_backup_age",
      "alarm_cpu",
      "alarm_cpu_credits",
      "alarm_disk_data",
      "alarm_disk_root",
      "alarm_drill_age",
      "alarm_memory",
      "alarm_status_check",
    ]);
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({ alarm_actions: [TOPIC], ok_actions: [TOPIC] });
    }
  });

  test("a literal name of an existing system, by logical id", () => {
    const json = synthAlarms([PLAIN_ALARM], { alarm_queue_depth: "shop-mail-stuck" });
    expect(json).toHaveResourceWithProperties(CloudwatchMetricAlarm, { alarm_name: "shop-mail-stuck" });
  });

  test("ARNs in the order given", () => {
    const { cpu, memory } = alarmsOf();
    const json = synthAlarms([memory, cpu].filter((alarm) => alarm !== undefined));
    expect(json).toHaveOutput("arns", {
      value: ["${aws_cloudwatch_metric_alarm.alarm_memory.arn}", "${aws_cloudwatch_metric_alarm.alarm_cpu.arn}"],
    });
  });

  test("what CloudWatch refuses is found", () => {
    const wrong = {
      key: "a b",
      description: "$\u{7b}x}",
      periodSeconds: 90,
      datapointsToAlarm: 2,
      evaluationPeriods: 1,
    };
    expect(problemsOf({ ...PLAIN_ALARM, ...wrong })).toEqual([
      "key",
      "template in the description",
      "period",
      "datapoints",
    ]);
    const long = { description: "x".repeat(1025), periodSeconds: 300, evaluationPeriods: 289 };
    expect(problemsOf({ ...PLAIN_ALARM, ...long })).toEqual(["length of the description", "time of all periods"]);
    expect(problemsOf(PLAIN_ALARM)).toEqual([]);
  });

  test("none for no description", () => {
    expect(synthAlarms([])).not.toHaveResource(CloudwatchMetricAlarm);
  });
});

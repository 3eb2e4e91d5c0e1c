import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { AlarmSpec } from "./alarm";

export interface AlarmsProps {
  readonly names: PhysicalNames;
  /** Topic that is told when an alarm rings and when it is over. */
  readonly topicArn: string;
  readonly alarms: readonly AlarmSpec[];
}

/**
 * A CloudWatch alarm for each description of one, with the logical id `<id>_<key>`. Each tells the topic when it rings
 * and when it is over, and where the description asks for it, when its metric falls silent.
 *
 * Cost: $0.10 per alarm and month, the first 10 of an account free. A host with its own database has 8: $0.00 to $0.80; a
 * growth tier with one public service, a database and a cache of one node has 15: $0.50 to $1.50. One over two metrics
 * counts twice.
 */
export class Alarms extends Construct {
  /** ARN of each alarm, in the order given. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.arns = props.alarms.map((alarm) => this.createAlarm(id, alarm, props).arn);
  }

  private createAlarm(id: string, alarm: AlarmSpec, { names, topicArn }: AlarmsProps): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, alarm.key, {
      alarmName: names.of("aws_cloudwatch_metric_alarm", logicalId(id, alarm.key), alarm.key),
      alarmDescription: alarm.description,
      ...watched(alarm),
      evaluationPeriods: alarm.evaluationPeriods,
      datapointsToAlarm: alarm.datapointsToAlarm,
      threshold: alarm.threshold,
      comparisonOperator: alarm.comparison,
      treatMissingData: alarm.treatMissing,
      actionsEnabled: alarm.activeWhile,
      alarmActions: [topicArn],
      okActions: [topicArn],
      insufficientDataActions: alarm.notifyWhenSilent ? [topicArn] : undefined,
    });
  }
}

/** What an alarm looks at: one metric, or the difference of two. */
function watched(alarm: AlarmSpec): Partial<CloudwatchMetricAlarmConfig> {
  const { namespace, metric, minus, statistic, periodSeconds: period } = alarm;
  const dimensions = { ...alarm.dimensions };
  if (minus === undefined) return { namespace, metricName: metric, dimensions, period, ...statisticOf(statistic) };
  const query = (id: string, metricName: string) => ({
    id,
    metric: { namespace, metricName, dimensions, period, stat: statistic },
  });
  return {
    metricQuery: [
      { id: "difference", expression: "first - second", label: alarm.title, returnData: true },
      query("first", metric),
      query("second", minus),
    ],
  };
}

/**
 * Of few samples a percentile is little more than the slowest one. It still counts: an app with little traffic would have
 * no alarm else.
 */
const statisticOf = (statistic: AlarmSpec["statistic"]): Partial<CloudwatchMetricAlarmConfig> =>
  statistic === "p95" ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: "evaluate" } : { statistic };

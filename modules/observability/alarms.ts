import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
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
 * Cost: $0.10 per alarm and month, the first 10 of an account free. A host with its own database has 8: $0.00 to $0.80.
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
      namespace: alarm.namespace,
      metricName: alarm.metric,
      dimensions: { ...alarm.dimensions },
      statistic: alarm.statistic,
      period: alarm.periodSeconds,
      evaluationPeriods: alarm.evaluationPeriods,
      datapointsToAlarm: alarm.datapointsToAlarm,
      threshold: alarm.threshold,
      comparisonOperator: alarm.comparison,
      treatMissingData: alarm.treatMissing,
      alarmActions: [topicArn],
      okActions: [topicArn],
      insufficientDataActions: alarm.notifyWhenSilent ? [topicArn] : undefined,
    });
  }
}

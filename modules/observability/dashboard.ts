import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { AlarmSpec, MetricSeries } from "./alarm";
import { dashboardBody } from "./dashboard-body";

export interface DashboardProps {
  readonly names: PhysicalNames;
  readonly region: string;
  /** Alarms whose metrics are drawn. */
  readonly alarms: readonly AlarmSpec[];
  /** Metrics that are drawn besides. @default - none */
  readonly graphs?: readonly MetricSeries[];
  /** ARNs of alarms whose state is listed. @default - none */
  readonly alarmArns?: readonly string[];
  /** Log groups that are searched for errors. @default - none */
  readonly logGroupNames?: readonly string[];
}

/**
 * A CloudWatch dashboard: the states of the alarms, a graph with the threshold for each alarm's metric, and the last
 * errors of the logs.
 *
 * Cost: $3 a month, the first 3 dashboards of an account free. The list of errors scans its log groups whenever somebody
 * looks: $0.005 per GB of the time range shown.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { names, region, alarms, graphs, alarmArns = [], logGroupNames = [] } = props;
    new CloudwatchDashboard(this, "overview", {
      dashboardName: names.of("aws_cloudwatch_dashboard", logicalId(id, "overview"), "overview"),
      // Every reference in the body is a text inside a JSON string, so it survives; CDKTF finds
      // a number's reference there too and writes it without quotes.
      dashboardBody: JSON.stringify(dashboardBody({ region, alarms, graphs, alarmArns, logGroupNames })),
    });
  }
}

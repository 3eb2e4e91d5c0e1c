import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { policyJson, trustService } from "../security/policies";

export interface FlowLogsProps {
  readonly names: PhysicalNames;
  readonly accountId: string;
  readonly vpcId: string;
  /** Days that the log group keeps the records. */
  readonly retentionDays: number;
}

/**
 * Records of every connection in a VPC, in a log group of their own, written by a role that may write nothing else.
 *
 * Cost: $0.50 to $0.70 per GB ingested, by region; a quiet host writes well under 1 GB a month.
 */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const { names, vpcId, retentionDays } = props;
    const group = new CloudwatchLogGroup(this, "group", {
      name: names.pathOf("aws_cloudwatch_log_group", "flow_logs_group", "flow-logs", "/"),
      retentionInDays: retentionDays,
    });
    const role = new IamRole(this, "role", {
      name: names.of("aws_iam_role", "flow_logs_role", "flow-logs"),
      description: "Lets VPC flow logs write to their own log group",
      assumeRolePolicy: trustService("vpc-flow-logs.amazonaws.com", props.accountId),
    });
    new IamRolePolicy(this, "write", {
      name: "write-flow-logs",
      role: role.name,
      policy: policyJson([
        {
          sid: "WriteOwnGroup",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [`${group.arn}:*`],
        },
      ]),
    });
    new FlowLog(this, "log", {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: names.of("tag:Name", "flow_logs_log", "flow-logs") },
    });
  }
}

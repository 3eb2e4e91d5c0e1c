import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { FlowLogs } from "../../modules/network/flow-logs";
import { onlyOne, resourceTypes, statementsOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";

function synthFlowLogs(literals: Readonly<Record<string, string>> = {}): string {
  return synth(
    (stack) =>
      new FlowLogs(stack, "flow_logs", {
        names: new PhysicalNames({ app: "shop", tier: "mvp", environment: "staging" }, literals),
        accountId: "123456789012",
        vpcId: "vpc-0123",
        retentionDays: 14,
      }),
  );
}

describe("FlowLogs", () => {
  const json = synthFlowLogs();

  test("records all traffic of the VPC in a group of its own that forgets", () => {
    expect(onlyOne(json, FlowLog)).toEqual({
      vpc_id: "vpc-0123",
      traffic_type: "ALL",
      log_destination_type: "cloud-watch-logs",
      log_destination: "${aws_cloudwatch_log_group.flow_logs_group.arn}",
      iam_role_arn: "${aws_iam_role.flow_logs_role.arn}",
      tags: { Name: "shop-mvp-staging-flow-logs" },
    });
    expect(onlyOne(json, CloudwatchLogGroup)).toEqual({ name: "/shop/mvp-staging/flow-logs", retention_in_days: 14 });
  });

  test("writes by a role that only the flow log service may take, and that may write to this group only", () => {
    expect(json).toHaveResourceWithProperties(IamRole, { name: "shop-mvp-staging-flow-logs" });
    expect(statementsOf(onlyOne(json, IamRole).assume_role_policy)).toEqual([
      {
        Sid: "TrustService",
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
    expect(statementsOf(onlyOne(json, IamRolePolicy).policy)).toEqual([
      {
        Sid: "WriteOwnGroup",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: ["${aws_cloudwatch_log_group.flow_logs_group.arn}:*"],
      },
    ]);
  });

  test("needs nothing else", () => {
    expect(resourceTypes(json)).toEqual([
      "aws_cloudwatch_log_group",
      "aws_flow_log",
      "aws_iam_role",
      "aws_iam_role_policy",
    ]);
  });

  test("takes literal names", () => {
    const named = synthFlowLogs({ flow_logs_group: "/old/flow", flow_logs_role: "old-role", flow_logs_log: "old-log" });
    expect(named).toHaveResourceWithProperties(CloudwatchLogGroup, { name: "/old/flow" });
    expect(named).toHaveResourceWithProperties(IamRole, { name: "old-role" });
    expect(named).toHaveResourceWithProperties(FlowLog, { tags: { Name: "old-log" } });
  });
});

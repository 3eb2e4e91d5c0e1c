import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { Notifications } from "../../modules/observability/notifications";
import { listVariable } from "../../modules/terraform/variables";
import { onlyOne, statementsOf } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { shopNames } from "./fixtures";

const TOPIC_ARN = "${aws_sns_topic.alerts_topic.arn}";

function synthNotifications(literals: Readonly<Record<string, string>> = {}): string {
  return synth((stack) => {
    const emails = listVariable(stack, "alert_emails", { description: "Who is told.", default: [] });
    const { topicArn } = new Notifications(stack, "alerts", { names: shopNames(literals), emails });
    new TerraformOutput(stack, "topic_arn", { value: topicArn });
  });
}

interface Statement {
  Sid: string;
  Effect: string;
  Principal: unknown;
  Action: string[];
  Resource: string[];
  Condition: unknown;
}

test("budgets of the same account may publish where there is a budget", () => {
  const json = synth((stack) => new Notifications(stack, "alerts", { names: shopNames(), emails: [], budgets: true }));
  expect(statementsOf(onlyOne(json, SnsTopicPolicy)["policy"]).map(({ Sid }) => Sid)).toEqual([
    "AlarmsOfThisAccount",
    "BudgetsOfThisAccount",
    "OnlyOverTls",
  ]);
  expect(statementsOf(onlyOne(json, SnsTopicPolicy)["policy"])[1]).toMatchObject({
    Effect: "Allow",
    Principal: { Service: "budgets.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": "${aws_sns_topic.alerts_topic.owner}" } },
  });
});

describe("Notifications", () => {
  const json = synthNotifications();

  test("one topic, not under a key that CloudWatch may not use", () => {
    expect(resourcesOf(json, SnsTopic)).toEqual({ alerts_topic: { name: "shop-mvp-alerts" } });
    expect(json).toHaveOutput("topic_arn", { value: TOPIC_ARN });
  });

  test("one subscription per address of the variable, keyed by the address", () => {
    expect(resourcesOf(json, SnsTopicSubscription)).toEqual({
      alerts_email: {
        for_each: "${toset(var.alert_emails)}",
        topic_arn: TOPIC_ARN,
        protocol: "email",
        endpoint: "${each.value}",
      },
    });
  });

  test("only alarms of the same account may publish, and only over TLS", () => {
    expect(json).toHaveResourceCount(SnsTopicPolicy, 1);
    const { arn, policy } = resourcesOf(json, SnsTopicPolicy)["alerts_policy"] ?? {};
    expect(arn).toBe(TOPIC_ARN);
    const { Statement: statements } = JSON.parse(String(policy)) as { Statement: Statement[] };
    expect(statements).toEqual([
      {
        Sid: "AlarmsOfThisAccount",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [TOPIC_ARN],
        Condition: { StringEquals: { "aws:SourceAccount": "${aws_sns_topic.alerts_topic.owner}" } },
      },
      {
        Sid: "OnlyOverTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["sns:Publish"],
        Resource: [TOPIC_ARN],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  test("a literal name of an existing system", () => {
    const named = synthNotifications({ alerts_topic: "ops-mail" });
    expect(named).toHaveResourceWithProperties(SnsTopic, { name: "ops-mail" });
    expect(json).not.toHaveResourceWithProperties(SnsTopic, { name: "ops-mail" });
  });
});

/** Policies, dashboards, alarms: what is wrong before anything is made. */
import { describe, expect, test } from "vitest";
import type { Diagnostic, Obj } from "../../../scripts/simulator/contract";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { Account, checkCreation, created, CTX, KNOWN, object, REGION, summaries, the } from "../facts/account";

const validate = (type: string, config: Obj): Diagnostic[] => the(KNOWN.hooks(type).validate?.(config, CTX));

describe("policies", () => {
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
  const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
  const role = (...Statement: unknown[]) =>
    validate("aws_iam_role", { assume_role_policy: JSON.stringify({ Statement }) });
  const inline = (...Statement: unknown[]) =>
    validate("aws_iam_role_policy", { policy: JSON.stringify({ Statement }) });

  test("that are whole pass", () => {
    expect([...role(trust), ...inline(allow, { ...allow, Effect: "Deny" })]).toEqual([]);
    expect(validate("aws_iam_role_policy", { policy: UNKNOWN })).toEqual([]);
  });

  test.each<[string, Diagnostic[], string]>([
    ["no statement", role(), "has no Statement"],
    ["no principal", role({ ...trust, Principal: undefined }), "Statement[0] needs Principal"],
    ["a principal in an identity policy", inline({ ...allow, Principal: "*" }), "must not have a Principal"],
    ["no resource", inline({ ...allow, Resource: undefined }), "needs Resource"],
    ["no action", inline(allow, { ...allow, Action: undefined }), "Statement[1] needs Action"],
    ["no effect", inline({ ...allow, Effect: "allow" }), "needs Effect Allow or Deny"],
  ])("%s", (_name, found, says) => {
    expect(found).toEqual([
      expect.objectContaining({
        summary: "MalformedPolicyDocument: Syntax errors in policy.",
        detail: expect.stringContaining(says) as string,
      }),
    ]);
  });

  test("of AWS are on the reviewed list", () => {
    const account = new Account(object("aws_iam_role", "web", { name: "web" }, "global"));
    const attach = (name: string) =>
      summaries(
        checkCreation(
          "aws_iam_role_policy_attachment",
          { role: "web", policy_arn: `arn:aws:iam::aws:policy/${name}` },
          account,
        ),
      );
    expect(attach("AmazonSSMManagedInstanceCore")).toEqual([]);
    expect(attach("AmazonSSMManagedInstanceCor")[0]).toContain("does not exist or is not attachable");
  });
});

describe("alarms, dashboards, topics", () => {
  const widget = { type: "metric", width: 12, properties: { metrics: [], region: REGION } };
  const board = (...widgets: unknown[]) =>
    validate("aws_cloudwatch_dashboard", { dashboard_body: JSON.stringify({ widgets }) }).map(({ detail }) => detail);

  test("a dashboard is a list of widgets", () => {
    expect(board(widget, { ...widget, x: 12 })).toEqual([]);
    expect(board(widget, { ...widget, x: 13 })).toEqual(["widgets[1] ends at column 25 of 24."]);
    expect(board({ ...widget, type: "graph" })[0]).toContain('has type "graph"');
    expect(board({ ...widget, properties: { region: REGION } })[0]).toContain("neither metrics nor annotations");
    expect(board({ ...widget, properties: { metrics: [] } })[0]).toContain("has no region");
    expect(board({ type: "text" })[0]).toContain("has no properties");
    expect(validate("aws_cloudwatch_dashboard", { dashboard_body: "[]" })).toHaveLength(1);
  });

  test("an alarm on a metric has a statistic and enough periods", () => {
    const alarm = (more: Obj) => summaries(validate("aws_cloudwatch_metric_alarm", { metric_name: "CPU", ...more }));
    expect(alarm({ statistic: "Average", evaluation_periods: 2, datapoints_to_alarm: 2 })).toEqual([]);
    expect(alarm({})[0]).toContain("One of `statistic` or `extended_statistic` must be set");
    expect(alarm({ statistic: "Sum", evaluation_periods: 2, datapoints_to_alarm: 3 })[0]).toContain(
      "DatapointsToAlarm",
    );
    const both = { id: "q", expression: "m1", metric: [{}] };
    expect(summaries(validate("aws_cloudwatch_metric_alarm", { metric_query: [both] }))[0]).toContain(
      "both `expression`",
    );
  });

  test("an e-mail subscription waits for a person", () => {
    const subscribe = (protocol: string) =>
      created("aws_sns_topic_subscription", { topic_arn: "arn:t", protocol, endpoint: "x" }, new Account(), {
        arn: "arn:s:uuid",
      });
    expect(subscribe("email")).toMatchObject({ arn: "arn:t:uuid", id: "arn:t:uuid", pending_confirmation: true });
    expect(subscribe("sqs")).toMatchObject({ pending_confirmation: false });
  });
});

import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput, TerraformVariable } from "cdktf";
import { describe, expect, test } from "vitest";
import { matchers } from "./matchers";
import { synth, TEST_REGION } from "./synth";

const json = synth((stack) => {
  new CloudwatchLogGroup(stack, "one", {
    name: "/one",
    retentionInDays: 7,
    tags: { Name: "one", Team: "red" },
  });
  new CloudwatchLogGroup(stack, "two", { name: "/two" });
  const topic = new SnsTopic(stack, "topic", { name: "alarms" });
  new DataAwsRegion(stack, "region", { region: TEST_REGION });
  new TerraformOutput(stack, "topic_arn", { value: topic.arn, description: "Where alarms go." });
  new TerraformVariable(stack, "emails", { type: "list(string)", default: [] });
});

type Row = [what: string, holds: boolean, verdict: () => { pass: boolean; message: () => string }];

const rows: Row[] = [
  ["a resource that is there", true, () => matchers.toHaveResource(json, SnsTopic)],
  ["a resource that is not there", false, () => matchers.toHaveResource(json, SnsTopicSubscription)],
  ["a property", true, () => matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, { name: "/two" })],
  [
    "a wrong property",
    false,
    () => matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, { name: "/three" }),
  ],
  [
    "part of a nested object",
    true,
    () => matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, { tags: { Team: "red" } }),
  ],
  [
    "a wrong value in a nested object",
    false,
    () => matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, { tags: { Team: "blue" } }),
  ],
  [
    "a matcher in a nested object",
    true,
    () =>
      matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, {
        tags: { Name: expect.stringMatching(/^o/) as unknown },
      }),
  ],
  [
    "a matcher that says no",
    false,
    () =>
      matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, {
        tags: { Name: expect.stringMatching(/^x/) as unknown },
      }),
  ],
  [
    "properties that no single resource has together",
    false,
    () => matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, { name: "/two", retention_in_days: 7 }),
  ],
  [
    "a camelCase key",
    false,
    () => matchers.toHaveResourceWithProperties(json, CloudwatchLogGroup, { retentionInDays: 7 }),
  ],
  ["the count", true, () => matchers.toHaveResourceCount(json, CloudwatchLogGroup, 2)],
  ["a count that is too low", false, () => matchers.toHaveResourceCount(json, CloudwatchLogGroup, 1)],
  ["a count that is too high", false, () => matchers.toHaveResourceCount(json, CloudwatchLogGroup, 3)],
  ["none of a class that is not there", true, () => matchers.toHaveResourceCount(json, SnsTopicSubscription, 0)],
  ["a data source", true, () => matchers.toHaveDataSource(json, DataAwsRegion)],
  ["no such data source", false, () => matchers.toHaveDataSource(json, DataAwsCallerIdentity)],
  [
    "a data source by property",
    true,
    () => matchers.toHaveDataSourceWithProperties(json, DataAwsRegion, { region: TEST_REGION }),
  ],
  [
    "a data source by wrong property",
    false,
    () => matchers.toHaveDataSourceWithProperties(json, DataAwsRegion, { region: "x" }),
  ],
  ["an output", true, () => matchers.toHaveOutput(json, "topic_arn")],
  [
    "an output by property",
    true,
    () => matchers.toHaveOutput(json, "topic_arn", { value: "${aws_sns_topic.topic.arn}" }),
  ],
  ["an output by wrong property", false, () => matchers.toHaveOutput(json, "topic_arn", { sensitive: true })],
  ["no such output", false, () => matchers.toHaveOutput(json, "emails")],
  ["the provider", true, () => matchers.toHaveProvider(json, AwsProvider)],
  ["no such provider", false, () => matchers.toHaveProvider(json, RandomProvider)],
  [
    "the provider by property",
    true,
    () => matchers.toHaveProviderWithProperties(json, AwsProvider, { region: TEST_REGION }),
  ],
  [
    "the provider by wrong property",
    false,
    () => matchers.toHaveProviderWithProperties(json, AwsProvider, { region: "x" }),
  ],
  ["a variable", true, () => matchers.toHaveVariable(json, "emails")],
  [
    "a variable by property",
    true,
    () => matchers.toHaveVariable(json, "emails", { default: [], type: "list(string)" }),
  ],
  [
    "a variable by wrong property",
    false,
    () => matchers.toHaveVariable(json, "emails", { default: ["a@example.com"] }),
  ],
  ["no such variable", false, () => matchers.toHaveVariable(json, "topic_arn")],
];

describe("the matchers hold, and fail when they must", () => {
  test.each(rows)("%s: %s", (_what, holds, verdict) => {
    expect(verdict().pass).toBe(holds);
    expect(verdict().message()).toMatch(/^Expected/);
  });
});

test("they are registered with Vitest, negated too", () => {
  expect(json).toHaveResource(SnsTopic);
  expect(json).not.toHaveResource(SnsTopicSubscription);
  expect(() => expect(json).not.toHaveResource(SnsTopic)).toThrow("Expected no aws_sns_topic");
  expect(() => expect(json).not.toHaveResourceCount(SnsTopic, 1)).toThrow("the stack has 1: topic");
});

test("a failure names what was found", () => {
  expect(() => expect(json).toHaveResourceCount(CloudwatchLogGroup, 1)).toThrow("the stack has 2: one, two");
  expect(() => expect(json).toHaveOutput("topic")).toThrow("The stack has these: topic_arn");
  expect(() => expect(json).toHaveVariable("emails", { default: 1 })).toThrow('It is: {\n  "default": []');
});

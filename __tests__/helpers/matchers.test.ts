import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput, TerraformVariable } from "cdktf";
import { type Assertion, describe, expect, test } from "vitest";
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

type Row = [what: string, holds: boolean, assert: (subject: Assertion<string>) => void];

const rows: Row[] = [
  ["a resource that is there", true, (it) => it.toHaveResource(SnsTopic)],
  ["a resource that is not there", false, (it) => it.toHaveResource(SnsTopicSubscription)],
  ["a property", true, (it) => it.toHaveResourceWithProperties(CloudwatchLogGroup, { name: "/two" })],
  ["a wrong property", false, (it) => it.toHaveResourceWithProperties(CloudwatchLogGroup, { name: "/three" })],
  [
    "part of a nested object",
    true,
    (it) => it.toHaveResourceWithProperties(CloudwatchLogGroup, { tags: { Team: "red" } }),
  ],
  [
    "a wrong value in a nested object",
    false,
    (it) => it.toHaveResourceWithProperties(CloudwatchLogGroup, { tags: { Team: "blue" } }),
  ],
  [
    "a matcher in a nested object",
    true,
    (it) =>
      it.toHaveResourceWithProperties(CloudwatchLogGroup, { tags: { Name: expect.stringMatching(/^o/) as unknown } }),
  ],
  [
    "a matcher that says no",
    false,
    (it) =>
      it.toHaveResourceWithProperties(CloudwatchLogGroup, { tags: { Name: expect.stringMatching(/^x/) as unknown } }),
  ],
  [
    "properties that no single resource has together",
    false,
    (it) => it.toHaveResourceWithProperties(CloudwatchLogGroup, { name: "/two", retention_in_days: 7 }),
  ],
  ["a camelCase key", false, (it) => it.toHaveResourceWithProperties(CloudwatchLogGroup, { retentionInDays: 7 })],
  ["the count", true, (it) => it.toHaveResourceCount(CloudwatchLogGroup, 2)],
  ["a count that is too low", false, (it) => it.toHaveResourceCount(CloudwatchLogGroup, 1)],
  ["a count that is too high", false, (it) => it.toHaveResourceCount(CloudwatchLogGroup, 3)],
  ["none of a class that is not there", true, (it) => it.toHaveResourceCount(SnsTopicSubscription, 0)],
  ["a data source", true, (it) => it.toHaveDataSource(DataAwsRegion)],
  ["no such data source", false, (it) => it.toHaveDataSource(DataAwsCallerIdentity)],
  [
    "a data source by property",
    true,
    (it) => it.toHaveDataSourceWithProperties(DataAwsRegion, { region: TEST_REGION }),
  ],
  ["a data source by wrong property", false, (it) => it.toHaveDataSourceWithProperties(DataAwsRegion, { region: "x" })],
  ["an output", true, (it) => it.toHaveOutput("topic_arn")],
  ["an output by property", true, (it) => it.toHaveOutput("topic_arn", { value: "${aws_sns_topic.topic.arn}" })],
  ["an output by wrong property", false, (it) => it.toHaveOutput("topic_arn", { sensitive: true })],
  ["no such output", false, (it) => it.toHaveOutput("emails")],
  ["the provider", true, (it) => it.toHaveProvider(AwsProvider)],
  ["no such provider", false, (it) => it.toHaveProvider(RandomProvider)],
  ["the provider by property", true, (it) => it.toHaveProviderWithProperties(AwsProvider, { region: TEST_REGION })],
  ["the provider by wrong property", false, (it) => it.toHaveProviderWithProperties(AwsProvider, { region: "x" })],
  ["a variable", true, (it) => it.toHaveVariable("emails")],
  ["a variable by property", true, (it) => it.toHaveVariable("emails", { default: [], type: "list(string)" })],
  ["a variable by wrong property", false, (it) => it.toHaveVariable("emails", { default: ["a@example.com"] })],
  ["no such variable", false, (it) => it.toHaveVariable("topic_arn")],
];

describe("the matchers hold, and fail when they must", () => {
  test.each(rows)("%s: %s", (_what, holds, assert) => {
    const asStated = holds ? expect(json) : expect(json).not;
    const negated = holds ? expect(json).not : expect(json);
    expect(() => assert(asStated)).not.toThrow();
    expect(() => assert(negated)).toThrow(/^Expected/);
  });
});

test("a failure names what was found", () => {
  expect(() => expect(json).toHaveResourceCount(CloudwatchLogGroup, 1)).toThrow("the stack has 2: one, two");
  expect(() => expect(json).toHaveOutput("topic")).toThrow("The stack has these: topic_arn");
  expect(() => expect(json).toHaveVariable("emails", { default: 1 })).toThrow('It is: {\n  "default": []');
});

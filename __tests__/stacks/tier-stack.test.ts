import { DataAwsSnsTopic } from "@cdktf/provider-aws/lib/data-aws-sns-topic";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import type { AppInput, ResolvedStack } from "../../modules/spec";
import { REQUIRED_TERRAFORM } from "../../stacks/base-stack";
import { TierStack } from "../../stacks/tier-stack";
import { addresses } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { definitionOf, definitionsOf, synthStack } from "./support";

/** The smallest stack: what every stack has, one named topic, one output. */
class TinyStack extends TierStack {
  constructor(scope: Construct, definition: ResolvedStack, build: (stack: TinyStack) => void = () => {}) {
    super(scope, definition);
    const alerts = new Construct(this, "alerts");
    const topic = new SnsTopic(alerts, "topic", { name: this.names.of("aws_sns_topic", "alerts_topic", "alerts") });
    this.output("topic_arn", { value: topic.arn, description: "Where alarms go" });
    build(this);
    this.declareOutputAliases();
  }
}

const tiny = (changes: Partial<AppInput> = {}, build?: (stack: TinyStack) => void): string =>
  synthStack((scope) => new TinyStack(scope, definitionOf(changes), build));

/** What stands in the JSON for a stack's environment. */
const terraformOf = (json: string) => (JSON.parse(json) as { terraform: Record<string, unknown> }).terraform;
const tagsOf = (json: string) =>
  (JSON.parse(json) as { provider: { aws: { default_tags: { tags: object }[] }[] } }).provider.aws[0]?.default_tags[0]
    ?.tags;

describe("versions", () => {
  const terraform = terraformOf(tiny());

  test("Terraform from 1.11 on", () => {
    expect(REQUIRED_TERRAFORM).toBe(">= 1.11");
    expect(terraform.required_version).toBe(">= 1.11");
  });

  test("providers by full source, open to newer minor versions, and no other", () => {
    expect(terraform.required_providers).toEqual({
      aws: { source: "hashicorp/aws", version: "~> 6.25" },
      random: { source: "hashicorp/random", version: "~> 3.7" },
    });
  });
});

describe("providers", () => {
  test("AWS in the app's region, with tags that say whose everything is", () => {
    const json = tiny();
    expect(json).toHaveProvider(RandomProvider);
    expect(json).toHaveProviderWithProperties(AwsProvider, { region: "eu-central-1" });
    expect(tagsOf(json)).toEqual({
      Application: "shop",
      Environment: "production",
      Tier: "mvp",
      ManagedBy: "Terraform",
    });
  });

  test("hold no credentials and no profile", () => {
    const { provider } = JSON.parse(tiny()) as { provider: { aws: object[]; random: object[] } };
    expect(provider.aws.map((block) => Object.keys(block))).toEqual([["default_tags", "region"]]);
    expect(provider.random).toEqual([{}]);
  });

  test("the app's own tags are added, and cannot take the place of ours", () => {
    const definition = definitionOf({ tags: { Team: "red" } });
    const forged = { ...definition, app: { ...definition.app, tags: { Team: "red", Tier: "gold" } } };
    expect(tagsOf(synthStack((scope) => new TinyStack(scope, forged)))).toMatchObject({ Team: "red", Tier: "mvp" });
  });

  test("another environment has its own tag", () => {
    const tags = definitionsOf({ environments: { staging: { network: { cidr: "10.9.0.0/16" } } } }).map((definition) =>
      tagsOf(synthStack((scope) => new TinyStack(scope, definition))),
    );
    expect(tags).toMatchObject([{ Environment: "production" }, { Environment: "staging" }]);
  });

  test("turning the protection off leaves its reason as a tag, in characters that every AWS service takes", () => {
    expect(tagsOf(tiny())).not.toHaveProperty("ProtectionOff");
    expect(tagsOf(tiny({ protect: { off: "a throw-away demonstration" } }))).toMatchObject({
      ProtectionOff: "a throw-away demonstration",
    });
    expect(tagsOf(tiny({ protect: { off: "it's a demo (no data), really!" } }))).toMatchObject({
      ProtectionOff: "it s a demo no data really",
    });
  });
});

describe("state", () => {
  test("local, beside cdktf.json", () => {
    expect(terraformOf(tiny()).backend).toEqual({ local: { path: "../../../terraform.shop-mvp.tfstate" } });
  });

  test("S3, encrypted, with S3's own lock and no DynamoDB", () => {
    expect(terraformOf(tiny({ state: { backend: "s3", bucket: "shop-state", region: "eu-west-1" } })).backend).toEqual({
      s3: {
        bucket: "shop-state",
        key: "shop/shop-mvp.tfstate",
        region: "eu-west-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test("S3 in the app's region by default, with a KMS key when one is given", () => {
    const { s3 } = terraformOf(tiny({ state: { backend: "s3", bucket: "shop-state", kmsKeyId: "alias/state" } }))
      .backend as { s3: object };
    expect(s3).toMatchObject({ region: "eu-central-1", kms_key_id: "alias/state" });
  });

  test("every environment has a state of its own", () => {
    const backends = definitionsOf({ environments: { staging: { network: { cidr: "10.9.0.0/16" } } } }).map(
      (definition) => terraformOf(synthStack((scope) => new TinyStack(scope, definition))).backend,
    );
    expect(backends).toEqual([
      { local: { path: "../../../terraform.shop-mvp.tfstate" } },
      { local: { path: "../../../terraform.shop-mvp-staging.tfstate" } },
    ]);
  });
});

describe("logical ids", () => {
  test("are the path below the stack, dashes as underscores", () => {
    const json = tiny({}, (stack) => new SnsTopic(new Construct(new Construct(stack, "a"), "b-c"), "d", {}));
    expect(Object.keys(resourcesOf(json, SnsTopic))).toEqual(["a_b_c_d", "alerts_topic"]);
  });

  test("that two resources share are an error that names both", () => {
    const build = (stack: TinyStack) => {
      new SnsTopic(new Construct(stack, "a"), "b_c", {});
      new SnsTopic(new Construct(stack, "a_b"), "c", {});
    };
    expect(() => tiny({}, build)).toThrow(
      "aws_sns_topic.a_b_c stands for both shop-mvp/a/b_c and shop-mvp/a_b/c: rename one",
    );
  });

  test("may be shared by a resource, a data source, a variable and an output: Terraform tells them apart", () => {
    const json = tiny({}, (stack) => {
      new SnsTopic(new Construct(stack, "a"), "b", {});
      new DataAwsSnsTopic(stack, "a_b", { name: "x" });
      new TerraformVariable(new Construct(stack, "variables"), "topic_arn", { default: "" }).overrideLogicalId(
        "topic_arn",
      );
    });
    expect(addresses(json)).toEqual(["aws_sns_topic.a_b", "aws_sns_topic.alerts_topic", "data.aws_sns_topic.a_b"]);
    expect(json).toHaveVariable("topic_arn");
    expect(json).toHaveOutput("topic_arn");
  });

  test("that two data sources share are an error too", () => {
    const build = (stack: TinyStack) => {
      new DataAwsSnsTopic(new Construct(stack, "a"), "b", { name: "x" });
      new DataAwsSnsTopic(stack, "a_b", { name: "y" });
    };
    expect(() => tiny({}, build)).toThrow("data.aws_sns_topic.a_b stands for both");
  });
});

describe("physical names", () => {
  test("carry the tier, and the environment when it is not the app's own", () => {
    const names = definitionsOf({ environments: { staging: { network: { cidr: "10.9.0.0/16" } } } }).map(
      (definition) =>
        resourcesOf(
          synthStack((scope) => new TinyStack(scope, definition)),
          SnsTopic,
        ).alerts_topic?.name,
    );
    expect(names).toEqual(["shop-mvp-alerts", "shop-mvp-staging-alerts"]);
  });

  test("literal ones of an existing system stand as they are", () => {
    const json = tiny({ stacks: { mvp: { names: { alerts_topic: "old-alerts" } } } });
    expect(json).toHaveResourceWithProperties(SnsTopic, { name: "old-alerts" });
  });

  test("literal ones that no resource takes are an error that lists those that do", () => {
    expect(() => tiny({ stacks: { mvp: { names: { alert_topic: "old" } } } })).toThrow(
      "stacks.mvp.names.alert_topic names no resource; allowed: alerts_topic",
    );
  });
});

describe("outputs", () => {
  test("have exactly the name that was declared, and say what they are", () => {
    expect(tiny()).toHaveOutput("topic_arn", {
      value: "${aws_sns_topic.alerts_topic.arn}",
      description: "Where alarms go",
    });
  });

  const withAlias = (outputAliases: Record<string, string>) => () => tiny({ stacks: { mvp: { outputAliases } } });

  test("have further names where the specification gives some", () => {
    expect(withAlias({ "alarm-topic": "topic_arn", AlarmTopic: "topic_arn" })()).toHaveOutput("alarm-topic", {
      value: "${aws_sns_topic.alerts_topic.arn}",
      description: "The same value as topic_arn, under the name that this system's users know",
    });
    expect(withAlias({ AlarmTopic: "topic_arn" })()).toHaveOutput("AlarmTopic");
  });

  test("a further name may be one that a part of the stack has", () => {
    expect(withAlias({ alerts: "topic_arn" })()).toHaveOutput("alerts", {
      value: "${aws_sns_topic.alerts_topic.arn}",
    });
  });

  test("a further name of nothing is an error", () => {
    expect(withAlias({ topic: "topik_arn" })).toThrow(
      "stacks.mvp.outputAliases.topic is topik_arn; allowed: a new name for one of topic_arn",
    );
  });

  test("a further name that an output has already is an error of the stack, whatever the specification let pass", () => {
    const definition = { ...definitionOf(), outputAliases: { topic_arn: "topic_arn" } };
    expect(() => synthStack((scope) => new TinyStack(scope, definition))).toThrow(
      "stacks.mvp.outputAliases.topic_arn is topic_arn; allowed: a new name for one of topic_arn",
    );
  });
});

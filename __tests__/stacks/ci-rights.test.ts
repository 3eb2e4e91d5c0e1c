/** That the roles of GitHub Actions know what other stacks hold. */
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { describe, expect, test } from "vitest";
import { placesOf } from "../../modules/security/github-places";
import type { AppInput } from "../../modules/spec";
import { buildStack, CiStack } from "../../stacks";
import { ciStack, ciStacks, plain, rich, staged } from "../ci/apps";
import { type PolicyStatement, statementsOf } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { full, lean, small } from "../simulated/apps";
import { synthStack } from "./support";

const json = synthStack((scope) => new CiStack(scope, ciStack(plain)));

const policyOf = (text: string, id: string): PolicyStatement[] =>
  statementsOf(resourcesOf(text, IamRolePolicy)[id]?.policy);
const all = (statements: readonly PolicyStatement[], key: "Action" | "Resource"): string[] =>
  statements.flatMap((statement) => statement[key]);

/** Services whose settings a plan reads, by the first word of the Terraform types that they have. */
const READ_BY_TYPE: Readonly<Record<string, string>> = {
  aws_caller: "sts (needs no right)",
  aws_cloudwatch: "cloudwatch:DescribeAlarms",
  aws_default: "ec2:DescribeSecurityGroups",
  aws_dlm: "dlm:GetLifecyclePolicy",
  aws_ebs: "ec2:DescribeVolumes",
  aws_ecr: "ecr:DescribeRepositories",
  aws_eip: "ec2:DescribeAddresses",
  aws_flow: "ec2:DescribeFlowLogs",
  aws_iam: "iam:GetRole",
  aws_instance: "ec2:DescribeInstances",
  aws_internet: "ec2:DescribeInternetGateways",
  aws_route: "ec2:DescribeRouteTables",
  aws_route53: "route53:ListResourceRecordSets",
  aws_s3: "s3:GetBucketPolicy",
  aws_secretsmanager: "secretsmanager:DescribeSecret",
  aws_security: "ec2:DescribeSecurityGroups",
  aws_sns: "sns:GetTopicAttributes",
  aws_ssm: "ssm:GetParameter",
  aws_subnet: "ec2:DescribeSubnets",
  aws_volume: "ec2:DescribeVolumes",
  aws_vpc: "ec2:DescribeVpcs",
};

describe("what a stack has by name", () => {
  const withCi = (input: AppInput): AppInput => ({
    ...input,
    services: { ...input.services, built: { kind: "worker", image: { build: {} } } },
    ci: { github: { repository: "acme/shop" } },
  });
  const stacks = [plain, rich, staged, withCi(full), withCi(lean), withCi(small)].flatMap((input) =>
    ciStacks(input).flatMap((ci) => ci.stacks.map((stack) => [stack.id, stack] as const)),
  );
  const valuesOf = (text: string, type: Parameters<typeof resourcesOf>[1], field: string): string[] =>
    Object.values(resourcesOf(text, type)).map((block) => String(block[field]));

  test.each(stacks)("is what %s names it", (_, stack) => {
    const text = synthStack((scope) => buildStack(scope, stack));
    const { repositories, imageParameters, bucket } = placesOf(stack);
    expect([...repositories].sort()).toEqual(valuesOf(text, EcrRepository, "name").sort());
    expect([...imageParameters].sort()).toEqual(valuesOf(text, SsmParameter, "name").sort());
    const [name] = valuesOf(text, S3Bucket, "bucket");
    expect(name?.replace("${random_id.backups_suffix.hex}", "*")).toBe(bucket);
  });

  test("is of services that a plan may look at", () => {
    const types = stacks.flatMap(([, stack]) => {
      const { resource, data } = JSON.parse(synthStack((scope) => buildStack(scope, stack))) as Record<string, object>;
      return [...Object.keys(resource ?? {}), ...Object.keys(data ?? {})];
    });
    const services = new Set(types.map((type) => /^[a-z]+_[a-z0-9]+/.exec(type)?.[0] ?? type));
    const unknown = [...services].filter((service) => service.startsWith("aws_") && !(service in READ_BY_TYPE));
    expect(unknown).toEqual([]);
    const granted = all(policyOf(json, "plan_policy"), "Action").map((action) => action.replace("*", ""));
    const missing = Object.values(READ_BY_TYPE).filter(
      (action) => action.includes(":") && !granted.some((start) => action.startsWith(start)),
    );
    expect(missing).toEqual([]);
  });
});

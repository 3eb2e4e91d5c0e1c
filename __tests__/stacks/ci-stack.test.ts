import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { describe, expect, test } from "vitest";
import { ciRoleNames, placesOf } from "../../modules/security/github-places";
import type { AppInput } from "../../modules/spec";
import { buildStack, CiStack } from "../../stacks";
import { ciStack, ciStacks, plain, rich, staged } from "../ci/apps";
import { addresses, outputOf, type PolicyStatement, statementsOf } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { synthStack } from "./support";

const synth = (input: AppInput): string => synthStack((scope) => new CiStack(scope, ciStack(input)));
const json = synth(plain);
const richJson = synth(rich);

const ACCOUNT = "${data.aws_caller_identity.account.account_id}";
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;

const policyOf = (text: string, id: string): PolicyStatement[] =>
  statementsOf(resourcesOf(text, IamRolePolicy)[id]?.policy);
const all = (statements: readonly PolicyStatement[], key: "Action" | "Resource"): string[] =>
  statements.flatMap((statement) => statement[key]);

describe("the ci stack", () => {
  test("is two roles with their policies and, when it is to make it, the identity provider", () => {
    const roles = [
      "aws_iam_role.deploy_role",
      "aws_iam_role.plan_role",
      "aws_iam_role_policy.deploy_policy",
      "aws_iam_role_policy.deploy_state",
      "aws_iam_role_policy.plan_policy",
      "aws_iam_role_policy.plan_state",
      "data.aws_caller_identity.account",
    ];
    expect(addresses(json)).toEqual(["aws_iam_openid_connect_provider.github_provider", ...roles]);
    expect(addresses(richJson)).toEqual(roles);
  });

  test("makes the provider for tokens to AWS, without a thumbprint that nobody looks at", () => {
    expect(resourcesOf(json, IamOpenidConnectProvider).github_provider).toEqual({
      url: "https://token.actions.githubusercontent.com",
      client_id_list: ["sts.amazonaws.com"],
    });
    expect(outputOf(json, "identity_provider")).toBe("${aws_iam_openid_connect_provider.github_provider.arn}");
  });

  test("takes the account's provider by its address", () => {
    expect(outputOf(richJson, "identity_provider")).toBe(PROVIDER_ARN);
    expect(String(resourcesOf(richJson, IamRole).plan_role?.assume_role_policy)).toContain(PROVIDER_ARN);
  });

  test("has the roles that the workflows name", () => {
    const roles = resourcesOf(json, IamRole);
    expect(roles).toMatchObject({
      deploy_role: { name: "shop-ci-deploy", max_session_duration: 14_400 },
      plan_role: { name: "shop-ci-plan", max_session_duration: 3600 },
    });
    expect(ciRoleNames(ciStack(plain))).toEqual({ plan: "shop-ci-plan", deploy: "shop-ci-deploy" });
    expect(outputOf(json, "account_id")).toBe(ACCOUNT);
  });

  test("is one per environment, with names of its own", () => {
    expect(ciStacks(staged).map(({ id }) => id)).toEqual(["shop-ci", "shop-ci-staging"]);
    expect(ciStacks(staged).map((stack) => ciRoleNames(stack).deploy)).toEqual([
      "shop-ci-deploy",
      "shop-ci-staging-deploy",
    ]);
  });
});

describe("the role that releases", () => {
  const statements = policyOf(json, "deploy_policy");

  test("may do exactly this", () => {
    const lines = statements.map(({ Sid, Action, Resource }) => [Sid, [Action].flat().join(" "), Resource.join(" ")]);
    expect(lines).toEqual([
      ["SignInToRegistry", "ecr:GetAuthorizationToken", "*"],
      ["FollowCommands", "ssm:DescribeInstanceInformation ssm:GetCommandInvocation", "*"],
      [
        "PushAndReadOwnImages",
        "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:CompleteLayerUpload ecr:DescribeImages ecr:DescribeRepositories ecr:GetDownloadUrlForLayer ecr:InitiateLayerUpload ecr:PutImage ecr:UploadLayerPart",
        `arn:aws:ecr:eu-central-1:${ACCOUNT}:repository/shop/mvp/api`,
      ],
      [
        "ReadReleasedImages",
        "ssm:GetParameter ssm:GetParameters",
        `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/shop/mvp/image/api`,
      ],
      ["SeeAgeOfLastBackup", "s3:GetObject", "arn:aws:s3:::shop-mvp-backups-*/backups/manifest.json"],
      ["SeeThatThereIsNone", "s3:ListBucket", "arn:aws:s3:::shop-mvp-backups-*"],
      ["RunShellScripts", "ssm:SendCommand", "arn:aws:ssm:eu-central-1::document/AWS-RunShellScript"],
      ["OnHostOfMvp", "ssm:SendCommand", `arn:aws:ec2:eu-central-1:${ACCOUNT}:instance/*`],
    ]);
  });

  test("runs commands on the hosts of its own stack only, by their tags", () => {
    const [onHost] = statements.filter(({ Sid }) => Sid === "OnHostOfMvp");
    expect(onHost).toEqual({
      Sid: "OnHostOfMvp",
      Effect: "Allow",
      Action: ["ssm:SendCommand"],
      Resource: [`arn:aws:ec2:eu-central-1:${ACCOUNT}:instance/*`],
      Condition: {
        StringEquals: {
          "ssm:resourceTag/Application": "shop",
          "ssm:resourceTag/Environment": "production",
          "ssm:resourceTag/Tier": "mvp",
        },
      },
    });
    const [stack] = ciStack(plain).stacks;
    if (stack === undefined) throw new Error("the app has no stack");
    const { provider } = JSON.parse(synthStack((scope) => buildStack(scope, stack))) as {
      provider: { aws: { default_tags: { tags: Record<string, string> }[] }[] };
    };
    expect(provider.aws[0]?.default_tags[0]?.tags).toMatchObject(placesOf(stack).tags);
  });

  test("knows no wildcard in an action, and everything only where AWS knows no resource", () => {
    expect(all(statements, "Action").filter((action) => action.includes("*"))).toEqual([]);
    expect(statements.filter(({ Resource }) => Resource.includes("*")).map(({ Sid }) => Sid)).toEqual([
      "SignInToRegistry",
      "FollowCommands",
    ]);
  });
});

/** Whether a policy allows an action on a resource; references stand for themselves, conditions are left aside. */
function allows(statements: readonly PolicyStatement[], action: string, resource: string): boolean {
  const matches = (pattern: string, text: string): boolean =>
    new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(text);
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === "Allow" &&
      [Action].flat().some((pattern) => matches(pattern, action)) &&
      Resource.some((pattern) => matches(pattern, resource)),
  );
}

describe("the role that plans", () => {
  const statements = policyOf(json, "plan_policy");
  const BUCKET = "arn:aws:s3:::shop-mvp-backups-0a1b2c3d";
  const inRegion = (service: string, resource: string): string =>
    `arn:aws:${service}:eu-central-1:${ACCOUNT}:${resource}`;
  const parameter = (name: string): string => `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter${name}`;

  test.each([
    ["ec2:DescribeInstances", "*"],
    ["ec2:DescribeVpcAttribute", inRegion("ec2", "vpc/vpc-0a1b2c3d")],
    ["cloudwatch:DescribeAlarms", inRegion("cloudwatch", "alarm:shop-mvp-cpu")],
    ["sns:GetTopicAttributes", inRegion("sns", "shop-mvp-alerts")],
    ["logs:ListTagsForResource", inRegion("logs", "log-group:/shop/mvp/api")],
    ["secretsmanager:DescribeSecret", inRegion("secretsmanager", "secret:shop/mvp/LICENSE-a1b2c3")],
    ["iam:GetRole", `arn:aws:iam::${ACCOUNT}:role/shop-mvp-host`],
    ["iam:GetInstanceProfile", `arn:aws:iam::${ACCOUNT}:instance-profile/shop-mvp-host`],
    ["s3:GetBucketPolicy", BUCKET],
    ["s3:GetLifecycleConfiguration", BUCKET],
    ["s3:GetObject", `${BUCKET}/host/compose.yaml`],
    ["ssm:GetParameter", parameter("/shop/mvp/image/api")],
    ["ssm:GetParameter", "arn:aws:ssm:eu-central-1::parameter/aws/service/canonical/ubuntu/server/24.04"],
    ["logs:DescribeLogGroups", "*"],
    ["ecr:GetLifecyclePolicy", inRegion("ecr", "repository/shop/mvp/api")],
  ])("may call %s", (action, resource) => {
    expect(allows(statements, action, resource)).toBe(true);
  });

  test.each([
    ["read a backup", "s3:GetObject", `${BUCKET}/backups/shop.dump`],
    ["read a secret parameter", "ssm:GetParameter", parameter("/shop/mvp/secret/DB_PASSWORD")],
    ["read a managed secret", "secretsmanager:GetSecretValue", "*"],
    ["read logs", "logs:GetLogEvents", "*"],
    ["pull an image", "ecr:BatchGetImage", "*"],
    ["decrypt", "kms:Decrypt", "*"],
    ["run a command", "ssm:SendCommand", "*"],
    ["look at another app's role", "iam:GetRole", `arn:aws:iam::${ACCOUNT}:role/other-mvp-host`],
    ["look at another app's alarms", "cloudwatch:DescribeAlarms", inRegion("cloudwatch", "alarm:other-mvp-cpu")],
    ["look at another app's images", "ecr:DescribeRepositories", inRegion("ecr", "repository/other/mvp/api")],
    ["look into another bucket", "s3:GetBucketPolicy", "arn:aws:s3:::other-mvp-backups-0a1b2c3d"],
  ])("may not %s", (_, action, resource) => {
    expect(allows(statements, action, resource)).toBe(false);
  });

  test("says everything only where AWS knows no resource", () => {
    const [everything, ...others] = statements.filter(({ Resource }) => Resource.includes("*"));
    expect([everything?.Sid, others]).toEqual(["ReadSettings", []]);
    const listing = /^([a-z0-9]+:(Describe|List)|dlm:GetLifecyclePolicies$|sns:GetSubscriptionAttributes$)/;
    expect([everything?.Action ?? []].flat().filter((action) => !listing.test(action))).toEqual([]);
  });

  test("also covers resources that the specification names", () => {
    const named = policyOf(richJson, "plan_policy");
    const arn = `arn:aws:iam::${ACCOUNT}:role/store-host`;
    expect([allows(named, "iam:GetRole", arn), allows(statements, "iam:GetRole", arn)]).toEqual([true, false]);
  });

  test("changes nothing", () => {
    const reading = /^[a-z0-9-]+:(Describe|Get|List)/;
    expect(all(statements, "Action").filter((action) => !reading.test(action))).toEqual([]);
  });
});

test.each([json, richJson])("all policies of a role fit into AWS's limit for those that stand in it", (text) => {
  // 10,240 characters a role, blanks not counted (IAM and STS quotas); a reference to the account stands for 12 digits.
  const policies = resourcesOf(text, IamRolePolicy);
  const size = (id: string): number => String(policies[id]?.policy).replaceAll(ACCOUNT, "111122223333").length;
  expect(size("plan_policy") + size("plan_state")).toBeLessThan(10_240);
  expect(size("deploy_policy") + size("deploy_state")).toBeLessThan(10_240);
});

describe("states", () => {
  test("are read in the bucket that the variable names, each by its key, and nothing is allowed without a bucket", () => {
    expect(json).toHaveVariable("state_bucket", { default: "" });
    expect(richJson).toHaveVariable("state_bucket", { default: "acme-state" });
    for (const text of [json, richJson]) {
      expect(resourcesOf(text, IamRolePolicy)).toMatchObject({
        plan_state: { count: '${var.state_bucket == "" ? 0 : 1}' },
        deploy_state: { count: '${var.state_bucket == "" ? 0 : 1}' },
      });
    }
    expect(policyOf(richJson, "plan_state")).toEqual(policyOf(richJson, "deploy_state"));
    expect(policyOf(richJson, "plan_state")).toEqual([
      {
        Sid: "ReadStates",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: ["arn:aws:s3:::${var.state_bucket}/store/store.tfstate"],
      },
      {
        Sid: "FindStates",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::${var.state_bucket}"],
        Condition: { StringEquals: { "s3:prefix": ["store/store.tfstate", "env:/"] } },
      },
      {
        Sid: "DecryptStates",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/*`],
        Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/state" } },
      },
    ]);
  });

  const KEY = "12345678-1234-1234-1234-123456789012";
  test.each([
    ["an id", KEY, `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${KEY}`],
    ["an ARN", `arn:aws:kms:us-east-1:444455556666:key/${KEY}`, `arn:aws:kms:us-east-1:444455556666:key/${KEY}`],
    ["an alias elsewhere", "arn:aws:kms:us-east-1:444455556666:alias/x", "arn:aws:kms:us-east-1:444455556666:key/*"],
  ])("may lie under a key that is given as %s", (_, kmsKeyId, arn) => {
    const text = synth({ ...rich, state: { ...rich.state, kmsKeyId } });
    expect(policyOf(text, "plan_state").find(({ Sid }) => Sid === "DecryptStates")?.Resource).toEqual([arn]);
  });
});

import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import type { Statement } from "../../modules/security/policies";
import { TaskRoles, type TaskRolesProps } from "../../modules/security/task-roles";
import { executionStatements, runTaskStatements } from "../../modules/security/task-statements";
import { statementsOf } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { ecsStack } from "../ecs/ecs-stack";

const GRANTS = {
  repositoryArns: ["arn:repository"],
  logGroupArn: "arn:log",
  secretArns: ["arn:secret:one", "arn:secret:two"],
};

function roles(changes: Partial<TaskRolesProps> = {}): string {
  return synth((stack) => {
    const names = new PhysicalNames({ app: "shop", tier: "growth" });
    new TaskRoles(stack, "roles_api", {
      names,
      what: "api",
      accountId: "123456789012",
      exec: false,
      ...GRANTS,
      ...changes,
    });
  });
}

/** Every action of every policy, by the role that has it. */
function actionsOf(json: string): Record<string, string[]> {
  return Object.fromEntries(
    Object.values(resourcesOf(json, IamRolePolicy)).map(({ role, policy }) => [
      String(role).replace(/^\$\{aws_iam_role\.(.*)\.name\}$/, "$1"),
      statementsOf(policy).flatMap(({ Action }) => Action),
    ]),
  );
}

const PULL = [
  "ecr:GetAuthorizationToken",
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
];
const LOG = ["logs:CreateLogStream", "logs:PutLogEvents"];
const SECRETS = ["secretsmanager:GetSecretValue"];
const SHELL = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
  (action) => `ssmmessages:${action}`,
);

describe("the roles of a service's tasks", () => {
  test.each<[string, Partial<TaskRolesProps>, Record<string, string[]>]>([
    ["as a rule", {}, { roles_api_execution: [...PULL, ...LOG, ...SECRETS] }],
    ["someone else's image", { repositoryArns: [] }, { roles_api_execution: [...LOG, ...SECRETS] }],
    ["no secrets", { secretArns: [], kmsKeyArn: "arn:key" }, { roles_api_execution: [...PULL, ...LOG] }],
    [
      "a key of one's own",
      { kmsKeyArn: "arn:key" },
      { roles_api_execution: [...PULL, ...LOG, ...SECRETS, "kms:Decrypt"] },
    ],
    ["shells", { exec: true }, { roles_api_execution: [...PULL, ...LOG, ...SECRETS], roles_api_task: SHELL }],
    [
      "work of its own",
      { statements: [{ sid: "WriteFiles", actions: ["s3:PutObject"], resources: ["arn:bucket/*"] }] },
      { roles_api_execution: [...PULL, ...LOG, ...SECRETS], roles_api_task: ["s3:PutObject"] },
    ],
  ])("%s: every action by role", (_what, changes, expected) => {
    expect(actionsOf(roles(changes))).toEqual(expected);
  });

  test("only ECS may take them, and only for this account", () => {
    const found = resourcesOf(roles(), IamRole);
    expect(Object.values(found).map(({ name }) => name)).toEqual(["shop-growth-api-execution", "shop-growth-api-task"]);
    for (const role of Object.values(found)) {
      expect(statementsOf(role.assume_role_policy)).toEqual([
        {
          Sid: "TrustService",
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ]);
    }
  });

  test("a star stands only where AWS knows nothing narrower", () => {
    const stars = (statements: readonly Statement[]) =>
      statements.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);
    expect(stars(executionStatements(GRANTS))).toEqual(["ecr:GetAuthorizationToken"]);
    expect(executionStatements(GRANTS).map(({ sid, resources }) => [sid, resources])).toEqual([
      ["SignInToRegistry", ["*"]],
      ["PullOwnImages", ["arn:repository"]],
      ["WriteOwnLog", ["arn:log:*"]],
      ["ReadOwnSecrets", ["arn:secret:one", "arn:secret:two"]],
    ]);
  });
});

test("every action of every role in a stack of services and jobs", () => {
  const start = [...LOG, ...SECRETS];
  expect(actionsOf(synth(ecsStack()))).toEqual({
    roles_api_execution: start,
    roles_job_migrate_execution: start,
    roles_job_report_execution: start,
    roles_worker_execution: start,
    schedule_report_role: ["ecs:RunTask", "iam:PassRole", "ecs:TagResource"],
  });
});

test("a schedule starts its own job in its own cluster, and hands on two roles to ECS alone", () => {
  const statements = runTaskStatements({
    clusterArn: "arn:cluster",
    taskArns: "arn:task/*",
    familyArn: "arn:family",
    passedRoleArns: ["arn:execution", "arn:task"],
  });
  expect(statements.map(({ actions, resources, condition }) => [actions, resources, condition])).toEqual([
    [["ecs:RunTask"], ["arn:family", "arn:family:*"], { ArnEquals: { "ecs:cluster": "arn:cluster" } }],
    [
      ["iam:PassRole"],
      ["arn:execution", "arn:task"],
      { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    ],
    [["ecs:TagResource"], ["arn:task/*"], { StringEquals: { "ecs:CreateAction": "RunTask" } }],
  ]);
});

import type { Statement } from "./policies";

/** What ECS itself may do to start the containers of one service or job. */
export interface ExecutionGrants {
  /** Repositories of the images. Empty when no image is the app's own. */
  readonly repositoryArns: readonly string[];
  /** The log group that the containers write to. */
  readonly logGroupArn: string;
  /** Secrets that the containers get as variables. */
  readonly secretArns: readonly string[];
  /** Key that encrypts the secrets. @default - the key of Secrets Manager */
  readonly kmsKeyArn?: string;
}

/** The statements of an execution role. */
export function executionStatements(grants: ExecutionGrants): Statement[] {
  const { repositoryArns, logGroupArn, secretArns, kmsKeyArn } = grants;
  return [
    ...pullStatements(repositoryArns),
    {
      sid: "WriteOwnLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${logGroupArn}:*`],
    },
    ...(secretArns.length === 0
      ? []
      : [{ sid: "ReadOwnSecrets", actions: ["secretsmanager:GetSecretValue"], resources: secretArns }]),
    ...(secretArns.length === 0 || kmsKeyArn === undefined
      ? []
      : [{ sid: "DecryptSecrets", actions: ["kms:Decrypt"], resources: [kmsKeyArn] }]),
  ];
}

function pullStatements(repositoryArns: readonly string[]): Statement[] {
  if (repositoryArns.length === 0) return [];
  return [
    // This action knows no resource: AWS accepts "*" only.
    { sid: "SignInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullOwnImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: repositoryArns,
    },
  ];
}

/** What a shell by ECS Exec needs of the task's own role. These actions know no resource: AWS accepts "*" only. */
export const EXEC_STATEMENT: Statement = {
  sid: "OpenShell",
  actions: [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  resources: ["*"],
};

/** What somebody needs who starts the tasks of one family in one cluster. */
export function runTaskStatements(grants: {
  readonly clusterArn: string;
  /** Tasks of the account. */
  readonly taskArns: string;
  readonly familyArn: string;
  /** Roles of the tasks. */
  readonly passedRoleArns: readonly string[];
}): Statement[] {
  const { clusterArn, taskArns, familyArn, passedRoleArns } = grants;
  return [
    {
      sid: "RunNewestRevision",
      actions: ["ecs:RunTask"],
      resources: [familyArn, `${familyArn}:*`],
      condition: { ArnEquals: { "ecs:cluster": clusterArn } },
    },
    {
      sid: "PassRolesOfTasks",
      actions: ["iam:PassRole"],
      resources: passedRoleArns,
      condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    {
      // The tags that the run carries over to its task.
      sid: "TagTasks",
      actions: ["ecs:TagResource"],
      resources: [taskArns],
      condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
    },
  ];
}

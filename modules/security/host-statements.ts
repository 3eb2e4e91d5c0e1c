import { type BackupGrants, listPrefixes, objects, ownMetrics, writeBackups } from "./backup-statements";
import type { Statement } from "./policies";

/** Places of secrets, by the service that keeps them. */
export interface SecretArns {
  /** Parameter Store parameters. */
  readonly parameters: readonly string[];
  /** Secrets Manager secrets. */
  readonly managed: readonly string[];
}

/** What a host may touch, as ARNs of its own stack. */
export interface HostGrants extends BackupGrants {
  /** Prefix of the host's configuration, with a trailing slash. */
  readonly configPrefix: string;
  readonly repositoryArns: readonly string[];
  readonly logGroupArns: readonly string[];
  /** Parameters that hold released images: read, and written at the end of a release. */
  readonly imageParameterArns: readonly string[];
  /** All secrets of the app: read. */
  readonly secrets: SecretArns;
  /** Those whose value the host generates when it is missing: write. What a person provides is not among them. */
  readonly generatedSecrets: SecretArns;
}

/**
 * The statements of the host's own policy. The host can add objects to its backups but has no action that deletes or
 * hides one: a thief on the host cannot take the backups away.
 */
export function hostStatements(grants: HostGrants): Statement[] {
  return [
    ...bucketStatements(grants),
    ...imageStatements(grants),
    ...readSecretStatements(grants),
    ...writeSecretStatements(grants),
    ...telemetryStatements(grants),
  ];
}

function bucketStatements(grants: HostGrants): Statement[] {
  const { bucketArn, backupPrefix, stagingPrefix, configPrefix } = grants;
  return [
    {
      sid: "ReadConfiguration",
      actions: ["s3:GetObject"],
      resources: [objects(bucketArn, configPrefix)],
    },
    writeBackups(grants),
    listPrefixes(bucketArn, [backupPrefix, stagingPrefix, configPrefix]),
  ];
}

function imageStatements({ repositoryArns, imageParameterArns }: HostGrants): Statement[] {
  const parameters: Statement[] = [
    {
      sid: "ReadReleasedImages",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: imageParameterArns,
    },
    // The host makes the release and says so when it is well.
    { sid: "WriteReleasedImages", actions: ["ssm:PutParameter"], resources: imageParameterArns },
  ];
  if (repositoryArns.length === 0) return parameters;
  return [
    ...parameters,
    // This action knows no resource: AWS accepts "*" only.
    { sid: "SignInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullOwnImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: repositoryArns,
    },
  ];
}

function readSecretStatements({ secrets }: HostGrants): Statement[] {
  return withResources([
    {
      sid: "ReadSecretParameters",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: secrets.parameters,
    },
    {
      sid: "ReadManagedSecrets",
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      resources: secrets.managed,
    },
  ]);
}

/**
 * A parameter can be made but not changed. The condition names what is refused, because a request that leaves the option
 * out, as `aws ssm put-parameter` does by default, may carry no such key. Secrets Manager knows no condition of the kind;
 * it keeps the previous value of what is written.
 */
function writeSecretStatements({ generatedSecrets }: HostGrants): Statement[] {
  return withResources([
    {
      sid: "MakeSecretParameters",
      actions: ["ssm:PutParameter"],
      resources: generatedSecrets.parameters,
      condition: { StringNotEquals: { "ssm:Overwrite": "true" } },
    },
    {
      // A parameter that is made with tags needs this action too.
      sid: "TagSecretParameters",
      actions: ["ssm:AddTagsToResource"],
      resources: generatedSecrets.parameters,
    },
    {
      sid: "WriteManagedSecrets",
      actions: ["secretsmanager:PutSecretValue"],
      resources: generatedSecrets.managed,
    },
  ]);
}

/** IAM refuses a statement without resources. */
const withResources = (statements: readonly Statement[]): Statement[] =>
  statements.filter(({ resources }) => resources.length > 0);

function telemetryStatements({ logGroupArns, metricNamespace }: HostGrants): Statement[] {
  const metrics = ownMetrics(metricNamespace);
  if (logGroupArns.length === 0) return [metrics];
  return [
    metrics,
    {
      sid: "OwnLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      resources: logGroupArns.map((arn) => `${arn}:*`),
    },
  ];
}

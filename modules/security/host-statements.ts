import type { Statement } from "./policies";

/** What a host may touch, as ARNs of its own stack. */
export interface HostGrants {
  readonly bucketArn: string;
  /** Prefix of verified dumps in the bucket, with a trailing slash. */
  readonly backupPrefix: string;
  /** Prefix of dumps that are not verified yet, with a trailing slash. */
  readonly stagingPrefix: string;
  /** Prefix of the host's configuration, with a trailing slash. */
  readonly configPrefix: string;
  readonly repositoryArns: readonly string[];
  readonly logGroupArns: readonly string[];
  /** Parameters that hold released images: read. */
  readonly imageParameterArns: readonly string[];
  /** Parameters that hold secrets: read, and write for values generated on the host. */
  readonly secretParameterArns: readonly string[];
  /** Secrets Manager secrets: the same. */
  readonly secretArns: readonly string[];
  readonly metricNamespace: string;
}

const objects = (bucketArn: string, prefix: string): string => `${bucketArn}/${prefix}*`;

/**
 * The statements of the host's own policy. The host can add objects to its backups but has no action that deletes or
 * hides one: a thief on the host cannot take the backups away.
 */
export function hostStatements(grants: HostGrants): Statement[] {
  return [
    ...bucketStatements(grants),
    ...imageStatements(grants),
    ...secretStatements(grants),
    ...telemetryStatements(grants),
  ];
}

function bucketStatements({ bucketArn, backupPrefix, stagingPrefix, configPrefix }: HostGrants): Statement[] {
  return [
    {
      sid: "ReadConfiguration",
      actions: ["s3:GetObject"],
      resources: [objects(bucketArn, configPrefix)],
    },
    {
      sid: "WriteAndReadBackBackups",
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"],
      resources: [objects(bucketArn, backupPrefix), objects(bucketArn, stagingPrefix)],
    },
    {
      sid: "ListOwnPrefixes",
      actions: ["s3:ListBucket", "s3:ListBucketVersions"],
      resources: [bucketArn],
      condition: {
        StringLike: { "s3:prefix": [backupPrefix, stagingPrefix, configPrefix].map((prefix) => `${prefix}*`) },
      },
    },
  ];
}

function imageStatements({ repositoryArns, imageParameterArns }: HostGrants): Statement[] {
  const read: Statement = {
    sid: "ReadReleasedImages",
    actions: ["ssm:GetParameter", "ssm:GetParameters"],
    resources: imageParameterArns,
  };
  if (repositoryArns.length === 0) return [read];
  return [
    read,
    // This action knows no resource: AWS accepts "*" only.
    { sid: "SignInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullOwnImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: repositoryArns,
    },
  ];
}

function secretStatements({ secretParameterArns, secretArns }: HostGrants): Statement[] {
  const statements: Statement[] = [];
  if (secretParameterArns.length > 0) {
    statements.push({
      sid: "OwnSecretParameters",
      actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter", "ssm:AddTagsToResource"],
      resources: secretParameterArns,
    });
  }
  if (secretArns.length > 0) {
    statements.push({
      sid: "OwnSecrets",
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue"],
      resources: secretArns,
    });
  }
  return statements;
}

function telemetryStatements({ logGroupArns, metricNamespace }: HostGrants): Statement[] {
  const metrics: Statement = {
    sid: "OwnMetrics",
    // PutMetricData knows no resource; the condition narrows it to this stack's namespace.
    actions: ["cloudwatch:PutMetricData"],
    resources: ["*"],
    condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
  };
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

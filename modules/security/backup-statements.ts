import type { Statement } from "./policies";

/** Where whoever makes backups puts them. */
export interface BackupGrants {
  readonly bucketArn: string;
  /** Prefix of verified dumps in the bucket, with a trailing slash. */
  readonly backupPrefix: string;
  /** Prefix of dumps that are not verified yet, with a trailing slash. */
  readonly stagingPrefix: string;
  /** Namespace of the metric that says how old the last backup is. */
  readonly metricNamespace: string;
}

/** All that a task needs which makes backups: it adds objects, and has no action that deletes or hides one. */
export const backupStatements = (grants: BackupGrants): Statement[] => [
  writeBackups(grants),
  listPrefixes(grants.bucketArn, [grants.backupPrefix, grants.stagingPrefix]),
  ownMetrics(grants.metricNamespace),
];

export const objects = (bucketArn: string, prefix: string): string => `${bucketArn}/${prefix}*`;

export const writeBackups = ({ bucketArn, backupPrefix, stagingPrefix }: BackupGrants): Statement => ({
  sid: "WriteAndReadBackBackups",
  actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"],
  resources: [objects(bucketArn, backupPrefix), objects(bucketArn, stagingPrefix)],
});

export const listPrefixes = (bucketArn: string, prefixes: readonly string[]): Statement => ({
  sid: "ListOwnPrefixes",
  actions: ["s3:ListBucket", "s3:ListBucketVersions"],
  resources: [bucketArn],
  condition: { StringLike: { "s3:prefix": prefixes.map((prefix) => `${prefix}*`) } },
});

/** PutMetricData knows no resource; the condition narrows it to the stack's namespace. */
export const ownMetrics = (metricNamespace: string): Statement => ({
  sid: "OwnMetrics",
  actions: ["cloudwatch:PutMetricData"],
  resources: ["*"],
  condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
});

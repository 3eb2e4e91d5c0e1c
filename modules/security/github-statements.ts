import type { StackPlaces } from "./github-places";
import type { Statement } from "./policies";

/** A stack as a policy speaks of it. */
export interface Place extends StackPlaces {
  readonly accountId: string;
  /** Prefix of the host's configuration in the bucket of backups, with a trailing slash. */
  readonly configPrefix: string;
  /** Key of the object in that bucket whose age is that of the last verified backup. */
  readonly lastBackupKey: string;
}

export const repositoryArns = ({ region, accountId, repositories }: Place): string[] =>
  repositories.map((name) => `arn:aws:ecr:${region}:${accountId}:repository/${name}`);

export const imageParameterArns = ({ region, accountId, imageParameters }: Place): string[] =>
  imageParameters.map((name) => `arn:aws:ssm:${region}:${accountId}:parameter${name}`);

/**
 * What a release needs: images in the app's own repositories, and commands on the hosts of its own stacks. A command runs
 * as root on the host, so who may release may do there what a person on the host may; nothing else of the account.
 */
export function deployStatements(stacks: readonly Place[]): Statement[] {
  return [
    // These know no resource: AWS accepts "*" only.
    { sid: "SignInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "FollowCommands",
      actions: ["ssm:DescribeInstanceInformation", "ssm:GetCommandInvocation"],
      resources: ["*"],
    },
    {
      sid: "PushAndReadOwnImages",
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: stacks.flatMap(repositoryArns),
    },
    {
      sid: "ReadReleasedImages",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: stacks.flatMap(imageParameterArns),
    },
    {
      sid: "SeeAgeOfLastBackup",
      actions: ["s3:GetObject"],
      resources: stacks.map(({ bucket, lastBackupKey }) => `arn:aws:s3:::${bucket}/${lastBackupKey}`),
    },
    {
      // Without it AWS answers "forbidden" for an object that is not there.
      sid: "SeeThatThereIsNone",
      actions: ["s3:ListBucket"],
      resources: stacks.map(({ bucket }) => `arn:aws:s3:::${bucket}`),
    },
    {
      sid: "RunShellScripts",
      actions: ["ssm:SendCommand"],
      resources: unique(stacks.map(({ region }) => `arn:aws:ssm:${region}::document/AWS-RunShellScript`)),
    },
    ...stacks.map(onHostOf),
  ];
}

/** The tags are those that every resource of the stack carries: a replaced host has another id, but the same tags. */
const onHostOf = ({ region, accountId, tags }: Place): Statement => ({
  sid: `OnHostOf${tags.Tier.charAt(0).toUpperCase()}${tags.Tier.slice(1)}`,
  actions: ["ssm:SendCommand"],
  resources: [`arn:aws:ec2:${region}:${accountId}:instance/*`],
  condition: {
    StringEquals: Object.fromEntries(Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value])),
  },
});

/** Where the states of some stacks lie in their bucket. */
export interface StatePlaces {
  readonly bucket: string;
  readonly keys: readonly string[];
  /** KMS key of the bucket as an ARN, an id or an alias. @default - S3's own key */
  readonly kmsKeyId?: string;
  readonly region: string;
  readonly accountId: string;
}

/** What reading states needs. Nothing is locked: a state is replaced as a whole, so a reader sees the old or the new one. */
export function stateStatements({ bucket, keys, ...key }: StatePlaces): Statement[] {
  return [
    { sid: "ReadStates", actions: ["s3:GetObject"], resources: keys.map((name) => `arn:aws:s3:::${bucket}/${name}`) },
    {
      sid: "FindStates",
      actions: ["s3:ListBucket"],
      resources: [`arn:aws:s3:::${bucket}`],
      // Terraform looks for workspaces below "env:/" whenever it opens a bucket.
      condition: { StringEquals: { "s3:prefix": [...keys, "env:/"] } },
    },
    ...decryption(key),
  ];
}

/** IAM takes no alias as a resource, but a condition about one. */
function decryption({ kmsKeyId, region, accountId }: Omit<StatePlaces, "bucket" | "keys">): Statement[] {
  if (kmsKeyId === undefined) return [];
  const [, , , keyRegion = region, keyAccount = accountId] = kmsKeyId.split(":");
  const [, alias] = /(alias\/.+)$/.exec(kmsKeyId) ?? [];
  const id = /(?:^|\/)((?:mrk-)?[0-9a-f-]{32,36})$/.exec(kmsKeyId)?.[1];
  return [
    {
      sid: "DecryptStates",
      actions: ["kms:Decrypt"],
      resources: [`arn:aws:kms:${keyRegion}:${keyAccount}:key/${alias === undefined ? id : "*"}`],
      ...(alias === undefined ? {} : { condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } } }),
    },
  ];
}

export const unique = (values: readonly string[]): string[] => [...new Set(values)];

import { imageParameterArns, type Place, repositoryArns, unique } from "./github-statements";
import type { Statement } from "./policies";

/** What the provider asks about a stack's resources where AWS knows no finer resource than the whole account. */
const WITHOUT_RESOURCE = [
  "dlm:GetLifecyclePolicies",
  "ec2:DescribeAccountAttributes",
  "ec2:DescribeAddresses",
  "ec2:DescribeAddressesAttribute",
  "ec2:DescribeAvailabilityZones",
  "ec2:DescribeFlowLogs",
  "ec2:DescribeIamInstanceProfileAssociations",
  "ec2:DescribeImages",
  "ec2:DescribeInstanceCreditSpecifications",
  "ec2:DescribeInstanceTypes",
  "ec2:DescribeInstances",
  "ec2:DescribeInternetGateways",
  "ec2:DescribeManagedPrefixLists",
  "ec2:DescribeNetworkAcls",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribePrefixLists",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroupRules",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSpotInstanceRequests",
  "ec2:DescribeSubnets",
  "ec2:DescribeTags",
  "ec2:DescribeVolumes",
  "ec2:DescribeVolumesModifications",
  "ec2:DescribeVpcEndpoints",
  "ec2:DescribeVpcPeeringConnections",
  "ec2:DescribeVpcs",
  "logs:DescribeLogGroups",
  "route53:ListHostedZones",
  "sns:GetSubscriptionAttributes",
  "ssm:DescribeParameters",
] as const;

/** What it asks about a resource of the stack, and the resources of one stack. */
const OF_RESOURCES: readonly { sid: string; actions: readonly string[]; arns: (place: Place) => string[] }[] = [
  {
    sid: "ReadAttributes",
    actions: ["ec2:DescribeInstanceAttribute", "ec2:DescribeVpcAttribute"],
    arns: (place) => ["instance", "vpc"].map((kind) => inRegion(place, "ec2", `${kind}/*`)),
  },
  {
    sid: "ReadOwnAlarms",
    actions: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
    arns: (place) => named(place).map((name) => inRegion(place, "cloudwatch", `alarm:${name}`)),
  },
  {
    sid: "ReadOwnDashboard",
    actions: ["cloudwatch:GetDashboard"],
    arns: (place) => named(place).map((name) => `arn:aws:cloudwatch::${place.accountId}:dashboard/${name}`),
  },
  {
    sid: "ReadSnapshotPolicies",
    actions: ["dlm:GetLifecyclePolicy", "dlm:ListTagsForResource"],
    arns: (place) => [inRegion(place, "dlm", "policy/*")],
  },
  {
    sid: "ReadOwnRepositories",
    actions: ["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"],
    arns: repositoryArns,
  },
  {
    sid: "ReadOwnRoles",
    actions: [
      "iam:GetInstanceProfile",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfileTags",
      "iam:ListRolePolicies",
      "iam:ListRoleTags",
    ],
    arns: (place) =>
      ["role", "instance-profile"].flatMap((kind) =>
        named(place).map((name) => `arn:aws:iam::${place.accountId}:${kind}/${name}`),
      ),
  },
  {
    sid: "ReadOwnLogGroups",
    actions: ["logs:ListTagsForResource"],
    arns: (place) => pathed(place, "/").map((name) => inRegion(place, "logs", `log-group:${name}`)),
  },
  {
    sid: "ReadZones",
    actions: ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"],
    arns: () => ["arn:aws:route53:::hostedzone/*"],
  },
  {
    sid: "ReadSettingsOfOwnBuckets",
    actions: [
      "s3:GetAccelerateConfiguration",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
    ],
    arns: ({ bucket }) => [`arn:aws:s3:::${bucket}`],
  },
  {
    sid: "ReadHostConfiguration",
    actions: ["s3:GetObject", "s3:GetObjectTagging"],
    arns: ({ bucket, configPrefix }) => [`arn:aws:s3:::${bucket}/${configPrefix}*`],
  },
  {
    sid: "ReadSettingsOfOwnSecrets",
    actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
    arns: (place) => pathed(place, "").map((name) => inRegion(place, "secretsmanager", `secret:${name}`)),
  },
  {
    sid: "ReadOwnTopics",
    actions: ["sns:GetTopicAttributes", "sns:ListTagsForResource"],
    arns: (place) => named(place).map((name) => inRegion(place, "sns", name)),
  },
  {
    sid: "ReadReleasedImages",
    actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"],
    arns: imageParameterArns,
  },
  {
    sid: "ReadPublicParameters",
    actions: ["ssm:GetParameter", "ssm:GetParameters"],
    arns: ({ region }) => [`arn:aws:ssm:${region}:*:parameter/aws/service/*`],
  },
];

/**
 * What a plan needs: the settings of every resource that a stack may have. Content cannot be read: no backup, no secret, no
 * log entry, no image; ReadOnlyAccess of AWS would show all of these.
 */
export function planStatements(stacks: readonly Place[]): Statement[] {
  return [
    { sid: "ReadSettings", actions: WITHOUT_RESOURCE, resources: ["*"] },
    ...OF_RESOURCES.map(({ sid, actions, arns }) => ({ sid, actions, resources: unique(stacks.flatMap(arns)) })),
  ];
}

const inRegion = ({ region, accountId }: Place, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

/** Names of one word: the stack's own, and those that the specification gives. */
const named = ({ prefix, literalNames }: Place): string[] => [
  `${prefix}-*`,
  ...literalNames.filter((name) => /^[\w+=,.@-]+$/.test(name)),
];

/** Names that are paths, of which some services add an end of their own. */
const pathed = ({ path, literalNames }: Place, lead: string): string[] => [
  `${lead}${path}/*`,
  ...literalNames.map((name) => `${name}*`),
];

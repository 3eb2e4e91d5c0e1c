import { createHash } from "node:crypto";

/**
 * Longest name that AWS accepts, by Terraform type. Each number is from the service's own API reference
 * (CreateRole, CreateBucket, CreateLoadBalancer and so on); "tag:Name" is the limit of a tag value.
 */
export const NAME_LIMITS = {
  aws_cloudwatch_dashboard: 255,
  aws_cloudwatch_log_group: 512,
  aws_cloudwatch_metric_alarm: 255,
  aws_ecr_repository: 256,
  aws_iam_instance_profile: 128,
  aws_iam_role: 64,
  aws_iam_role_policy: 128,
  aws_s3_bucket: 63,
  aws_secretsmanager_secret: 512,
  aws_security_group: 255,
  aws_sns_topic: 256,
  aws_ssm_parameter: 1011,
  "tag:Name": 256,
} as const;

export type NamedType = keyof typeof NAME_LIMITS;

/**
 * Shortens a name to a limit. A name that is too long keeps its start and gets eight hexadecimal digits of its own
 * SHA-256, so that two long names that differ at the end stay different.
 */
export function fitName(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, limit - 9).replace(/[-/_.]+$/, "")}-${digest}`;
}

import { createHash } from "node:crypto";

/**
 * Longest name that AWS accepts, by Terraform type. Each number is from the service's own API reference
 * (CreateRole, CreateBucket, CreateLoadBalancer and so on); "tag:Name" is the limit of a tag value.
 */
export const NAME_LIMITS = {
  aws_amplify_app: 255,
  aws_appautoscaling_policy: 256,
  aws_backup_plan: 50,
  aws_backup_vault: 50,
  aws_budgets_budget: 100,
  aws_cloudwatch_dashboard: 255,
  aws_cloudwatch_log_group: 512,
  aws_cloudwatch_metric_alarm: 255,
  aws_db_instance: 63,
  aws_db_parameter_group: 255,
  aws_db_subnet_group: 255,
  aws_ecr_repository: 256,
  aws_ecs_cluster: 255,
  aws_ecs_service: 255,
  aws_ecs_task_definition: 255,
  aws_elasticache_parameter_group: 255,
  aws_elasticache_replication_group: 40,
  aws_elasticache_subnet_group: 255,
  aws_iam_instance_profile: 128,
  aws_iam_role: 64,
  aws_iam_role_policy: 128,
  aws_launch_template: 128,
  aws_lb: 32,
  aws_lb_target_group: 32,
  aws_rds_cluster: 63,
  aws_rds_cluster_parameter_group: 255,
  aws_s3_bucket: 63,
  aws_scheduler_schedule: 64,
  aws_scheduler_schedule_group: 64,
  aws_secretsmanager_secret: 512,
  aws_security_group: 255,
  aws_sns_topic: 256,
  aws_ssm_parameter: 1011,
  aws_wafv2_web_acl: 128,
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

import { describe, expect, test } from "vitest";
import { fitName, NAME_LIMITS } from "../../modules/naming/lengths";

describe("fitName", () => {
  test.each<[what: string, name: string, limit: number]>([
    ["a short name", "shop-mvp-host", 64],
    ["a name that just fits", "a".repeat(64), 64],
    ["nothing", "", 1],
  ])("leaves %s alone", (_what, name, limit) => {
    expect(fitName(name, limit)).toBe(name);
  });

  test("shortens a name that is one too long to exactly the limit, start kept", () => {
    const fitted = fitName("a".repeat(65), 64);
    expect(fitted).toHaveLength(64);
    expect(fitted).toMatch(/^a{55}-[0-9a-f]{8}$/);
  });

  test("gives the same name the same digest every time", () => {
    expect(fitName("shop-mvp-a-very-long-name", 20)).toBe("shop-mvp-a-17d90c49");
  });

  test("two long names that differ at the end stay different", () => {
    const long = "shop-mvp-".padEnd(80, "x");
    expect(fitName(`${long}1`, 64)).not.toBe(fitName(`${long}2`, 64));
  });

  test.each(["-", "/", "_", "."])("never puts the digest behind a second separator (%s)", (separator) => {
    const name = `${"a".repeat(10)}${separator.repeat(5)}${"b".repeat(40)}`;
    expect(fitName(name, 24)).toMatch(/^a{10}-[0-9a-f]{8}$/);
  });

  test.each(Object.entries(NAME_LIMITS))("fits %s into %i characters", (_type, limit) => {
    expect(fitName("x".repeat(limit), limit)).toHaveLength(limit);
    expect(fitName("x".repeat(limit + 1), limit)).toHaveLength(limit);
    expect(fitName("x".repeat(limit * 3), limit)).toHaveLength(limit);
  });
});

test("the limits are those of the services' API references", () => {
  expect(NAME_LIMITS).toEqual({
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
  });
});

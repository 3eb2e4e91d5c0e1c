import type { TerraformStack } from "cdktf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BackupTask } from "../../modules/ecs/backup-task";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { Alarms } from "../../modules/observability/alarms";
import { backupAlarms } from "../../modules/observability/backup-alarms";
import { balancerAlarms } from "../../modules/observability/balancer-alarms";
import { Budget } from "../../modules/observability/budget";
import { cacheAlarms } from "../../modules/observability/cache-alarms";
import { Dashboard } from "../../modules/observability/dashboard";
import { databaseAlarms } from "../../modules/observability/database-alarms";
import { growthGraphs } from "../../modules/observability/growth-graphs";
import { LogGroups } from "../../modules/observability/log-groups";
import { Notifications } from "../../modules/observability/notifications";
import { serviceAlarms } from "../../modules/observability/service-alarms";
import { backupStatements } from "../../modules/security/backup-statements";
import { TaskRoles } from "../../modules/security/task-roles";
import { booleanVariable, numberVariable } from "../../modules/terraform/variables";
import { SimulatedAccount } from "../helpers/simulated";
import { CONSTRUCT_STACK as STACK, TEST_REGION } from "../helpers/synth";

const names = new PhysicalNames({ app: "shop", tier: "growth" });
const BALANCER = "app/shop/0123456789abcdef";
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf";
const GROUPS = { api: "targetgroup/api/0123456789abcdef" };

/** Everything that watches a growth tier, and the task that backs it up. */
function watchedStack(stack: TerraformStack): void {
  const computeEnabled = booleanVariable(stack, "compute_enabled", { description: "Whether it runs.", default: true });
  const number = (name: string, value: number) => numberVariable(stack, name, { description: name, default: value });
  const { topicArn } = new Notifications(stack, "alerts", { names, emails: [], budgets: true });
  new Budget(stack, "budget", { names, monthlyUsd: 120, topicArn });
  const alarms = [
    ...serviceAlarms({ cluster: "shop", services: { api: "api" }, insights: true, computeEnabled }),
    ...balancerAlarms({ balancer: BALANCER, targetGroups: GROUPS }),
    ...databaseAlarms({
      engine: "postgres",
      identifier: "shop",
      maxConnections: number("connections", 112),
      storageGiB: number("storage_gib", 20),
      burstable: true,
    }),
    ...cacheAlarms({ groupId: "shop", nodes: 2, use: "queue" }),
    ...backupAlarms({ maxAgeHours: 26, stack: names.prefix, metricNamespace: names.path }),
  ];
  const { arns } = new Alarms(stack, "alarm", { names, topicArn, alarms });
  const graphs = growthGraphs({ balancer: BALANCER, targetGroups: GROUPS, cacheGroupId: "shop" });
  new Dashboard(stack, "dashboard", { names, region: TEST_REGION, alarms, graphs, alarmArns: arns });
  const place = { backupPrefix: "backups/", stagingPrefix: "staging/", metricNamespace: names.path };
  const logs = new LogGroups(stack, "logs", { names, keys: ["backup"], retentionDays: 30 });
  const roles = new TaskRoles(stack, "roles_backup", {
    names,
    what: "backup",
    accountId: "123456789012",
    exec: false,
    repositoryArns: [],
    logGroupArn: logs.arns["backup"] ?? "",
    secretArns: [SECRET],
    statements: backupStatements({ ...place, bucketArn: "arn:aws:s3:::shop-growth-backups" }),
  });
  new BackupTask(stack, "backup", {
    ...place,
    names,
    plan: {
      major: 17,
      name: "shop",
      user: "shop",
      databases: [],
      extensions: [],
      passwordSecret: "DB_PASSWORD",
      ownRoles: {},
    },
    passwordArns: { DB_PASSWORD: SECRET },
    host: "shop.example.eu-central-1.rds.amazonaws.com",
    port: "5432",
    region: TEST_REGION,
    stack: names.prefix,
    bucket: "shop-growth-backups",
    log: { group: logs.names["backup"] ?? "", region: TEST_REGION, prefix: "backup" },
    size: { cpu: 512, memoryMiB: 1024 },
    architecture: "arm64",
    storageGiB: 40,
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
  });
}

let account: SimulatedAccount;

beforeAll(async () => {
  account = await SimulatedAccount.startWith("observability", watchedStack);
  await account.init(STACK);
  await account.apply(STACK);
}, 120_000);
afterAll(() => account.stop());

const LIMIT = { timeout: 120_000 };

/** An object of the account by its type and the end of its id. */
function attributes(type: string, end: string): Record<string, unknown> {
  const found = account.world().find((object) => object.type === type && object.id.endsWith(end));
  if (found === undefined) throw new Error(`there is no ${type} ${end}`);
  return found.attributes;
}

test("everything that watches a growth tier applies, and a second plan is empty", LIMIT, async () => {
  expect(await account.plan(STACK)).toEqual([]);
  expect(attributes("aws_cloudwatch_metric_alarm", "shop-growth-database-storage")["threshold"]).toBe(4 * 1024 ** 3);
  const { metric_query: queries } = attributes("aws_cloudwatch_metric_alarm", "shop-growth-tasks-api");
  expect(queries).toHaveLength(3);
});

test("the dashboard that AWS gets is JSON with thresholds as numbers", () => {
  const body = JSON.parse(String(attributes("aws_cloudwatch_dashboard", "shop-growth-overview")["dashboard_body"])) as {
    widgets: { properties: { title: string; annotations?: { horizontal: { value: unknown }[] } } }[];
  };
  const connections = body.widgets.find(({ properties }) => properties.title === "Connections of the database");
  expect(connections?.properties.annotations?.horizontal[0]?.value).toBe(89);
});

test("the task's containers reach ECS as they were written", () => {
  const [dump] = JSON.parse(
    String(attributes("aws_ecs_task_definition", "shop-growth-backup")["container_definitions"]),
  ) as { command: string[] }[];
  // What Terraform would take for a template of its own.
  expect(dump?.command[0]).toContain('say "$1${2:+; $2}"');
});

test("a larger database and stopped services change alarms in place", LIMIT, async () => {
  const update = (address: string) => ({ address, actions: ["update"] });
  expect(await account.plan(STACK, "-var=connections=225", "-var=compute_enabled=false")).toEqual([
    update("aws_cloudwatch_dashboard.dashboard_overview"),
    update("aws_cloudwatch_metric_alarm.alarm_database_connections"),
    update("aws_cloudwatch_metric_alarm.alarm_tasks_api"),
  ]);
});

import type { Construct } from "constructs";
import { BackupBucket } from "../modules/data/backup-bucket";
import type { ManagedDatabase } from "../modules/data/managed-database";
import { BackupTask } from "../modules/ecs/backup-task";
import { fargateSize } from "../modules/ecs/fargate-size";
import { scheduleExpression } from "../modules/ecs/schedule-expression";
import { ScheduledTask } from "../modules/ecs/scheduled-task";
import { backupStatements } from "../modules/security/backup-statements";
import { TaskRoles } from "../modules/security/task-roles";
import { logOf, passwordsOf, secretArns, type TaskProps } from "./growth-containers";

/** Name of the task that makes backups, and of its log. */
export const BACKUP = "backup";

/** Compressing keeps one processor busy. */
const SIZE = { cpu: 512, memoryMiB: 1024 };

/** The daily backup of the database by a task: made, read back and published as a host does it, also while compute is off. */
export function createBackup(
  scope: Construct,
  props: TaskProps,
  database: ManagedDatabase,
  bucket: BackupBucket,
): BackupTask {
  const { names, app, accountId, cluster, logs, place } = props;
  const passwords = passwordsOf(props.references);
  const at = {
    backupPrefix: BackupBucket.backupPrefix,
    stagingPrefix: BackupBucket.stagingPrefix,
    metricNamespace: names.path,
  };
  const roles = new TaskRoles(scope, "roles_backup", {
    names,
    what: BACKUP,
    accountId,
    exec: false,
    repositoryArns: [],
    logGroupArn: logs.arns[BACKUP] ?? "",
    secretArns: secretArns(passwords),
    statements: backupStatements({ ...at, bucketArn: bucket.arn }),
  });
  const task = new BackupTask(scope, "task_backup", {
    ...at,
    names,
    plan: app.database,
    passwordArns: passwords,
    host: database.endpoint,
    port: String(database.port),
    region: app.region,
    stack: names.prefix,
    bucket: bucket.bucketName,
    log: logOf(app, logs, BACKUP),
    size: fargateSize(SIZE),
    architecture: app.ecs.architecture,
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
  });
  new ScheduledTask(scope, "schedule_backup", {
    names,
    job: BACKUP,
    expression: scheduleExpression({ dailyAt: app.backup.dailyAt }),
    accountId,
    clusterArn: cluster.arn,
    familyArn: task.familyArn,
    place,
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
    computeEnabled: true,
  });
  return task;
}

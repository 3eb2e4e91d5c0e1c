import { Op } from "cdktf";
import type { Construct } from "constructs";
import { furtherNames } from "../modules/containers/environment";
import { DB_INIT, jobContainerName } from "../modules/containers/names";
import type { ManagedDatabase } from "../modules/data/managed-database";
import { containerDefinitions } from "../modules/ecs/container-definition";
import type { CurrentImage } from "../modules/ecs/current-image";
import { dbInitContainers } from "../modules/ecs/db-init";
import { taskSecrets } from "../modules/ecs/environment";
import { fargateSize } from "../modules/ecs/fargate-size";
import { scheduleExpression } from "../modules/ecs/schedule-expression";
import { ScheduledTask } from "../modules/ecs/scheduled-task";
import { TaskDefinition } from "../modules/ecs/task-definition";
import { logicalId } from "../modules/naming/logical-ids";
import type { TaskRoles } from "../modules/security/task-roles";
import type { Job } from "../modules/spec";
import { containerOf, logOf, passwordsOf, rolesOf, type TaskProps } from "./growth-containers";
import { MASTER_USER } from "./growth-data";

/** A job runs the image of its service, with its settings and secrets and those of its own. */
export function createJob(
  scope: Construct,
  props: TaskProps,
  name: string,
  job: Job,
  image: CurrentImage,
): TaskDefinition {
  const { names, app, references } = props;
  const service = app.services[job.service];
  if (service === undefined) throw new Error(`A job names the unknown service "${job.service}"`);
  const what = jobContainerName(name);
  const base = containerOf(props, what, job.service, service);
  const environment = { ...base.environment, ...job.env, ...furtherNames(service, job.env) };
  const secrets = { ...base.secrets, ...taskSecrets(job.secrets, references) };
  const roles = rolesOf(scope, props, logicalId("roles", what), what, job.service, job.service, secrets);
  const task = new TaskDefinition(scope, logicalId("task", what), {
    names,
    what,
    size: fargateSize(service),
    architecture: app.ecs.architecture,
    containers: containerDefinitions([
      {
        ...base,
        image: image.reference,
        command: job.command,
        environment,
        secrets,
        log: { ...base.log, prefix: what },
      },
    ]),
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
  });
  if (typeof job.when === "object") createSchedule(scope, props, name, job.when.schedule, task, roles, image);
  return task;
}

function createSchedule(
  scope: Construct,
  { names, accountId, cluster, place, variables }: TaskProps,
  job: string,
  schedule: Extract<Job["when"], object>["schedule"],
  task: TaskDefinition,
  roles: TaskRoles,
  { released }: CurrentImage,
): void {
  new ScheduledTask(scope, logicalId("schedule", job), {
    names,
    job,
    expression: scheduleExpression(schedule),
    accountId,
    clusterArn: cluster.arn,
    familyArn: task.familyArn,
    place,
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
    computeEnabled: Op.and(variables.computeEnabled, released),
  });
}

/** Small: it talks to the database and waits. */
const DATABASE_JOB_SIZE = { cpu: 256, memoryMiB: 512 };

/** The job that makes roles, databases, grants and extensions. */
export function createDatabaseJob(scope: Construct, props: TaskProps, database: ManagedDatabase): TaskDefinition {
  const { names, app, logs, references } = props;
  const size = fargateSize(DATABASE_JOB_SIZE);
  const passwords = passwordsOf(references);
  const containers = dbInitContainers({
    plan: app.database,
    host: database.endpoint,
    port: String(database.port),
    masterUser: MASTER_USER,
    masterSecretArn: database.masterSecretArn,
    passwordArns: passwords,
    log: logOf(app, logs, DB_INIT),
    memoryMiB: size.memoryMiB,
  });
  const secrets = { ...passwords, PGPASSWORD: `${database.masterSecretArn}:password::` };
  const roles = rolesOf(scope, props, logicalId("roles", DB_INIT), DB_INIT, undefined, DB_INIT, secrets);
  return new TaskDefinition(scope, logicalId("task", DB_INIT), {
    names,
    what: DB_INIT,
    size,
    architecture: app.ecs.architecture,
    containers: containerDefinitions(containers),
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
  });
}

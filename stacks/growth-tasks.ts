import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { furtherNames } from "../modules/containers/environment";
import { DB_INIT, jobContainerName } from "../modules/containers/names";
import type { ManagedDatabase } from "../modules/data/managed-database";
import { Autoscaling } from "../modules/ecs/autoscaling";
import type { Cluster } from "../modules/ecs/cluster";
import { type ContainerDefinition, containerDefinitions, type ContainerLog } from "../modules/ecs/container-definition";
import { CurrentImage } from "../modules/ecs/current-image";
import { dbInitContainers } from "../modules/ecs/db-init";
import type { Discovery } from "../modules/ecs/discovery";
import {
  type DataPlaces,
  plainTaskEnvironment,
  secretTaskEnvironment,
  type SecretReferences,
  taskSecrets,
} from "../modules/ecs/environment";
import { fargateSize } from "../modules/ecs/fargate-size";
import { scheduleExpression } from "../modules/ecs/schedule-expression";
import { ScheduledTask } from "../modules/ecs/scheduled-task";
import { EcsService, type TaskPlace } from "../modules/ecs/service";
import { TaskDefinition } from "../modules/ecs/task-definition";
import { logicalId } from "../modules/naming/logical-ids";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { LogGroups } from "../modules/observability/log-groups";
import type { ServiceImages } from "../modules/registry/service-images";
import { TaskRoles } from "../modules/security/task-roles";
import { isOn, type Job, type ResolvedApp, type ResolvedService } from "../modules/spec";
import type { Traffic } from "./growth-traffic";
import type { GrowthVariables } from "./growth-variables";

export interface TaskProps {
  readonly names: PhysicalNames;
  readonly app: ResolvedApp;
  readonly accountId: string;
  readonly cluster: Cluster;
  readonly discovery: Discovery;
  readonly images: ServiceImages;
  readonly logs: LogGroups;
  readonly places: DataPlaces;
  readonly references: SecretReferences;
  readonly place: TaskPlace;
  /** What a task needs before it can pull its image. */
  readonly reachable: readonly ITerraformDependable[];
  readonly traffic: Traffic | undefined;
  readonly variables: GrowthVariables;
}

/** The services and jobs of the app. */
export interface Tasks {
  /** Name in ECS by service. */
  readonly services: Readonly<Record<string, string>>;
  /** Family of task definitions by job. */
  readonly jobs: Readonly<Record<string, TaskDefinition>>;
}

export function createTasks(scope: Construct, props: TaskProps, database: ManagedDatabase | undefined): Tasks {
  const current = Object.fromEntries(
    Object.entries(props.images.parameters).map(([service, parameter]) => [
      service,
      new CurrentImage(scope, logicalId("current", service), { service, parameterId: parameter.id }),
    ]),
  );
  const services = Object.fromEntries(
    Object.entries(props.app.services).map(([name, service]) => [
      name,
      createService(scope, props, name, service, imageOf(current, name)),
    ]),
  );
  const jobs = Object.fromEntries(
    Object.entries(props.app.jobs).map(([name, job]) => [
      name,
      createJob(scope, props, name, job, imageOf(current, job.service)),
    ]),
  );
  const prepare: Record<string, TaskDefinition> =
    database === undefined ? {} : { [DB_INIT]: createDatabaseJob(scope, props, database) };
  return { services, jobs: { ...prepare, ...jobs } };
}

function imageOf(images: Readonly<Record<string, CurrentImage>>, service: string): CurrentImage {
  const image = images[service];
  if (image === undefined) throw new Error(`There is no image of the service ${service}`);
  return image;
}

/** What a service and its jobs have in common. */
function containerOf(
  { app, places, references, logs }: TaskProps,
  name: string,
  serviceName: string,
  service: ResolvedService,
): Omit<ContainerDefinition, "image"> {
  return {
    name,
    ...(service.command && { command: service.command }),
    environment: plainTaskEnvironment(app, service, places),
    secrets: secretTaskEnvironment(app, service, references),
    user: service.user,
    readOnlyRoot: isOn(service.readOnlyRoot),
    tmpfs: service.tmpfs,
    execTmpfs: service.execTmpfs,
    memoryMiB: fargateSize(service).memoryMiB,
    stopSeconds: service.stopGraceSeconds,
    log: logOf(app, logs, serviceName),
    exec: app.ecs.exec,
  };
}

const logOf = ({ region }: ResolvedApp, logs: LogGroups, key: string, prefix = key): ContainerLog => ({
  group: logs.names[key] ?? "",
  region,
  prefix,
});

/** ARN of each secret that a container reads; a key of a JSON secret stands behind it. */
const secretArns = (secrets: Readonly<Record<string, string>>): string[] => [
  ...new Set(Object.values(secrets).map((reference) => reference.replace(/:[a-z]+::$/, ""))),
];

function rolesOf(
  scope: Construct,
  { names, app, accountId, images, logs }: TaskProps,
  id: string,
  what: string,
  serviceName: string | undefined,
  log: string,
  secrets: Readonly<Record<string, string>>,
): TaskRoles {
  const repository = serviceName === undefined ? undefined : images.repositories[serviceName];
  return new TaskRoles(scope, id, {
    names,
    what,
    accountId,
    exec: app.ecs.exec,
    repositoryArns: repository === undefined ? [] : [repository.arn],
    logGroupArn: logs.arns[log] ?? "",
    secretArns: secretArns(secrets),
  });
}

function createService(
  scope: Construct,
  props: TaskProps,
  name: string,
  service: ResolvedService,
  image: CurrentImage,
): string {
  const { names, app, cluster, discovery, place, reachable, traffic, variables } = props;
  const container = containerOf(props, name, name, service);
  const roles = rolesOf(scope, props, logicalId("roles", name), name, name, name, container.secrets ?? {});
  const task = new TaskDefinition(scope, logicalId("task", name), {
    names,
    what: name,
    size: fargateSize(service),
    architecture: app.ecs.architecture,
    containers: containerDefinitions([
      { ...container, image: image.reference, port: service.port, health: service.healthCheck },
    ]),
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
  });
  const counts = countsOf(variables, name);
  const group = traffic?.groups[name];
  const ecs = new EcsService(scope, logicalId("service", name), {
    names,
    service: name,
    clusterArn: cluster.arn,
    taskDefinitionArn: task.arn,
    place,
    desired: counts.desired,
    computeEnabled: variables.computeEnabled,
    released: image.released,
    scaled: service.scaling !== undefined,
    spotPercent: service.spotPercent,
    balanced:
      group === undefined || service.port === undefined
        ? undefined
        : { targetGroupArns: [group.arn], port: service.port },
    registryArn: discovery.registryArns[name],
    exec: app.ecs.exec,
    graceSeconds: service.healthCheck?.graceSeconds ?? 0,
    dependsOn: [...cluster.ready, ...discovery.ready, ...roles.ready, ...reachable, ...(traffic?.attached ?? [])],
  });
  if (service.scaling !== undefined) createScaling(scope, props, name, service.scaling, ecs.name, image);
  return ecs.name;
}

function countsOf({ counts }: GrowthVariables, service: string): GrowthVariables["counts"][string] {
  const found = counts[service];
  if (found === undefined) throw new Error(`There are no counts of the service ${service}`);
  return found;
}

function createScaling(
  scope: Construct,
  { names, cluster, traffic, variables }: TaskProps,
  service: string,
  { cpuPercent, requestsPerTask }: NonNullable<ResolvedService["scaling"]>,
  serviceName: string,
  { released }: CurrentImage,
): void {
  const group = traffic?.groups[service];
  new Autoscaling(scope, logicalId("scaling", service), {
    names,
    service,
    clusterName: cluster.name,
    serviceName,
    counts: countsOf(variables, service),
    computeEnabled: variables.computeEnabled,
    released,
    cpuPercent,
    requests:
      requestsPerTask === undefined || group === undefined || traffic === undefined
        ? undefined
        : {
            perTask: requestsPerTask,
            balancerArnSuffix: traffic.balancer.arnSuffix,
            targetGroupArnSuffix: group.arnSuffix,
          },
  });
}

/** A job runs the image of its service, with its settings and secrets and those of its own. */
function createJob(scope: Construct, props: TaskProps, name: string, job: Job, image: CurrentImage): TaskDefinition {
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
  if (typeof job.when === "object") createSchedule(scope, props, name, job.when.schedule, task, roles);
  return task;
}

function createSchedule(
  scope: Construct,
  { names, accountId, cluster, place, variables }: TaskProps,
  job: string,
  schedule: Extract<Job["when"], object>["schedule"],
  task: TaskDefinition,
  roles: TaskRoles,
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
    computeEnabled: variables.computeEnabled,
  });
}

/** Small: it talks to the database and waits. */
const DATABASE_JOB_SIZE = { cpu: 256, memoryMiB: 512 };

/** The job that makes roles, databases, grants and extensions. */
function createDatabaseJob(scope: Construct, props: TaskProps, database: ManagedDatabase): TaskDefinition {
  const { names, app, logs, references } = props;
  const size = fargateSize(DATABASE_JOB_SIZE);
  const passwords = Object.fromEntries(
    Object.entries(references.credentials).map(([name, { password }]) => [name, password]),
  );
  const containers = dbInitContainers({
    plan: app.database,
    host: database.endpoint,
    port: String(database.port),
    masterUser: "master",
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

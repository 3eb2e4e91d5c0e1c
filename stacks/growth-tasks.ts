import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { DB_INIT } from "../modules/containers/names";
import type { BackupBucket } from "../modules/data/backup-bucket";
import type { ManagedDatabase } from "../modules/data/managed-database";
import { Autoscaling } from "../modules/ecs/autoscaling";
import { containerDefinitions } from "../modules/ecs/container-definition";
import { CurrentImage } from "../modules/ecs/current-image";
import { fargateSize } from "../modules/ecs/fargate-size";
import { EcsService } from "../modules/ecs/service";
import { TaskDefinition } from "../modules/ecs/task-definition";
import { logicalId } from "../modules/naming/logical-ids";
import type { ResolvedService } from "../modules/spec";
import { BACKUP, createBackup } from "./growth-backup";
import { containerOf, rolesOf, type TaskProps } from "./growth-containers";
import { createDatabaseJob, createJob } from "./growth-jobs";
import type { GrowthVariables } from "./growth-variables";

/** The services and jobs of the app. */
export interface Tasks {
  /** Name in ECS by service. */
  readonly services: Readonly<Record<string, string>>;
  /** Whether anything was released, by service. */
  readonly released: Readonly<Record<string, IResolvable>>;
  /** Task definitions by job, those that the stack adds among them. */
  readonly jobs: Readonly<Record<string, Pick<TaskDefinition, "family">>>;
}

export function createTasks(
  scope: Construct,
  props: TaskProps,
  database: ManagedDatabase | undefined,
  bucket: BackupBucket,
): Tasks {
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
  const released = Object.fromEntries(Object.entries(current).map(([service, image]) => [service, image.released]));
  const ofDatabase: Tasks["jobs"] =
    database === undefined
      ? {}
      : {
          [DB_INIT]: createDatabaseJob(scope, props, database),
          [BACKUP]: createBackup(scope, props, database, bucket),
        };
  return { services, released, jobs: { ...ofDatabase, ...jobs } };
}

function imageOf(images: Readonly<Record<string, CurrentImage>>, service: string): CurrentImage {
  const image = images[service];
  if (image === undefined) throw new Error(`There is no image of the service ${service}`);
  return image;
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

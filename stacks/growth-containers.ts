import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Cluster } from "../modules/ecs/cluster";
import type { ContainerDefinition, ContainerLog } from "../modules/ecs/container-definition";
import type { Discovery } from "../modules/ecs/discovery";
import {
  type DataPlaces,
  plainTaskEnvironment,
  secretTaskEnvironment,
  type SecretReferences,
} from "../modules/ecs/environment";
import { fargateSize } from "../modules/ecs/fargate-size";
import type { TaskPlace } from "../modules/ecs/service";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { LogGroups } from "../modules/observability/log-groups";
import type { ServiceImages } from "../modules/registry/service-images";
import { TaskRoles } from "../modules/security/task-roles";
import { isOn, type ResolvedApp, type ResolvedService } from "../modules/spec";
import type { Traffic } from "./growth-traffic";
import type { GrowthVariables } from "./growth-variables";

/** What tasks are made of. */
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

/** What a service and its jobs have in common. */
export function containerOf(
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

export const logOf = ({ region }: ResolvedApp, logs: LogGroups, key: string, prefix = key): ContainerLog => ({
  group: logs.names[key] ?? "",
  region,
  prefix,
});

/** ARN of each secret that a container reads; a key of a JSON secret stands behind it. */
export const secretArns = (secrets: Readonly<Record<string, string>>): string[] => [
  ...new Set(Object.values(secrets).map((reference) => reference.replace(/:[a-z]+::$/, ""))),
];

export function rolesOf(
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

/** What ECS reads the password of each role of the database by, by the name of its secret. */
export const passwordsOf = ({ credentials }: SecretReferences): Record<string, string> =>
  Object.fromEntries(Object.entries(credentials).map(([name, { password }]) => [name, password]));

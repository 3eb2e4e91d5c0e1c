import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_CLI_IMAGE, OFFICIAL_IMAGES, postgresImage } from "../containers/images";
import { type DatabasePlan, databasesOf, ownerOf } from "../host/config/init-sql";
import { projectRoot } from "../terraform/project-root";
import { type ContainerDefinition, containerDefinitions, type ContainerLog } from "./container-definition";

/** What a backup is made of and where it goes. Texts may be references. */
export interface BackupContainersInput {
  readonly plan: DatabasePlan;
  /** ARN of each password of the plan, by the name of its secret. */
  readonly passwordArns: Readonly<Record<string, string>>;
  /** Address of the database. */
  readonly host: string;
  readonly port: string;
  readonly region: string;
  /** `<app>-<tier>[-env]`: stands in the manifest and in the metric. */
  readonly stack: string;
  readonly bucket: string;
  /** Prefix of verified dumps in the bucket, with a trailing slash. */
  readonly backupPrefix: string;
  /** Prefix of dumps that are not verified yet, with a trailing slash. */
  readonly stagingPrefix: string;
  readonly metricNamespace: string;
  readonly log: ContainerLog;
  /** Memory of the task, MiB. */
  readonly memoryMiB: number;
}

/** The folder that both containers share, and the volume that it is. */
const WORK = "/work";
export const WORK_VOLUME = "work";

/** Names of the containers: a run by hand sets REASON of the first and ACCEPT_SMALLER of the second. */
const DUMP_CONTAINER = "dump";
const PUBLISH_CONTAINER = "publish";

/**
 * A volume of Fargate belongs to root and is closed to everybody else (containers-roadmap issue 938), so both containers are
 * root: without any capability, in a root file system that they cannot write.
 */
const USER = "0:0";

/**
 * The containers of a backup's task as JSON. The first, PostgreSQL's own image in the server's version, dumps every database
 * as its owner and decodes the dumps; the second, the AWS CLI, starts when the first ended well, and publishes them.
 */
export function backupContainerDefinitions(input: BackupContainersInput): string {
  return withWorkVolume(containerDefinitions([dumpContainer(input), publishContainer(input)]));
}

function dumpContainer(input: BackupContainersInput): ContainerDefinition {
  const { plan, host, port, stack, backupPrefix } = input;
  const databases = databasesOf(plan);
  return {
    ...common(input),
    name: DUMP_CONTAINER,
    image: `${OFFICIAL_IMAGES}${postgresImage(plan.major)}`,
    command: [backupScript("dump.sh")],
    essential: false,
    environment: {
      BACKUP_PREFIX: backupPrefix,
      DATABASES: databases.join(" "),
      HOME: "/tmp",
      PGHOST: host,
      PGPORT: port,
      PGSSLMODE: "require",
      POSTGRES_MAJOR: String(plan.major),
      REASON: "daily",
      ROLES: databases.map((database) => ownerOf(plan, database)).join(" "),
      STACK_NAME: stack,
      WORK,
    },
    secrets: passwords(input, databases),
  };
}

/** PASSWORD_1 is of the owner of the first database, and so on. */
function passwords(
  { plan, passwordArns }: BackupContainersInput,
  databases: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    databases.map((database, index) => {
      const secret = plan.ownRoles[database] ?? plan.passwordSecret;
      const arn = passwordArns[secret];
      if (arn === undefined) throw new Error(`the secret ${secret} of the database ${database} has no ARN`);
      return [`PASSWORD_${index + 1}`, arn];
    }),
  );
}

function publishContainer(input: BackupContainersInput): ContainerDefinition {
  const { region, stack, bucket, backupPrefix, stagingPrefix, metricNamespace } = input;
  return {
    ...common(input),
    name: PUBLISH_CONTAINER,
    image: AWS_CLI_IMAGE,
    command: [backupScript("publish.sh")],
    after: DUMP_CONTAINER,
    environment: {
      ACCEPT_SMALLER: "no",
      AWS_DEFAULT_REGION: region,
      BACKUP_PREFIX: backupPrefix,
      BUCKET: bucket,
      // The CLI keeps nothing, but looks for a home.
      HOME: "/tmp",
      METRIC_NAMESPACE: metricNamespace,
      STACK_NAME: stack,
      STAGING_PREFIX: stagingPrefix,
      WORK,
    },
  };
}

const common = ({ log, memoryMiB }: BackupContainersInput) => ({
  entryPoint: ["/bin/bash", "-c"],
  user: USER,
  tmpfs: ["/tmp"],
  memoryMiB,
  log,
});

/** Every container mounts the shared folder. */
function withWorkVolume(definitions: string): string {
  const containers = JSON.parse(definitions) as object[];
  const mountPoints = [{ containerPath: WORK, readOnly: false, sourceVolume: WORK_VOLUME }];
  return JSON.stringify(containers.map((container) => ({ ...container, mountPoints })));
}

const SCRIPTS = "modules/ecs/files/backup";
const LIBRARIES = "modules/host/files/lib";
/** A library of the host that a script reads, with the line before that tells ShellCheck where it lies. */
const SOURCED = /^# shellcheck source=\S+\n\. "\$LIB\/([a-z]+\.sh)"\n/gm;

/** A script of the task with the host's libraries in the places where it reads them: a container has no files of ours. */
export function backupScript(name: "dump.sh" | "publish.sh"): string {
  const read = (folder: string, file: string): string => readFileSync(join(projectRoot(), folder, file), "utf8");
  return read(SCRIPTS, name).replace(SOURCED, (_line, library: string) => read(LIBRARIES, library));
}

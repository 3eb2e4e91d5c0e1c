import { readFileSync } from "node:fs";
import { join } from "node:path";
import { postgresImage } from "../containers/images";
import { type DatabasePlan, databasesOf, ownerOf } from "../host/config/init-sql";
import { projectRoot } from "../terraform/project-root";
import type { ContainerDefinition, ContainerLog } from "./container-definition";
import { managedInitSql } from "./db-init-sql";

/** A URL that the job writes: of which database, and into which secret. */
export interface ConnectionUrl {
  readonly database: string;
  readonly secretArn: string;
}

export interface DbInitProps {
  readonly plan: DatabasePlan;
  /** Address and port of the database; opaque. */
  readonly host: string;
  readonly port: string;
  readonly region: string;
  readonly masterUser: string;
  /** Secret of the master user that RDS keeps, as JSON with a key "password". */
  readonly masterSecretArn: string;
  /** ARN of each password of the plan, by the name of its secret. */
  readonly passwordArns: Readonly<Record<string, string>>;
  /** @default [] */
  readonly urls?: readonly ConnectionUrl[];
  readonly log: ContainerLog;
  /** Memory of the task, MiB. */
  readonly memoryMiB: number;
}

/** Oldest client whose `\password` takes one of any length from its input; a newer client suits an older server. */
const OLDEST_CLIENT = 15;
/** Amazon's image of the AWS CLI, of which the job uses two commands that do not change. */
const AWS_CLI_IMAGE = "public.ecr.aws/aws-cli/aws-cli:2.31.0";
/** Docker's official images without Docker Hub's limits of pulls. */
const OFFICIAL_IMAGES = "public.ecr.aws/docker/library/";
const USER = "10001:10001";

/**
 * The containers of the job that prepares a managed database: psql for roles, databases, grants, extensions and passwords,
 * and after it, where something takes a URL, the AWS CLI that writes the URLs. Certificates are not checked: the image has not
 * those of RDS, and the network is the app's own; everything is encrypted.
 */
export function dbInitContainers(props: DbInitProps): ContainerDefinition[] {
  const roles = rolesContainer(props);
  return props.urls === undefined || props.urls.length === 0
    ? [roles]
    : [{ ...roles, essential: false }, urlsContainer(props, props.urls, roles.name)];
}

function rolesContainer({ plan, host, port, masterUser, masterSecretArn, passwordArns, ...rest }: DbInitProps) {
  const image = postgresImage(Math.max(plan.major, OLDEST_CLIENT));
  return {
    ...common(rest),
    name: "roles",
    image: `${OFFICIAL_IMAGES}${image}`,
    entryPoint: ["bash", "-c"],
    command: [script("db-roles.sh")],
    environment: {
      DB_INIT_ROLES: signInLines(plan),
      DB_INIT_SQL: managedInitSql(plan),
      PGDATABASE: "postgres",
      PGHOST: host,
      PGPORT: port,
      PGSSLMODE: "require",
      PGUSER: masterUser,
    },
    secrets: { ...passwordArns, PGPASSWORD: `${masterSecretArn}:password::` },
  };
}

function urlsContainer(
  { plan, host, port, region, passwordArns, ...rest }: DbInitProps,
  urls: readonly ConnectionUrl[],
  after: string,
) {
  return {
    ...common(rest),
    name: "urls",
    image: AWS_CLI_IMAGE,
    entryPoint: ["bash", "-c"],
    command: [script("db-urls.sh")],
    environment: {
      AWS_REGION: region,
      DB_HOST: host,
      DB_PORT: port,
      DB_URLS: urls
        .map(
          ({ database, secretArn }) =>
            `${secretArn} ${ownerOf(plan, database)} ${database} ${passwordOf(plan, database)}`,
        )
        .join("\n"),
      // The CLI keeps nothing, but looks for a home.
      HOME: "/tmp",
    },
    secrets: passwordArns,
    after,
  };
}

const common = ({ log, memoryMiB }: Pick<DbInitProps, "log" | "memoryMiB">) => ({
  user: USER,
  tmpfs: ["/tmp"],
  memoryMiB,
  log,
});

/** A line "<role> <database> <variable>" for each role, with a database that it signs in to. */
function signInLines(plan: DatabasePlan): string {
  const first = new Map<string, string>();
  for (const database of databasesOf(plan)) {
    const role = ownerOf(plan, database);
    if (!first.has(role)) first.set(role, database);
  }
  return [...first].map(([role, database]) => `${role} ${database} ${passwordOf(plan, database)}`).join("\n");
}

/** Name of the secret of the password by which a database's owner signs in. */
const passwordOf = ({ ownRoles, passwordSecret }: DatabasePlan, database: string): string =>
  ownRoles[database] ?? passwordSecret;

const script = (name: string): string => readFileSync(join(projectRoot(), "modules/ecs/files", name), "utf8");

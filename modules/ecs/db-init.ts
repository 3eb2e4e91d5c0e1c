import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OFFICIAL_IMAGES, postgresImage } from "../containers/images";
import { type DatabasePlan, databasesOf, ownerOf } from "../host/config/init-sql";
import { projectRoot } from "../terraform/project-root";
import type { ContainerDefinition, ContainerLog } from "./container-definition";
import { managedInitSql } from "./db-init-sql";

export interface DbInitProps {
  readonly plan: DatabasePlan;
  /** Address and port of the database; opaque. */
  readonly host: string;
  readonly port: string;
  readonly masterUser: string;
  /** Secret of the master user that RDS keeps, as JSON with a key "password". */
  readonly masterSecretArn: string;
  /** What ECS reads each password of the plan by, by the name of its secret. */
  readonly passwordArns: Readonly<Record<string, string>>;
  readonly log: ContainerLog;
  /** Memory of the task, MiB. */
  readonly memoryMiB: number;
}

/** Oldest client whose `\password` takes one of any length from its input; a newer client suits an older server. */
const OLDEST_CLIENT = 15;

/**
 * The containers of the job that prepares a managed database: psql makes roles, databases, grants and extensions and sets the
 * passwords. Certificates are not checked, because the image has not those of RDS; the network is the app's own, and everything is
 * encrypted.
 */
export function dbInitContainers(props: DbInitProps): ContainerDefinition[] {
  const { plan, host, port, masterUser, masterSecretArn, passwordArns, log, memoryMiB } = props;
  const container: ContainerDefinition = {
    name: "db-init",
    image: `${OFFICIAL_IMAGES}${postgresImage(Math.max(plan.major, OLDEST_CLIENT))}`,
    entryPoint: ["bash", "-c"],
    command: [readFileSync(join(projectRoot(), "modules/ecs/files/db-roles.sh"), "utf8")],
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
    user: "10001:10001",
    tmpfs: ["/tmp"],
    memoryMiB,
    log,
  };
  return [container];
}

/** A line "<role> <database> <variable>" for each role, with a database that it signs in to. */
function signInLines(plan: DatabasePlan): string {
  const first = new Map<string, string>();
  for (const database of databasesOf(plan)) {
    const role = ownerOf(plan, database);
    if (!first.has(role)) first.set(role, database);
  }
  return [...first]
    .map(([role, database]) => `${role} ${database} ${plan.ownRoles[database] ?? plan.passwordSecret}`)
    .join("\n");
}

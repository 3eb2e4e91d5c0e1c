import { Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import { AuroraCluster } from "../modules/data/aurora-cluster";
import { CacheGroup } from "../modules/data/cache-group";
import { DatabaseCredential } from "../modules/data/database-credential";
import { GeneratedSecret } from "../modules/data/generated-secret";
import type { ManagedDatabase } from "../modules/data/managed-database";
import { RdsInstance } from "../modules/data/rds-instance";
import { SuppliedSecret } from "../modules/data/supplied-secret";
import { DATABASE_PORT } from "../modules/containers/environment";
import type { SecretReferences } from "../modules/ecs/environment";
import { logicalId } from "../modules/naming/logical-ids";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { TierNetwork } from "../modules/network/tier-network";
import type { TierFirewalls } from "../modules/security/tier-firewalls";
import { isOn, type ResolvedApp } from "../modules/spec";
import { type GrowthVariables, SECRET_VALUES, SECRET_VERSIONS, suppliedSecrets } from "./growth-variables";

/** Version lines of ElastiCache that the engines of the specification stand for. */
const CACHE_VERSIONS = { valkey: "8.1", redis: "7.1" } as const;

/** The administrator of the database; only the job that makes roles signs in with it. */
export const MASTER_USER = "master";

/** Days in which a deleted secret of an app that keeps its data can be restored. */
const RECOVERY_DAYS = 30;

export interface DataProps {
  readonly names: PhysicalNames;
  readonly app: ResolvedApp;
  readonly network: TierNetwork;
  readonly firewalls: TierFirewalls;
  readonly variables: GrowthVariables;
}

/** The database that the app has of its own; undefined for any other. */
export function createDatabase(scope: Construct, props: DataProps): ManagedDatabase | undefined {
  const { names, app, network, firewalls, variables } = props;
  const { rds, database, observability } = app;
  if (variables.database === undefined || firewalls.databaseGroupId === undefined) return undefined;
  const { allowMajorUpgrade, instanceClass, multiAz, storageGiB, replicas } = variables.database;
  const protect = isOn(app.protect);
  const common = {
    names,
    subnetIds: network.databaseSubnetIds,
    securityGroupId: firewalls.databaseGroupId,
    major: database.major,
    allowMajorUpgrade,
    backupDays: rds.backupDays,
    protect,
    finalSnapshot: protect,
    encrypted: isOn(rds.encrypted),
    databaseName: "postgres",
    masterUser: MASTER_USER,
    logDays: observability.logDays,
  };
  if (rds.engine === "aurora-postgresql") {
    return new AuroraCluster(scope, "database", { ...common, acu: rds.capacity, readers: replicas ?? 0 });
  }
  return new RdsInstance(scope, "database", {
    ...common,
    instanceClass,
    storage: { gib: storageGiB, type: rds.storageType, maxGib: mostStorage(rds.maxStorageGiB, storageGiB) },
    multiAz,
    zone: rds.zone && `${app.region}${rds.zone}`,
    replicas,
  });
}

/** RDS refuses a limit that is not a tenth above the storage, which a variable may raise. */
const mostStorage = (maxGiB: number, storageGiB: number): number =>
  Token.asNumber(Fn.max([maxGiB, Fn.ceil(Op.mul(storageGiB, 1.1))]));

/** The cache or queue; undefined without one. */
export function createCache(scope: Construct, props: DataProps): CacheGroup | undefined {
  const { names, app, network, firewalls, variables } = props;
  const { cache, elasticache, observability } = app;
  if (variables.cache === undefined || firewalls.cacheGroupId === undefined) return undefined;
  return new CacheGroup(scope, "cache", {
    names,
    subnetIds: network.databaseSubnetIds,
    securityGroupId: firewalls.cacheGroupId,
    engine: cache.engine,
    version: CACHE_VERSIONS[cache.engine],
    nodeType: variables.cache.nodeType,
    replicas: variables.cache.replicas,
    use: cache.use,
    snapshotDays: elasticache.snapshotDays,
    tls: isOn(elasticache.tls),
    finalSnapshot: isOn(app.protect),
    logDays: observability.logDays,
  });
}

/** The app's secrets, and the credentials of the database's roles. */
export function createSecrets(
  scope: Construct,
  { names, app }: DataProps,
  database: ManagedDatabase | undefined,
): SecretReferences {
  const recoveryDays = isOn(app.protect) ? RECOVERY_DAYS : 0;
  const roles = rolesOf(app);
  const credentials: Record<string, DatabaseCredential> = {};
  const secrets: Record<string, string> = {};
  const supplied = suppliedSecrets(app);
  for (const [name, { bytes, encoding, carry }] of Object.entries(app.secrets)) {
    const id = logicalId("secret", name.toLowerCase());
    const role = roles[name];
    if (role !== undefined && database !== undefined) {
      credentials[name] = new DatabaseCredential(scope, id, {
        names,
        name,
        ...role,
        host: database.endpoint,
        port: DATABASE_PORT,
        bytes,
        encoding: encoding === "hex" ? "hex" : "base64url",
        recoveryDays,
      });
    } else if (supplied.includes(name)) {
      const where = { valuesVariable: SECRET_VALUES, versionsVariable: SECRET_VERSIONS };
      secrets[name] = new SuppliedSecret(scope, id, { names, name, carry, ...where, recoveryDays }).arn;
    } else {
      secrets[name] = new GeneratedSecret(scope, id, { names, name, bytes, encoding, recoveryDays }).arn;
    }
  }
  return { secrets, credentials };
}

/** The roles of the database by the secret of their password, each with the database that it signs in to. */
function rolesOf({ database }: ResolvedApp): Record<string, { user: string; database: string }> {
  if (database.mode !== "own") return {};
  return {
    [database.passwordSecret]: { user: database.user, database: database.name },
    ...Object.fromEntries(
      Object.entries(database.ownRoles).map(([name, secret]) => [secret, { user: name, database: name }]),
    ),
  };
}

/** A small stack of managed data in two zones, with the variables that a tier has. */
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { TerraformOutput, type TerraformStack, TerraformVariable } from "cdktf";
import { AuroraCluster } from "../../modules/data/aurora-cluster";
import { CacheGroup, type CacheGroupProps } from "../../modules/data/cache-group";
import type { ManagedDatabaseProps } from "../../modules/data/managed-database";
import { RdsInstance } from "../../modules/data/rds-instance";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { TEST_REGION } from "../helpers/synth";

export const NAMES = new PhysicalNames({ app: "shop", tier: "growth" });

/** What every database of the tests has. */
export const DATABASE: Omit<ManagedDatabaseProps, "subnetIds" | "securityGroupId"> = {
  names: NAMES,
  major: 17,
  allowMajorUpgrade: false,
  backupDays: 7,
  protect: false,
  finalSnapshot: true,
  encrypted: true,
  databaseName: "shop",
  masterUser: "shop_admin",
  logDays: 30,
};

export const CACHE: Omit<CacheGroupProps, "subnetIds" | "securityGroupId"> = {
  names: NAMES,
  engine: "valkey",
  version: "8.1",
  nodeType: "cache.t4g.micro",
  replicas: 0,
  use: "cache",
  snapshotDays: 1,
  tls: true,
  finalSnapshot: false,
  logDays: 30,
};

/** A variable of any type. */
export const variable = (stack: TerraformStack, name: string, type: string, value: unknown): TerraformVariable =>
  new TerraformVariable(stack, name, { type, default: value, nullable: false });

/** What a test changes of the stack. */
export interface Changes {
  readonly database?: Partial<ManagedDatabaseProps>;
  readonly cache?: Partial<CacheGroupProps>;
  /** Zones of the network. @default 2 */
  readonly zones?: number;
}

/** A network, an RDS instance, an Aurora cluster and a cache, each with the variables that change it. */
export const managedData =
  ({ database, cache, zones = 2 }: Changes = {}) =>
  (stack: TerraformStack): void => {
    const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.1.0.0/16" });
    const subnetIds = ["a", "b", "c"].slice(0, zones).map(
      (zone, i) =>
        new Subnet(stack, `subnet_${zone}`, {
          vpcId: vpc.id,
          cidrBlock: `10.1.${144 + i}.0/24`,
          availabilityZone: `${TEST_REGION}${zone}`,
        }).id,
    );
    const securityGroupId = new SecurityGroup(stack, "data", { name: "data", description: "Data", vpcId: vpc.id }).id;
    const common = { ...DATABASE, subnetIds, securityGroupId, ...database };
    const db = new RdsInstance(stack, "db", {
      ...common,
      instanceClass: variable(stack, "class", "string", "db.t4g.micro").stringValue,
      storage: { gib: variable(stack, "storage_gib", "number", 20).numberValue, type: "gp3", maxGib: 100 },
      multiAz: variable(stack, "multi_az", "bool", false).booleanValue,
      zone: `${TEST_REGION}a`,
      replicas: variable(stack, "replicas", "number", 0).numberValue,
    });
    const aurora = new AuroraCluster(stack, "aurora", {
      ...common,
      acu: { min: 0.5, max: variable(stack, "max_acu", "number", 2).numberValue },
      readers: variable(stack, "readers", "number", 0).numberValue,
    });
    const group = new CacheGroup(stack, "cache", {
      ...CACHE,
      subnetIds,
      securityGroupId,
      nodeType: variable(stack, "node_type", "string", "cache.t4g.micro").stringValue,
      replicas: variable(stack, "cache_replicas", "number", 0).numberValue,
      ...cache,
    });
    new TerraformOutput(stack, "places", {
      value: {
        db: [db.endpoint, db.readerEndpoint, db.masterSecretArn],
        aurora: [aurora.endpoint, aurora.readerEndpoint, aurora.masterSecretArn],
        cache: [group.endpoint, group.id],
      },
    });
  };

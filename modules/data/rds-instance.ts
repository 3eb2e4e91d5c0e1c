import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { conditional, type IResolvable, type ITerraformDependable, Token } from "cdktf";
import type { Construct } from "constructs";
import { fitName, NAME_LIMITS } from "../naming/lengths";
import { logicalId } from "../naming/logical-ids";
import { databaseFamily, instanceParameters } from "./database-parameters";
import { DATABASE_DEFAULTS, INSTANCE_DEFAULTS, ManagedDatabase, type ManagedDatabaseProps } from "./managed-database";
import { MasterSecret } from "./master-secret";

export interface RdsInstanceProps extends ManagedDatabaseProps {
  /** Such as db.t4g.micro, a text or a reference. A change restarts the database. */
  readonly instanceClass: string;
  readonly storage: {
    /** GiB, a number or a reference. It can grow in place, never shrink. */
    readonly gib: number;
    readonly type: "gp3" | "gp2";
    /** GiB up to which RDS grows it by itself, a number or a reference. @default - it does not */
    readonly maxGib?: number;
  };
  /** Whether a standby in another zone takes over; a boolean or a reference. */
  readonly multiAz: boolean | IResolvable;
  /** Zone of a database without standby. It counts when the database is made; later changes do nothing. @default - RDS chooses */
  readonly zone?: string;
  /**
   * Read replicas, a number or a reference. RDS makes none of a database whose administrator's password it manages, so with
   * this, even with 0, the password is generated here and not rotated. @default - never any; RDS manages the password
   */
  readonly replicas?: number;
}

/** Engine of the instance. */
const ENGINE = "postgres";
/** What it writes to CloudWatch Logs. */
const LOGS = ["postgresql", "upgrade"];
/** Characters that the number of a replica takes of its name. */
const REPLICA_NUMBER_LENGTH = 2;

/**
 * A private PostgreSQL of RDS: TLS only, encrypted, with automatic backups and storage that grows. RDS keeps the
 * administrator's password, unless there may be read replicas. Class, storage, standby and replicas change in place, the
 * major version too; encryption and the names of database and administrator do not.
 *
 * Cost in ap-southeast-1: db.t4g.micro $0.025 an hour ($18.25 a month), twice that with a standby; gp3 $0.138 per GB and
 * month ($2.76 for 20 GB); each replica as much as the database itself. Backups up to the size of the storage are free.
 */
export class RdsInstance extends ManagedDatabase {
  readonly endpoint: string;
  readonly port: number;
  readonly masterSecretArn: string;
  readonly identifier: string;
  readonly readerEndpoint: string;
  readonly resourceId: string;

  constructor(scope: Construct, id: string, props: RdsInstanceProps) {
    super(scope, id);
    const name = props.names.of("aws_db_instance", logicalId(id, "instance"), id);
    const parameterGroup = this.createParameterGroup(props).name;
    const master = props.replicas === undefined ? undefined : new MasterSecret(this, "master", props);
    const instance = this.createInstance(props, name, parameterGroup, master);
    this.endpoint = instance.address;
    this.port = DATABASE_DEFAULTS.port;
    this.masterSecretArn = master?.arn ?? instance.masterUserSecret.get(0).secretArn;
    this.identifier = instance.identifier;
    this.resourceId = instance.resourceId;
    this.readerEndpoint =
      props.replicas === undefined
        ? instance.address
        : this.createReplicas(props, props.replicas, instance, parameterGroup);
  }

  /** Its name holds the family: the group of another major version is made before the database leaves this one. */
  private createParameterGroup({ names, major, storage }: RdsInstanceProps): DbParameterGroup {
    const family = databaseFamily(ENGINE, major);
    const what = `${this.node.id}-${family}`;
    return new DbParameterGroup(this, "parameters", {
      name: names.of("aws_db_parameter_group", logicalId(this.node.id, "parameters"), what),
      description: "TLS only, logical replication, log of slow statements",
      family,
      parameter: [...instanceParameters(storage.gib)],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createInstance(
    props: RdsInstanceProps,
    name: string,
    parameterGroupName: string,
    master: MasterSecret | undefined,
  ): DbInstance {
    const { storage, zone, multiAz, protect } = props;
    const logGroups: ITerraformDependable[] = this.createLogGroups("instance", name, LOGS, props.logDays);
    return new DbInstance(this, "instance", {
      ...DATABASE_DEFAULTS,
      ...INSTANCE_DEFAULTS,
      ...this.lastSnapshot(name, props),
      identifier: name,
      engine: ENGINE,
      engineVersion: String(props.major),
      allowMajorVersionUpgrade: props.allowMajorUpgrade,
      instanceClass: props.instanceClass,
      allocatedStorage: storage.gib,
      maxAllocatedStorage: storage.maxGib,
      storageType: storage.type,
      storageEncrypted: props.encrypted,
      multiAz,
      availabilityZone: zone === undefined ? undefined : firstZone(zone, multiAz),
      dbSubnetGroupName: this.createSubnetGroup(props).name,
      vpcSecurityGroupIds: [props.securityGroupId],
      parameterGroupName,
      dbName: props.databaseName,
      username: props.masterUser,
      ...(master === undefined ? { manageMasterUserPassword: true } : master.credentials),
      backupRetentionPeriod: props.backupDays,
      deletionProtection: protect,
      enabledCloudwatchLogsExports: LOGS,
      dependsOn: logGroups,
      lifecycle: {
        preventDestroy: protect,
        // A failover moves the database to its standby's zone: Terraform would replace it to bring it back.
        ignoreChanges: zone === undefined ? undefined : ["availability_zone"],
      },
    });
  }

  /** The replicas. @returns the first one's name, or the database's own while there is none */
  private createReplicas(
    { names, instanceClass, encrypted, securityGroupId, storage }: RdsInstanceProps,
    count: number,
    source: DbInstance,
    parameterGroupName: string,
  ): string {
    const name = names.of("aws_db_instance", logicalId(this.node.id, "replica"), `${this.node.id}-replica`);
    const replica = new DbInstance(this, "replica", {
      ...DATABASE_DEFAULTS,
      ...INSTANCE_DEFAULTS,
      engineLifecycleSupport: undefined,
      identifier: `${fitName(name, NAME_LIMITS.aws_db_instance - REPLICA_NUMBER_LENGTH)}-\${count.index + 1}`,
      replicateSourceDb: source.identifier,
      instanceClass,
      maxAllocatedStorage: storage.maxGib,
      storageType: storage.type,
      storageEncrypted: encrypted,
      vpcSecurityGroupIds: [securityGroupId],
      parameterGroupName,
      backupRetentionPeriod: 0,
      skipFinalSnapshot: true,
      // As a text: from a reference cdktf would make an expression, which Terraform refuses here.
      lifecycle: { replaceTriggeredBy: [`aws_db_instance.${source.friendlyUniqueId}.resource_id`] },
    });
    replica.addOverride("count", Token.asAny(count));
    const first = `aws_db_instance.${replica.friendlyUniqueId}[0].address`;
    return `\${try(${first}, aws_db_instance.${source.friendlyUniqueId}.address)}`;
  }
}

/** RDS chooses both zones of a database with a standby, and refuses a wish. */
function firstZone(zone: string, multiAz: boolean | IResolvable): string | undefined {
  if (typeof multiAz === "boolean") return multiAz ? undefined : zone;
  return Token.asString(conditional(multiAz, Token.nullValue(), zone));
}

import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { fitName, NAME_LIMITS } from "../naming/lengths";
import { logicalId } from "../naming/logical-ids";
import { clusterInstanceParameters, clusterParameters, databaseFamily } from "./database-parameters";
import { DATABASE_DEFAULTS, INSTANCE_DEFAULTS, ManagedDatabase, type ManagedDatabaseProps } from "./managed-database";

export interface AuroraClusterProps extends ManagedDatabaseProps {
  /** Capacity of each instance in Aurora capacity units of about 2 GiB: numbers in halves, or references. */
  readonly acu: {
    /** What is always there; 0 with `autoPauseSeconds`. */
    readonly min: number;
    /** What it grows to under load. Connections follow from it. */
    readonly max: number;
    /**
     * Seconds without a connection after which the cluster stops, 300 to 86400. A service that keeps connections open never
     * lets it; the first connection afterwards waits about 15 seconds. Such a cluster has no logical replication.
     * @default - never
     */
    readonly autoPauseSeconds?: number;
  };
  /** Readers that may lag behind and take over from the writer, a number or a reference. */
  readonly readers: number;
}

/** Engine of cluster and instances. */
const ENGINE = "aurora-postgresql";
/** Class of an instance whose capacity follows its load. */
const SERVERLESS = "db.serverless";
/** What the cluster writes to CloudWatch Logs. */
const LOGS = ["postgresql"];
/** Readers take over in this order, and are as large as the writer at any time so that they can. */
const READER_TIER = 1;
/** Dashes and number beside the words of a name such as shop-growth-db-reader-1. */
const JOINTS_LENGTH = 3;

/**
 * A private Aurora PostgreSQL cluster (Serverless v2): one writer and as many readers as wanted, TLS only, encrypted, with
 * automatic backups; RDS keeps the administrator's password. Capacity, readers and the major version change in place;
 * subnets' group, encryption and the names of database and administrator do not.
 *
 * Cost in us-east-1: $0.12 an hour and unit of each instance, so $43.80 a month at a minimum of 0.5; storage $0.10 per GB
 * and month, $0.20 per million reads and writes. A cluster that pauses costs its storage alone while it does.
 */
export class AuroraCluster extends ManagedDatabase {
  readonly endpoint: string;
  readonly port: number;
  readonly masterSecretArn: string;
  readonly identifier: string;
  readonly readerEndpoint: string;
  readonly resourceId: string;

  constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id);
    const name = props.names.of("aws_rds_cluster", logicalId(id, "cluster"), id);
    const cluster = this.createCluster(props, name);
    this.createInstances(props, name, cluster);
    this.endpoint = cluster.endpoint;
    this.port = DATABASE_DEFAULTS.port;
    this.masterSecretArn = cluster.masterUserSecret.get(0).secretArn;
    this.identifier = cluster.clusterIdentifier;
    // Without readers Aurora answers with the writer.
    this.readerEndpoint = cluster.readerEndpoint;
    this.resourceId = cluster.clusterResourceId;
  }

  private createCluster(props: AuroraClusterProps, name: string): RdsCluster {
    const { acu, protect } = props;
    return new RdsCluster(this, "cluster", {
      ...DATABASE_DEFAULTS,
      ...this.lastSnapshot(name, props),
      clusterIdentifier: name,
      engine: ENGINE,
      engineVersion: String(props.major),
      allowMajorVersionUpgrade: props.allowMajorUpgrade,
      serverlessv2ScalingConfiguration: {
        minCapacity: acu.min,
        maxCapacity: acu.max,
        secondsUntilAutoPause: acu.autoPauseSeconds,
      },
      storageEncrypted: props.encrypted,
      dbSubnetGroupName: this.createSubnetGroup(props).name,
      vpcSecurityGroupIds: [props.securityGroupId],
      dbClusterParameterGroupName: this.createClusterParameters(props).name,
      databaseName: props.databaseName,
      masterUsername: props.masterUser,
      manageMasterUserPassword: true,
      backupRetentionPeriod: props.backupDays,
      deletionProtection: protect,
      enabledCloudwatchLogsExports: LOGS,
      dependsOn: this.createLogGroups("cluster", name, LOGS, props.logDays),
      lifecycle: { preventDestroy: protect },
    });
  }

  private createClusterParameters({ names, major, acu }: AuroraClusterProps): RdsClusterParameterGroup {
    const pauses = acu.autoPauseSeconds !== undefined;
    return new RdsClusterParameterGroup(this, "parameters", {
      name: names.of(
        "aws_rds_cluster_parameter_group",
        logicalId(this.node.id, "parameters"),
        `${this.node.id}-${databaseFamily(ENGINE, major)}`,
      ),
      description: pauses ? "TLS only" : "TLS only, logical replication",
      family: databaseFamily(ENGINE, major),
      parameter: [...clusterParameters(pauses)],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** The group of the instances is there from the start: giving them one later means a restart. */
  private createInstanceParameters({ names, major }: AuroraClusterProps): DbParameterGroup {
    return new DbParameterGroup(this, "instance_parameters", {
      name: names.of(
        "aws_db_parameter_group",
        logicalId(this.node.id, "instance_parameters"),
        `${this.node.id}-instances-${databaseFamily(ENGINE, major)}`,
      ),
      description: "Log of slow statements",
      family: databaseFamily(ENGINE, major),
      parameter: [...clusterInstanceParameters()],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createInstances(props: AuroraClusterProps, clusterName: string, cluster: RdsCluster): void {
    const settings = {
      ...INSTANCE_DEFAULTS,
      applyImmediately: DATABASE_DEFAULTS.applyImmediately,
      copyTagsToSnapshot: DATABASE_DEFAULTS.copyTagsToSnapshot,
      // By its id, which is not known while another cluster of the same name comes: its instances then come anew too.
      clusterIdentifier: cluster.id,
      engine: ENGINE,
      instanceClass: SERVERLESS,
      dbParameterGroupName: this.createInstanceParameters(props).name,
    };
    const named = (suffix: string): string => {
      const room = NAME_LIMITS.aws_db_instance - suffix.length - JOINTS_LENGTH;
      return `${fitName(clusterName, room)}-${suffix}`;
    };
    const writer = new RdsClusterInstance(this, "writer", {
      ...settings,
      identifier: named("writer"),
      promotionTier: 0,
      lifecycle: { preventDestroy: props.protect },
    });
    const reader = new RdsClusterInstance(this, "reader", {
      ...settings,
      identifier: `${named("reader")}-\${count.index + 1}`,
      promotionTier: READER_TIER,
      // The first instance of a cluster becomes its writer.
      dependsOn: [writer],
    });
    reader.addOverride("count", Token.asAny(props.readers));
  }
}

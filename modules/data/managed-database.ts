import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { Id } from "@cdktf/provider-random/lib/id";
import type { IResolvable } from "cdktf";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

/** What both kinds of managed database take. */
export interface ManagedDatabaseProps {
  readonly names: PhysicalNames;
  /** Subnets of at least two zones, which RDS asks for even when the database lives in one. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** PostgreSQL major version; RDS keeps the minor version. */
  readonly major: number;
  /** Whether a change of `major` may be carried out; RDS refuses it otherwise. A boolean or a reference. */
  readonly allowMajorUpgrade: boolean | IResolvable;
  /** Days of automatic backups, 1 to 35: a restore reaches any second within them. */
  readonly backupDays: number;
  /** Whether the database refuses to be destroyed, by Terraform and by RDS. */
  readonly protect: boolean;
  /** Whether a last snapshot is made when it is destroyed. */
  readonly finalSnapshot: boolean;
  /** Whether the storage is encrypted, with RDS's own key. A change replaces the database. */
  readonly encrypted: boolean;
  /** Database that exists from the start. */
  readonly databaseName: string;
  /** Administrator, for the job that makes roles and databases; no service signs in with it. */
  readonly masterUser: string;
  /** Days that its log is kept, a number that CloudWatch Logs knows. */
  readonly logDays: number;
}

/** Port of PostgreSQL. */
const POSTGRESQL_PORT = 5432;

/** Settings that every managed database has. */
export const DATABASE_DEFAULTS = {
  port: POSTGRESQL_PORT,
  copyTagsToSnapshot: true,
  // A version that is past its end costs more than the database itself, unless it is left out of extended support.
  engineLifecycleSupport: "open-source-rds-extended-support-disabled",
  // What a person applies happens now, not in a window at night.
  applyImmediately: true,
} as const;

/** Settings of every instance: minor versions come by themselves, and seven days of Performance Insights are free. */
export const INSTANCE_DEFAULTS = {
  autoMinorVersionUpgrade: true,
  caCertIdentifier: "rds-ca-rsa2048-g1",
  publiclyAccessible: false,
  performanceInsightsEnabled: true,
  performanceInsightsRetentionPeriod: 7,
} as const;

/** What an RDS instance and an Aurora cluster have in common: subnets, log groups, the name of the last snapshot. */
export abstract class ManagedDatabase extends Construct {
  /** Name that clients connect to. */
  abstract readonly endpoint: string;
  abstract readonly port: number;
  /** Secret with the administrator's `username` and `password` as JSON. */
  abstract readonly masterSecretArn: string;
  /** Name of the instance or cluster, as CloudWatch's dimensions have it. */
  abstract readonly identifier: string;
  /** Name for reads that may lag behind; the first endpoint while there is no replica. */
  abstract readonly readerEndpoint: string;
  /** Name that policies of IAM know the database by. */
  abstract readonly resourceId: string;

  protected createSubnetGroup({ names, subnetIds }: ManagedDatabaseProps): DbSubnetGroup {
    return new DbSubnetGroup(this, "subnets", {
      name: names.of("aws_db_subnet_group", logicalId(this.node.id, "subnets"), this.node.id),
      description: "Subnets of the database",
      subnetIds: [...subnetIds],
    });
  }

  /** The log groups that RDS writes to. RDS would make them itself, without an end to what they keep. */
  protected createLogGroups(kind: "instance" | "cluster", name: string, logs: readonly string[], days: number) {
    return logs.map(
      (log) =>
        new CloudwatchLogGroup(this, `log_${log}`, { name: `/aws/rds/${kind}/${name}/${log}`, retentionInDays: days }),
    );
  }

  /** The last snapshot outlives the stack, so its name must differ from that of an earlier stack of the same name. */
  protected lastSnapshot(name: string, { finalSnapshot }: ManagedDatabaseProps) {
    if (!finalSnapshot) return { skipFinalSnapshot: true };
    const suffix = new Id(this, "final_snapshot", { byteLength: 4 });
    return { skipFinalSnapshot: false, finalSnapshotIdentifier: `${name}-final-${suffix.hex}` };
  }
}

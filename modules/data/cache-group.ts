import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { ElasticacheParameterGroup } from "@cdktf/provider-aws/lib/elasticache-parameter-group";
import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group";
import { Id } from "@cdktf/provider-random/lib/id";
import { Op, Token } from "cdktf";
import { Construct } from "constructs";
import { fitName, NAME_LIMITS } from "../naming/lengths";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import { type CacheEngine, cacheFamily, cacheParameters, type CacheUse } from "./cache-parameters";

export interface CacheGroupProps {
  readonly names: PhysicalNames;
  /** Subnets of at least two zones, so that replicas can live apart. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly engine: CacheEngine;
  /** Version line of ElastiCache: "8.1" of Valkey, "7.1" of Redis. */
  readonly version: string;
  /** Such as cache.t4g.micro, a text or a reference. */
  readonly nodeType: string;
  /** Replicas, a number or a reference: with one or more a replica in another zone takes over from the primary. */
  readonly replicas: number;
  readonly use: CacheUse;
  /** Days that daily snapshots are kept; 0 takes none. */
  readonly snapshotDays: number;
  /** Whether connections are encrypted. */
  readonly tls: boolean;
  /** Whether a last snapshot is made when the group is destroyed. */
  readonly finalSnapshot: boolean;
  /** Days that its logs are kept, a number that CloudWatch Logs knows. */
  readonly logDays: number;
}

/** Port of Valkey and Redis. */
const PORT = 6379;
const LOGS = ["slow-log", "engine-log"] as const;
/** Groups of this prefix need no entry in the account's resource policy of logs, which has room for few. */
const LOG_PREFIX = "/aws/vendedlogs/elasticache";
/** Characters that "-final-" and eight random digits take of a snapshot's name, and the most that it may have. */
const FINAL_LENGTH = 15;
const SNAPSHOT_NAME_LENGTH = 40;

/**
 * Valkey or Redis as a replication group, also with one node: only a group can get replicas later. Whoever its security
 * group lets in needs no password: Terraform could give one only by way of its state. Node type, replicas, snapshots and
 * newer versions change in place, Redis to Valkey too; an older version, or Valkey to Redis, replaces the group.
 *
 * A queue refuses writes when its memory is full, where a cache evicts what was not used for longest. ElastiCache keeps
 * nothing on disk between snapshots: a queue that must lose nothing has a replica.
 *
 * Cost of a node cache.t4g.micro, for each replica again: Valkey $0.0128 (us-east-1) to $0.0192 (ap-southeast-1) an hour,
 * $9.34 to $14.02 a month; Redis a quarter more. One snapshot is free, others $0.085 per GB and month.
 */
export class CacheGroup extends Construct {
  /** Name of the primary, which stays when a replica takes over. */
  readonly endpoint: string;
  readonly port: number;
  /** Name of the group, as CloudWatch's dimensions have it without the number of a node. */
  readonly id: string;

  constructor(scope: Construct, id: string, props: CacheGroupProps) {
    super(scope, id);
    const name = props.names.of("aws_elasticache_replication_group", logicalId(id, "group"), id);
    const group = new ElasticacheReplicationGroup(this, "group", {
      replicationGroupId: name,
      description: props.use === "queue" ? "Queue of the app" : "Cache of the app",
      engine: props.engine,
      engineVersion: props.version,
      nodeType: props.nodeType,
      port: PORT,
      ...this.nodes(props.replicas),
      parameterGroupName: this.createParameters(props).name,
      subnetGroupName: this.createSubnetGroup(props).name,
      securityGroupIds: [props.securityGroupId],
      atRestEncryptionEnabled: "true",
      transitEncryptionEnabled: props.tls,
      autoMinorVersionUpgrade: "true",
      // What a person applies happens now: a failover could not be turned on before its replica otherwise.
      applyImmediately: true,
      snapshotRetentionLimit: props.snapshotDays,
      finalSnapshotIdentifier: this.lastSnapshot(name, props),
      logDeliveryConfiguration: this.createLogs(name, props),
    });
    this.endpoint = group.primaryEndpointAddress;
    this.port = PORT;
    this.id = group.replicationGroupId;
  }

  /** AWS refuses failover and several zones without a replica, so both come and go with the first one. */
  private nodes(replicas: number) {
    const hasReplica = Op.gte(replicas, 1);
    return {
      numCacheClusters: Token.asNumber(Op.add(replicas, 1)),
      automaticFailoverEnabled: hasReplica,
      multiAzEnabled: hasReplica,
    };
  }

  /** Its name holds the family: the group of another version is made before the cache leaves this one. */
  private createParameters({ names, engine, version, use }: CacheGroupProps): ElasticacheParameterGroup {
    const family = cacheFamily(engine, version);
    const what = `${this.node.id}-${family.replaceAll(".", "-")}-${use}`;
    return new ElasticacheParameterGroup(this, "parameters", {
      name: names.of("aws_elasticache_parameter_group", logicalId(this.node.id, "parameters"), what),
      description: use === "queue" ? "Refuses writes when memory is full" : "Evicts what was not used for longest",
      family,
      parameter: [...cacheParameters(use)],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createSubnetGroup({ names, subnetIds }: CacheGroupProps): ElasticacheSubnetGroup {
    return new ElasticacheSubnetGroup(this, "subnets", {
      name: names.of("aws_elasticache_subnet_group", logicalId(this.node.id, "subnets"), this.node.id),
      description: "Subnets of the cache",
      subnetIds: [...subnetIds],
    });
  }

  /** The last snapshot outlives the stack, so its name must differ from that of an earlier stack of the same name. */
  private lastSnapshot(name: string, { finalSnapshot }: CacheGroupProps): string | undefined {
    if (!finalSnapshot) return undefined;
    const suffix = new Id(this, "final_snapshot", { byteLength: 4 });
    return `${fitName(name, SNAPSHOT_NAME_LENGTH - FINAL_LENGTH)}-final-${suffix.hex}`;
  }

  private createLogs(name: string, { logDays }: CacheGroupProps) {
    return LOGS.map((log) => ({
      logType: log,
      logFormat: "json",
      destinationType: "cloudwatch-logs",
      destination: new CloudwatchLogGroup(this, logicalId(log), {
        name: fitName(`${LOG_PREFIX}/${name}/${log}`, NAME_LIMITS.aws_cloudwatch_log_group),
        retentionInDays: logDays,
      }).name,
    }));
  }
}

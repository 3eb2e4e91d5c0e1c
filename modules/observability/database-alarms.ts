import { share } from "../terraform/numbers";
import type { AlarmSpec } from "./alarm";
import { FIVE_MINUTES_TWICE } from "./alarm-periods";

interface CommonInput {
  /** Connections that the server allows at most, by its size; may be a reference. */
  readonly maxConnections: number;
}

/** An RDS instance. */
export interface InstanceAlarmInput extends CommonInput {
  readonly engine: "postgres";
  /** Identifier of the instance, as a reference. */
  readonly identifier: string;
  /** Storage that it began with, GiB; may be a reference. */
  readonly storageGiB: number;
  /** Whether its class earns CPU credits (T3, T4g). */
  readonly burstable: boolean;
}

/** An Aurora Serverless v2 cluster. */
export interface ClusterAlarmInput extends CommonInput {
  readonly engine: "aurora-postgresql";
  /** Identifier of the cluster, as a reference. */
  readonly identifier: string;
}

export type DatabaseAlarmInput = InstanceAlarmInput | ClusterAlarmInput;

/** The alarms of the database, in the order of the dashboard. */
export function databaseAlarms(input: DatabaseAlarmInput): readonly AlarmSpec[] {
  const both = [cpu(input), connections(input), memory(input)];
  return input.engine === "postgres"
    ? [...both, storage(input), ...(input.burstable ? [credits(input)] : [])]
    : [...both, capacity(input)];
}

const ofDatabase = ({ engine, identifier }: DatabaseAlarmInput): Pick<AlarmSpec, "namespace" | "dimensions"> => ({
  namespace: "AWS/RDS",
  dimensions:
    engine === "postgres"
      ? { DBInstanceIdentifier: identifier }
      : // By role, as the Aurora User Guide ("Creating CloudWatch alarms") says: instances change theirs in a failover, and
        // an average with idle readers would hide a full writer.
        { DBClusterIdentifier: identifier, Role: "WRITER" },
});

/**
 * A database that reports nothing is stopped, being restored, or an Aurora cluster that paused: its users fail, and the
 * alarms on errors tell that. Numbers that are not there say nothing about CPU, memory or storage.
 */
const SILENT = "missing";

function cpu(input: DatabaseAlarmInput): AlarmSpec {
  return {
    key: "database-cpu",
    title: "CPU of the database",
    description:
      "The database used more than 80 % of its CPU for ten minutes. Look at its top queries in Database Insights: a missing " +
      "index is the usual reason. If the work is as it should be, take a larger class or more capacity.",
    ...ofDatabase(input),
    metric: "CPUUtilization",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 80,
    comparison: "GreaterThanThreshold",
    treatMissing: SILENT,
    unit: "%",
  };
}

/** The metric is a number of connections, not a share: 80 % of what the server allows is where new ones soon fail. */
function connections(input: DatabaseAlarmInput): AlarmSpec {
  return {
    key: "database-connections",
    title: "Connections of the database",
    description:
      "More than 80 % of the database's connections were taken for ten minutes; at 100 % services cannot connect. Look at " +
      "pg_stat_activity for idle ones: lower the pools of the services (pool size times most tasks must stay below), or take " +
      "a larger class, which allows more.",
    ...ofDatabase(input),
    metric: "DatabaseConnections",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: share(input.maxConnections, 0.8),
    comparison: "GreaterThanThreshold",
    treatMissing: SILENT,
    unit: "connections",
  };
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** 100 MiB: a tenth of the smallest class. Below that, PostgreSQL's sessions push its own cache out of memory. */
function memory(input: DatabaseAlarmInput): AlarmSpec {
  return {
    key: "database-memory",
    title: "Free memory of the database",
    description:
      "The database had less than 100 MiB of memory left for ten minutes. Every connection takes some: look at how many " +
      "there are, and at work_mem. If both are as they should be, take a larger class or more capacity.",
    ...ofDatabase(input),
    metric: "FreeableMemory",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 100 * MIB,
    comparison: "LessThanThreshold",
    treatMissing: SILENT,
    unit: "bytes",
  };
}

/**
 * 20 % of the storage that the instance began with. RDS grows storage by itself below 10 %, up to the limit that is set,
 * so an alarm that stays says that the limit is reached.
 */
function storage(input: InstanceAlarmInput): AlarmSpec {
  return {
    key: "database-storage",
    title: "Free storage of the database",
    description:
      "The database has less free storage than a fifth of what it began with; it stops when it is full. RDS grows it below " +
      "10 %, up to the most that is allowed. Raise that limit if it is reached. If the storage fills without new rows, look at " +
      "pg_replication_slots: an abandoned slot keeps the log.",
    ...ofDatabase(input),
    metric: "FreeStorageSpace",
    statistic: "Minimum",
    ...FIVE_MINUTES_TWICE,
    threshold: share(input.storageGiB, 0.2 * GIB),
    comparison: "LessThanThreshold",
    treatMissing: SILENT,
    unit: "bytes",
  };
}

/**
 * RDS runs burstable classes in the mode "unlimited" (RDS User Guide, "DB instance class types"): without credits they stay
 * fast and cost money. A new micro earns 12 an hour and begins with none, so it has 20 after 100 of the 120 minutes.
 */
function credits(input: InstanceAlarmInput): AlarmSpec {
  return {
    key: "database-credits",
    title: "CPU credits of the database",
    description:
      "For two hours the database had fewer than 20 CPU credits (20 minutes of one processor). It stays fast, and what it uses " +
      "beyond its baseline is billed from now on. Look at its top queries; if that is its normal work, a class of fixed " +
      "performance (db.m or db.r) is cheaper.",
    ...ofDatabase(input),
    metric: "CPUCreditBalance",
    statistic: "Average",
    periodSeconds: 300,
    evaluationPeriods: 24,
    threshold: 20,
    comparison: "LessThanThreshold",
    // Also what a class without credits sends, after the variable chose one.
    treatMissing: SILENT,
    unit: "credits",
  };
}

/** 90 %: the cluster has scaled as far as it may, and the next peak is slow. */
function capacity(input: ClusterAlarmInput): AlarmSpec {
  return {
    key: "database-capacity",
    title: "Capacity of the database",
    description:
      "The Aurora cluster used more than 90 % of its most capacity units for ten minutes, so it cannot grow with the next " +
      "peak. Look at its top queries, or raise rds.capacity.max and apply: it changes in place.",
    ...ofDatabase(input),
    metric: "ACUUtilization",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 90,
    comparison: "GreaterThanThreshold",
    treatMissing: SILENT,
    unit: "%",
  };
}

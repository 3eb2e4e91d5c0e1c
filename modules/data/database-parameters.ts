import { Fn, Token } from "cdktf";
import { share } from "../terraform/numbers";

/** What the stack runs its database on. */
export type DatabaseEngine = "postgres" | "aurora-postgresql";

/** One parameter of a parameter group, as RDS names it. */
export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  /** RDS takes a static parameter with "pending-reboot" only; a new database starts with it. */
  readonly applyMethod: "immediate" | "pending-reboot";
}

/** Parameter group family of a major version, such as postgres17. */
export const databaseFamily = (engine: DatabaseEngine, major: number): string => `${engine}${major}`;

/**
 * Connections with TLS only. RDS's own default is on from PostgreSQL 15 and Aurora's from 17, so it is set for both.
 * Source: Amazon RDS User Guide, "Using SSL with a PostgreSQL DB instance".
 */
const TLS_ONLY: DatabaseParameter = { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" };

/**
 * Logical replication, so that a move to or from another tier needs no restart. The parameter is static.
 * Source: Amazon RDS User Guide, "Performing logical replication for Amazon RDS for PostgreSQL".
 */
const LOGICAL_REPLICATION: DatabaseParameter = {
  name: "rds.logical_replication",
  value: "1",
  applyMethod: "pending-reboot",
};

/** What the log tells: statements of a second and more, waits for locks, sorts of 10 MiB and more that went to disk (kB). */
const LOGGING: readonly DatabaseParameter[] = [
  { name: "log_min_duration_statement", value: "1000", applyMethod: "immediate" },
  { name: "log_lock_waits", value: "1", applyMethod: "immediate" },
  { name: "log_temp_files", value: "10240", applyMethod: "immediate" },
];

/** Most write-ahead log that a replication slot may hold back, in MiB. */
const MOST_SLOT_MIB = 51_200;

/** Parameters of an RDS instance; its storage in GiB, a number or a reference. */
export function instanceParameters(storageGiB: number): readonly DatabaseParameter[] {
  const slots: DatabaseParameter = {
    name: "max_slot_wal_keep_size",
    value: slotMiB(storageGiB),
    applyMethod: "immediate",
  };
  return [TLS_ONLY, LOGICAL_REPLICATION, slots, ...LOGGING];
}

/** A tenth of the storage, so that a forgotten replication slot can never fill it and stop the database. */
function slotMiB(storageGiB: number): string {
  const tenth = share(storageGiB, 102.4);
  return Token.isUnresolved(tenth)
    ? Token.asString(Fn.min([MOST_SLOT_MIB, tenth]))
    : String(Math.min(MOST_SLOT_MIB, tenth));
}

/**
 * Parameters of an Aurora cluster. One that pauses goes without logical replication, which keeps it awake: a move to
 * another tier has to turn the parameter on first, and restart the database for it.
 * Source: Aurora User Guide, "Scaling to zero ACUs with automatic pause and resume", when an instance does not pause.
 */
export const clusterParameters = (pauses: boolean): readonly DatabaseParameter[] =>
  pauses ? [TLS_ONLY] : [TLS_ONLY, LOGICAL_REPLICATION];

/** Parameters of each instance of an Aurora cluster. */
export const clusterInstanceParameters = (): readonly DatabaseParameter[] => LOGGING;

/** What PostgreSQL's settings follow from. */
export interface PostgresSize {
  /** Memory limit of the container in MiB. */
  readonly memoryMiB: number;
  readonly maxConnections: number;
  /** Size of the data volume in GiB. */
  readonly dataGiB: number;
}

/** Memory settings in MiB. */
export interface PostgresMemory {
  readonly sharedBuffers: number;
  readonly effectiveCacheSize: number;
  readonly workMem: number;
  readonly maintenanceWorkMem: number;
  /** Size of /dev/shm: parallel queries exchange rows there, and Docker's default of 64 MiB is too little. */
  readonly sharedMemory: number;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, Math.floor(value)));

/**
 * A quarter of the container for PostgreSQL's own buffers, three quarters as the planner's view of the cache (both as the
 * PostgreSQL manual advises); what the buffers leave is spread over the connections, three sorts each.
 */
export function postgresMemory({ memoryMiB, maxConnections }: Omit<PostgresSize, "dataGiB">): PostgresMemory {
  const sharedBuffers = clamp(memoryMiB / 4, 64, 16384);
  return {
    sharedBuffers,
    effectiveCacheSize: clamp((memoryMiB * 3) / 4, 128, 65536),
    workMem: clamp((memoryMiB - sharedBuffers) / (maxConnections * 3), 1, 64),
    maintenanceWorkMem: clamp(memoryMiB / 16, 16, 1024),
    sharedMemory: clamp(memoryMiB / 4, 64, 4096),
  };
}

/** Write-ahead log on disk, in MiB. */
export interface PostgresWal {
  /** Checkpoints come when this much has been written. */
  readonly maxWalSize: number;
  /** A replication slot that is further behind than this is given up, before it fills the volume. */
  readonly maxSlotWalKeepSize: number;
}

/** A tenth of the data volume for each of the two at most, so that a forgotten slot can never stop the database. */
export function postgresWal({ dataGiB }: Pick<PostgresSize, "dataGiB">): PostgresWal {
  const tenth = (dataGiB * 1024) / 10;
  return { maxWalSize: clamp(tenth, 64, 4096), maxSlotWalKeepSize: clamp(tenth, 64, 51200) };
}

/** PostgreSQL's settings in the order in which they are passed. */
export function postgresSettings(size: PostgresSize): Readonly<Record<string, string>> {
  const memory = postgresMemory(size);
  const wal = postgresWal(size);
  return {
    max_connections: String(size.maxConnections),
    shared_buffers: `${memory.sharedBuffers}MB`,
    effective_cache_size: `${memory.effectiveCacheSize}MB`,
    work_mem: `${memory.workMem}MB`,
    maintenance_work_mem: `${memory.maintenanceWorkMem}MB`,
    // gp3 answers a random read about as fast as a sequential one.
    random_page_cost: "1.1",
    effective_io_concurrency: "200",
    // Logical replication, so that a later move to another tier needs no restart.
    wal_level: "logical",
    max_wal_senders: "10",
    max_replication_slots: "10",
    max_wal_size: `${wal.maxWalSize}MB`,
    max_slot_wal_keep_size: `${wal.maxSlotWalKeepSize}MB`,
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
    log_line_prefix: "%m [%p] %q%u@%d ",
    log_min_duration_statement: "1s",
    log_checkpoints: "on",
    log_lock_waits: "on",
    log_temp_files: "10MB",
    log_autovacuum_min_duration: "10s",
  };
}

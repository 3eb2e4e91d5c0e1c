/**
 * Metrics that a host reports about itself every few minutes, into its stack's own namespace. EC2 sees neither disks nor
 * memory nor backups, so the alarms on these depend on what the host sends. Each series is a custom metric and costs
 * $0.30 a month beyond the 10 that are free in an account: five of them are $0.00 to $1.50.
 */
export const HOST_METRICS = {
  /** Used space of a file system in percent. Dimensions: {@link HOST_DIMENSIONS.stack}, {@link HOST_DIMENSIONS.mount}. */
  diskUsed: "DiskUsedPercent",
  /** Memory that is not available to programs, in percent. Dimension: stack. */
  memoryUsed: "MemoryUsedPercent",
  /**
   * Seconds since the last backup that was verified, or since the host's data volume was first set up while there is
   * none. Dimension: stack. Where a task makes the backups, it sends this at the end of each and never between.
   */
  backupAge: "BackupAgeSeconds",
  /** Seconds since the last restore drill that passed, or since the data volume was first set up. Dimension: stack. */
  restoreDrillAge: "RestoreDrillAgeSeconds",
} as const;

/** Names of the dimensions of {@link HOST_METRICS}. */
export const HOST_DIMENSIONS = {
  /** The stack, such as "shop-mvp". */
  stack: "Stack",
  /** Which file system: one of {@link HOST_MOUNTS}. */
  mount: "Mount",
} as const;

/** Values of the mount dimension: the volume that survives the instance, and the instance's own disk. */
export const HOST_MOUNTS = ["data", "root"] as const;

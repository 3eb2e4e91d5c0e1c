import type { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { ClosedBucket } from "./closed-bucket";

export interface BackupBucketProps {
  readonly names: PhysicalNames;
  /** Whether the bucket refuses to be destroyed. */
  readonly protect: boolean;
  /** Days after which an older version goes. */
  readonly noncurrentDays: number;
  /** Newest older versions that stay whatever their age. */
  readonly keepNoncurrent: number;
}

/** Days that a dump may wait in staging before it counts as abandoned. */
const STAGING_DAYS = 2;

/**
 * The bucket of backups and host configuration: versioned, encrypted, TLS only, closed to the public. A verified dump
 * overwrites one key per database, so the current version of a dump never expires; older versions go after
 * `noncurrentDays`, but the newest `keepNoncurrent` always stay. Only `staging/` expires by age, with all its versions.
 *
 * Cost: $0.023 to $0.025 per GB and month, by region.
 */
export class BackupBucket extends ClosedBucket {
  static readonly backupPrefix = "backups/";
  static readonly stagingPrefix = "staging/";
  static readonly configPrefix = "host/";

  constructor(scope: Construct, id: string, { names, ...retention }: BackupBucketProps) {
    super(scope, id, {
      ...retention,
      name: { literal: names.literal("backups_bucket"), start: `${names.prefix}-backups` },
      rules: [
        {
          id: "staging",
          status: "Enabled",
          filter: [{ prefix: BackupBucket.stagingPrefix }],
          expiration: [{ days: STAGING_DAYS }],
          // The shorter of two rules wins, so what was overwritten or expired in staging is not kept like a backup.
          noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
        },
      ],
    });
  }
}

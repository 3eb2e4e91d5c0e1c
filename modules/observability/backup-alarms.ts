import type { AlarmSpec } from "./alarm";
import { HOST_DIMENSIONS, HOST_METRICS } from "./host-metrics";

/** What the alarm of backups that a scheduled task makes depends on. */
export interface BackupAlarmInput {
  /** Hours without a verified dump until the alarm rings; 168 at most. */
  readonly maxAgeHours: number;
  /** Value of the stack dimension, such as "shop-growth". */
  readonly stack: string;
  /** Namespace that the task reports into. */
  readonly metricNamespace: string;
}

const HOUR = 3600;

/**
 * The alarm on the age of the last verified backup. Where a host reports the age every few minutes, a task reports it once,
 * at the end of a backup that was published. So all hours of the allowed age are looked at, and the alarm rings when none
 * of them has a report: every hour without one counts as bad, and one good hour among them is enough. That includes a
 * stack that was just made, until its first backup.
 */
export function backupAlarms({ maxAgeHours, stack, metricNamespace }: BackupAlarmInput): readonly AlarmSpec[] {
  return [
    {
      key: "backup-age",
      title: "Age of the last verified backup",
      description:
        `No backup was verified in the last ${maxAgeHours} hours. On a new stack this clears with the first backup: make ` +
        "one, tiers backup now. Otherwise read the log of the backup's last tasks; if there is none, look at the schedule. " +
        "Make a backup by hand, and only then look for the cause.",
      namespace: metricNamespace,
      metric: HOST_METRICS.backupAge,
      dimensions: { [HOST_DIMENSIONS.stack]: stack },
      statistic: "Maximum",
      periodSeconds: HOUR,
      evaluationPeriods: maxAgeHours,
      threshold: maxAgeHours * HOUR,
      comparison: "GreaterThanThreshold",
      // A backup that nobody hears of must never look fine.
      treatMissing: "breaching",
      unit: "seconds",
    },
  ];
}

import type { ResolvedApp } from "../spec";
import type { AlarmSpec } from "./alarm";
import { HOST_DIMENSIONS, HOST_METRICS, HOST_MOUNTS } from "./host-metrics";

/** What the alarms of a host depend on. */
export interface HostAlarmInput {
  readonly app: {
    readonly backup: Pick<ResolvedApp["backup"], "maxAgeHours" | "drillMaxAgeDays">;
    readonly database: Pick<ResolvedApp["database"], "mode">;
    readonly host: Pick<ResolvedApp["host"], "burstable" | "cpuCredits" | "spot">;
  };
  /** The instance, as a reference. */
  readonly instanceId: string;
  /** Value of the stack dimension, such as "shop-mvp". */
  readonly stack: string;
  /** Namespace that the host reports its own metrics into. */
  readonly metricNamespace: string;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Five minutes twice: EC2 reports every five minutes, and one bad period is often only a deployment. */
const FIVE_MINUTES_TWICE = { periodSeconds: 300, evaluationPeriods: 2 } as const;

/** One hour twice: ages grow slowly, and a short stop of the host is told by the status check already. */
const ONE_HOUR_TWICE = { periodSeconds: HOUR, evaluationPeriods: 2 } as const;

/** Every alarm of a tier that runs on one instance, in the order of its dashboard. */
export function hostAlarms(input: HostAlarmInput): readonly AlarmSpec[] {
  return [
    statusCheck(input),
    cpu(input),
    ...cpuCredits(input),
    memory(input),
    ...HOST_MOUNTS.map((mount) => disk(input, mount)),
    ...backups(input),
  ];
}

const ofInstance = ({ instanceId }: HostAlarmInput) => ({
  namespace: "AWS/EC2",
  dimensions: { InstanceId: instanceId },
});

const ofStack = ({ metricNamespace, stack }: HostAlarmInput) => ({
  namespace: metricNamespace,
  dimensions: { [HOST_DIMENSIONS.stack]: stack },
});

/** A stopped instance sends no status checks, so silence here means that the host is down. */
function statusCheck(input: HostAlarmInput): AlarmSpec {
  const whenStopped = input.app.host.spot
    ? "If a Spot interruption stopped it, EC2 starts it again when there is capacity: do not start it by hand."
    : "If it is stopped, start it.";
  return {
    key: "status-check",
    title: "Status check",
    description:
      "The host or the hardware below it fails EC2's status checks, or (state INSUFFICIENT_DATA) the host is not running. " +
      `Look at the instance's state and status checks in EC2. ${whenStopped} ` +
      "If it runs and a check fails, stop and start it: it moves to other hardware and keeps its address and data.",
    ...ofInstance(input),
    metric: "StatusCheckFailed",
    statistic: "Maximum",
    periodSeconds: 60,
    evaluationPeriods: 2,
    threshold: 1,
    comparison: "GreaterThanOrEqualToThreshold",
    treatMissing: "missing",
    notifyWhenSilent: true,
    unit: "failed checks",
  };
}

function cpu(input: HostAlarmInput): AlarmSpec {
  return {
    key: "cpu",
    title: "CPU",
    description:
      "The host's processors were busy for more than 80 % of ten minutes. Open a session and look at `docker stats`: " +
      "a service that is always busy needs a fix, a limit or a larger instance_type.",
    ...ofInstance(input),
    metric: "CPUUtilization",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 80,
    comparison: "GreaterThanThreshold",
    treatMissing: "missing",
    unit: "%",
  };
}

/** Burstable types only: with "standard" credits run out and the host slows down, with "unlimited" they cost money. */
function cpuCredits(input: HostAlarmInput): AlarmSpec[] {
  const { burstable, cpuCredits: mode } = input.app.host;
  if (!burstable) return [];
  return [mode === "standard" ? creditBalance(input) : surplusCredits(input)];
}

function creditBalance(input: HostAlarmInput): AlarmSpec {
  return {
    key: "cpu-credits",
    title: "CPU credits left",
    description:
      "For two hours the host had fewer than 20 CPU credits (20 minutes of one processor), so it runs at its baseline: " +
      "a fifth of its speed for small and medium. Find what is busy with `docker stats`; if that is its normal work, take a " +
      'larger or a fixed-performance instance_type, or set host.cpuCredits to "unlimited" and pay for the surplus.',
    ...ofInstance(input),
    metric: "CPUCreditBalance",
    statistic: "Average",
    // T3, T3a and T4g begin with no credits and earn 24 an hour (small and medium): a new host needs the first of the
    // two hours to pass 20, and must not ring for it.
    periodSeconds: 300,
    evaluationPeriods: 24,
    threshold: 20,
    comparison: "LessThanThreshold",
    treatMissing: "missing",
    unit: "credits",
  };
}

function surplusCredits(input: HostAlarmInput): AlarmSpec {
  return {
    key: "cpu-credits",
    title: "CPU credits owed",
    description:
      "The host has used 144 CPU credits more than it earned (2.4 hours of one processor, $0.12 at the $0.05 of T3). " +
      "Credits that it does not earn back within a day are billed, and a host that is always busy can double its price. " +
      "Find what is busy with `docker stats`; if that is its normal work, a larger instance_type is cheaper.",
    ...ofInstance(input),
    metric: "CPUSurplusCreditBalance",
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    // The most that the smallest type (t3.nano: 6 credits an hour for 24 hours) can owe, so every type can reach it.
    threshold: 144,
    comparison: "GreaterThanOrEqualToThreshold",
    treatMissing: "missing",
    unit: "credits",
  };
}

/** Also the alarm that tells when the host's own reports stop: it exists in every app. */
function memory(input: HostAlarmInput): AlarmSpec {
  return {
    key: "memory",
    title: "Memory",
    description:
      "More than 90 % of the host's memory was in use for ten minutes, so the kernel may soon end a container; or (state " +
      "INSUFFICIENT_DATA) the host stopped sending its own metrics. Look at `docker stats` and `systemctl --failed`: lower " +
      "a limit, fix a leak, or take a larger instance_type.",
    ...ofStack(input),
    metric: HOST_METRICS.memoryUsed,
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 90,
    comparison: "GreaterThanThreshold",
    treatMissing: "missing",
    notifyWhenSilent: true,
    unit: "%",
  };
}

const DISKS: Readonly<Record<(typeof HOST_MOUNTS)[number], { title: string; advice: string }>> = {
  data: {
    title: "Data volume",
    advice:
      "The database stops when it is full. Raise the variable data_volume_gib and apply: the volume grows in place. " +
      "An abandoned replication slot also fills it: look at pg_replication_slots.",
  },
  root: {
    title: "Root disk",
    advice:
      "Remove images that nothing runs with `docker image prune --all`, then look at /var/log and /var/lib/docker.",
  },
};

function disk(input: HostAlarmInput, mount: (typeof HOST_MOUNTS)[number]): AlarmSpec {
  const { title, advice } = DISKS[mount];
  const { namespace, dimensions } = ofStack(input);
  return {
    key: `disk-${mount}`,
    title: `${title} used`,
    description: `The ${title.toLowerCase()} of the host is more than 85 % full. ${advice}`,
    namespace,
    dimensions: { ...dimensions, [HOST_DIMENSIONS.mount]: mount },
    metric: HOST_METRICS.diskUsed,
    statistic: "Maximum",
    ...FIVE_MINUTES_TWICE,
    threshold: 85,
    comparison: "GreaterThanThreshold",
    treatMissing: "missing",
    unit: "%",
  };
}

/** Only a database on the host is backed up by the host. */
function backups(input: HostAlarmInput): AlarmSpec[] {
  return input.app.database.mode === "own" ? [backupAge(input), restoreDrillAge(input)] : [];
}

/**
 * Silence counts as too old: a backup that nobody hears of must never look fine. So this alarm also rings on a stack
 * that was just made, until the host's first report some minutes after it booted. From then on a host without a backup
 * has as long as any other, because its age begins when the data volume is set up.
 */
function backupAge(input: HostAlarmInput): AlarmSpec {
  const { maxAgeHours } = input.app.backup;
  return {
    key: "backup-age",
    title: "Age of the last verified backup",
    description:
      `No backup was verified in the last ${maxAgeHours} hours, or the host has not reported for two hours. On a new stack ` +
      "this clears by itself with the first report, some minutes after boot. Otherwise open a session and read " +
      "`systemctl list-timers` and the log of the backup unit, make a backup by hand, and only then look for the cause.",
    ...ofStack(input),
    metric: HOST_METRICS.backupAge,
    statistic: "Maximum",
    ...ONE_HOUR_TWICE,
    threshold: maxAgeHours * HOUR,
    comparison: "GreaterThanThreshold",
    treatMissing: "breaching",
    unit: "seconds",
  };
}

/**
 * Silence is no alarm here but a mail: the same reports carry the age of the backup, whose alarm rings on silence, and a
 * drill comes days after the first backup, so a new stack would stay red for nothing.
 */
function restoreDrillAge(input: HostAlarmInput): AlarmSpec {
  const { drillMaxAgeDays } = input.app.backup;
  return {
    key: "drill-age",
    title: "Age of the last restore drill",
    description:
      `No restore drill passed in the last ${drillMaxAgeDays} days, so nobody knows whether the backups can be restored; ` +
      "or (state INSUFFICIENT_DATA) the host stopped reporting it. Read the log of the drill unit, mend what it says, and " +
      "run the drill by hand.",
    ...ofStack(input),
    metric: HOST_METRICS.restoreDrillAge,
    statistic: "Maximum",
    ...ONE_HOUR_TWICE,
    threshold: drillMaxAgeDays * DAY,
    comparison: "GreaterThanThreshold",
    treatMissing: "missing",
    notifyWhenSilent: true,
    unit: "seconds",
  };
}

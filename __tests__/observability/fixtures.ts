import { PhysicalNames } from "../../modules/naming/physical-names";
import type { AlarmSpec } from "../../modules/observability/alarm";
import { hostAlarms, type HostAlarmInput } from "../../modules/observability/host-alarms";

type HostApp = HostAlarmInput["app"];

/** Names of the stack "shop" on mvp. */
export const shopNames = (literals: Readonly<Record<string, string>> = {}) =>
  new PhysicalNames({ app: "shop", tier: "mvp" }, literals);

/** The parts of an app that alarms depend on: defaults, changed in part. */
export function hostApp(changes: { [K in keyof HostApp]?: Partial<HostApp[K]> } = {}): HostApp {
  return {
    backup: { maxAgeHours: 26, drillMaxAgeDays: 8, ...changes.backup },
    database: { mode: "own", ...changes.database },
    host: { burstable: true, cpuCredits: "unlimited", spot: false, ...changes.host },
  };
}

/** The alarms of a host, by key. */
export function alarmsOf(app: HostApp = hostApp()): Readonly<Record<string, AlarmSpec>> {
  const alarms = hostAlarms({ app, instanceId: "i-0abc", stack: "shop-mvp", metricNamespace: "shop/mvp" });
  return Object.fromEntries(alarms.map((alarm) => [alarm.key, alarm]));
}

/** Every kind of host that gets a different set of alarms. */
export const HOST_VARIANTS: readonly (readonly [string, HostApp])[] = [
  ["the default host", hostApp()],
  ["a Spot host with standard credits", hostApp({ host: { spot: true, cpuCredits: "standard" } })],
  ["a host of fixed performance", hostApp({ host: { burstable: false } })],
  ["a host without a database", hostApp({ database: { mode: "none" } })],
  ["a host with an external database", hostApp({ database: { mode: "external" } })],
  ["the longest waits", hostApp({ backup: { maxAgeHours: 168, drillMaxAgeDays: 90 } })],
];

/** An alarm with nothing optional. */
export const PLAIN_ALARM: AlarmSpec = {
  key: "queue-depth",
  title: "Queue depth",
  description: "Jobs wait for a worker.",
  namespace: "shop/mvp",
  metric: "QueueDepth",
  dimensions: { Stack: "shop-mvp", Queue: "mail" },
  statistic: "Sum",
  periodSeconds: 60,
  evaluationPeriods: 3,
  threshold: 12.5,
  comparison: "LessThanOrEqualToThreshold",
  treatMissing: "notBreaching",
  unit: "jobs",
};

/** What CloudWatch would refuse in an alarm: see PutMetricAlarm in its API reference. */
export function problemsOf(alarm: AlarmSpec): string[] {
  const { key, description, periodSeconds, evaluationPeriods, datapointsToAlarm = 1 } = alarm;
  const longest = periodSeconds < 3600 ? 86_400 : 604_800;
  const checks: readonly (readonly [string, boolean])[] = [
    ["key", /^[a-z]+(-[a-z0-9]+)*$/.test(key)],
    ["length of the description", description.length <= 1024],
    ["template in the description", !/[$%]\{/.test(description)],
    ["period", periodSeconds % 60 === 0],
    ["datapoints", datapointsToAlarm <= evaluationPeriods],
    ["time of all periods", periodSeconds * evaluationPeriods <= longest],
  ];
  return checks.flatMap(([what, isRight]) => (isRight ? [] : [what]));
}

/** Alarms by key; throws when two have the same. */
export function byKey(alarms: readonly AlarmSpec[]): Readonly<Record<string, AlarmSpec>> {
  const found = Object.fromEntries(alarms.map((alarm) => [alarm.key, alarm]));
  if (Object.keys(found).length !== alarms.length) throw new Error("two alarms have the same key");
  return found;
}

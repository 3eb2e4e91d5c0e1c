import type { Construct } from "constructs";
import { auroraConnectionLimit, classConnectionLimit } from "../modules/data/connection-limits";
import type { CacheGroup } from "../modules/data/cache-group";
import type { ManagedDatabase } from "../modules/data/managed-database";
import type { Cluster } from "../modules/ecs/cluster";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { AlarmSpec } from "../modules/observability/alarm";
import { Alarms } from "../modules/observability/alarms";
import { backupAlarms } from "../modules/observability/backup-alarms";
import { balancerAlarms } from "../modules/observability/balancer-alarms";
import { Budget } from "../modules/observability/budget";
import { cacheAlarms } from "../modules/observability/cache-alarms";
import { Dashboard } from "../modules/observability/dashboard";
import { databaseAlarms } from "../modules/observability/database-alarms";
import { growthGraphs } from "../modules/observability/growth-graphs";
import type { LogGroups } from "../modules/observability/log-groups";
import { Notifications } from "../modules/observability/notifications";
import { serviceAlarms } from "../modules/observability/service-alarms";
import { isOn, type ResolvedApp } from "../modules/spec";
import type { Tasks } from "./growth-tasks";
import type { Traffic } from "./growth-traffic";
import type { GrowthVariables } from "./growth-variables";

export interface ObservabilityProps {
  readonly names: PhysicalNames;
  readonly app: ResolvedApp;
  readonly variables: GrowthVariables;
  readonly cluster: Cluster;
  readonly tasks: Tasks;
  readonly logs: LogGroups;
  readonly database: ManagedDatabase | undefined;
  readonly cache: CacheGroup | undefined;
  readonly traffic: Traffic | undefined;
}

/** Alarms, dashboard, budget and the topic that they tell. */
export function createObservability(scope: Construct, props: ObservabilityProps): Notifications {
  const { names, app, variables, logs, cache, traffic } = props;
  const { alarms, dashboard, budgetUsd } = app.observability;
  const notifications = new Notifications(scope, "alerts", {
    names,
    emails: variables.alertEmails,
    budgets: budgetUsd !== undefined,
  });
  const { topicArn } = notifications;
  const specs = alarmsOf(props);
  const built = isOn(alarms) ? new Alarms(scope, "alarm", { names, topicArn, alarms: specs }) : undefined;
  if (budgetUsd !== undefined) new Budget(scope, "budget", { names, monthlyUsd: budgetUsd, topicArn });
  if (dashboard) {
    new Dashboard(scope, "dashboard", {
      names,
      region: app.region,
      alarms: specs,
      graphs:
        traffic &&
        growthGraphs({
          balancer: traffic.balancer.arnSuffix,
          targetGroups: suffixes(traffic.groups),
          cacheGroupId: cache?.id,
        }),
      alarmArns: built?.arns,
      logGroupNames: Object.values(logs.names),
    });
  }
  return notifications;
}

const suffixes = (groups: Traffic["groups"]): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([service, { arnSuffix }]) => [service, arnSuffix]));

/** Nodes that are watched at least: a variable can add the second one without another synth. */
const FEWEST_NODES = 2;

function alarmsOf(props: ObservabilityProps): AlarmSpec[] {
  const { names, app, variables, cluster, tasks, database, cache, traffic } = props;
  const { ecs, elasticache, backup } = app;
  const nodes = Math.max(FEWEST_NODES, elasticache.replicas + 1);
  return [
    ...(traffic
      ? balancerAlarms({ balancer: traffic.balancer.arnSuffix, targetGroups: suffixes(traffic.groups) })
      : []),
    ...serviceAlarms({
      cluster: cluster.name,
      services: tasks.services,
      insights: ecs.insights !== "off",
      computeEnabled: variables.computeEnabled,
      released: tasks.released,
    }),
    ...(database && variables.database ? ofDatabase(app, variables.database, database) : []),
    ...(cache ? cacheAlarms({ groupId: cache.id, nodes, use: app.cache.use }) : []),
    ...(database
      ? backupAlarms({ maxAgeHours: backup.maxAgeHours, stack: names.prefix, metricNamespace: names.path })
      : []),
  ];
}

function ofDatabase(
  { rds }: ResolvedApp,
  { instanceClass, storageGiB }: NonNullable<GrowthVariables["database"]>,
  { identifier }: ManagedDatabase,
): readonly AlarmSpec[] {
  if (rds.engine === "aurora-postgresql") {
    return databaseAlarms({ engine: rds.engine, identifier, maxConnections: auroraConnectionLimit(rds.capacity) });
  }
  return databaseAlarms({
    engine: rds.engine,
    identifier,
    maxConnections: classConnectionLimit(instanceClass),
    storageGiB,
    burstable: rds.instanceClass.startsWith("db.t"),
  });
}

import type { MetricSeries } from "./alarm";

/** What is drawn for a tier with a load balancer, beside the metrics of its alarms. */
export interface GrowthGraphInput {
  /** The part of the balancer's ARN that CloudWatch names it by, as a reference. */
  readonly balancer: string;
  /** The same of each target group, as a reference, by what its line is called. */
  readonly targetGroups: Readonly<Record<string, string>>;
  /** Id of the cache's replication group, as a reference. @default - no cache */
  readonly cacheGroupId?: string;
}

/** What there is to do and who does it: requests, targets that serve them, and how much the cache saves. */
export const growthGraphs = (input: GrowthGraphInput): readonly MetricSeries[] => [
  {
    title: "Requests",
    namespace: "AWS/ApplicationELB",
    metric: "RequestCount",
    dimensions: { LoadBalancer: input.balancer },
    statistic: "Sum",
    periodSeconds: 60,
    unit: "requests a minute",
  },
  ...Object.entries(input.targetGroups).map(([series, group]) => healthyTargets(series, group, input.balancer)),
  ...(input.cacheGroupId === undefined ? [] : [hitRate(input.cacheGroupId)]),
];

const healthyTargets = (series: string, group: string, balancer: string): MetricSeries => ({
  title: "Healthy targets",
  series,
  namespace: "AWS/ApplicationELB",
  metric: "HealthyHostCount",
  dimensions: { LoadBalancer: balancer, TargetGroup: group },
  // The zone that has fewest.
  statistic: "Minimum",
  periodSeconds: 60,
  unit: "targets",
});

const hitRate = (groupId: string): MetricSeries => ({
  title: "Hits of the cache",
  namespace: "AWS/ElastiCache",
  metric: "CacheHitRate",
  dimensions: { CacheClusterId: `${groupId}-001` },
  statistic: "Average",
  periodSeconds: 300,
  unit: "%",
});

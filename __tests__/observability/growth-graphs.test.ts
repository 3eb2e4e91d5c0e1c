import { expect, test } from "vitest";
import { dashboardBody } from "../../modules/observability/dashboard-body";
import { growthGraphs } from "../../modules/observability/growth-graphs";

const INPUT = {
  balancer: "app/shop/1",
  targetGroups: { api: "targetgroup/api/2", "api (spare)": "targetgroup/api/3" },
};

test("requests, and the healthy targets of every group in one graph, without thresholds", () => {
  const { widgets } = dashboardBody({
    region: "eu-central-1",
    alarms: [],
    graphs: growthGraphs(INPUT),
    alarmArns: [],
    logGroupNames: [],
  });
  const targets = (group: string, label: string) => [
    "AWS/ApplicationELB",
    "HealthyHostCount",
    "LoadBalancer",
    "app/shop/1",
    "TargetGroup",
    group,
    { label },
  ];
  expect(widgets.map(({ properties }) => [properties.title, "metrics" in properties && properties.metrics])).toEqual([
    ["Requests", [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", "app/shop/1"]]],
    ["Healthy targets", [targets("targetgroup/api/2", "api"), targets("targetgroup/api/3", "api (spare)")]],
  ]);
  for (const { properties } of widgets) expect(properties).not.toHaveProperty("annotations");
});

test("the cache's hits where there is one, of the node that begins as the primary", () => {
  expect(growthGraphs({ ...INPUT, cacheGroupId: "shop-growth" }).at(-1)).toMatchObject({
    metric: "CacheHitRate",
    dimensions: { CacheClusterId: "shop-growth-001" },
  });
});

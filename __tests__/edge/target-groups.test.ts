import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { describe, expect, test } from "vitest";
import { type ServiceTargets, TargetGroups } from "../../modules/edge/target-groups";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { resourcesOf } from "../helpers/synth";
import { NAMES, synthEdge, TARGETS } from "./parts";

const groupsOf = (services: Record<string, ServiceTargets>, names = NAMES) =>
  resourcesOf(
    synthEdge((stack) => new TargetGroups(stack, "targets", { names, vpcId: "vpc-1", services })),
    LbTargetGroup,
  );

describe("TargetGroups", () => {
  test("two groups of each service that differ in nothing but their names", () => {
    const groups = groupsOf({ api: TARGETS, "admin-web": TARGETS });
    expect(Object.keys(groups)).toEqual([
      "targets_ecs_admin_web",
      "targets_ecs_api",
      "targets_spare_admin_web",
      "targets_spare_api",
    ]);
    const { name, ...ecs } = groups.targets_ecs_api ?? {};
    expect(name).toBe("shop-growth-api-ecs");
    expect(groups.targets_spare_api).toEqual({ ...ecs, name: "shop-growth-api-spare" });
    expect(ecs).toEqual({
      vpc_id: "vpc-1",
      target_type: "ip",
      port: 80,
      protocol: "HTTP",
      deregistration_delay: "30",
      health_check: {
        path: "/health",
        matcher: "200-299",
        interval: 30,
        timeout: 5,
        healthy_threshold: 2,
        unhealthy_threshold: 3,
      },
      lifecycle: { create_before_destroy: true },
    });
  });

  test("a load balancer counts two failures at least", () => {
    const { targets_ecs_api } = groupsOf({ api: { ...TARGETS, healthCheck: { ...TARGETS.healthCheck, retries: 1 } } });
    expect(targets_ecs_api).toMatchObject({ health_check: { unhealthy_threshold: 2 } });
  });

  test("long names stay apart within 32 characters", () => {
    const names = new PhysicalNames({ app: "shop-of-many-things", tier: "growth", environment: "staging" });
    const groups = groupsOf({ "admin-backend": TARGETS, "admin-frontend": TARGETS }, names);
    const given = Object.values(groups).map(({ name }) => String(name));
    expect(new Set(given).size).toBe(4);
    for (const name of given) expect(name).toMatch(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
  });

  test("an existing system's names are literal", () => {
    const names = new PhysicalNames({ app: "shop", tier: "growth" }, { targets_ecs_api: "old-targets" });
    expect(groupsOf({ api: TARGETS }, names).targets_ecs_api).toMatchObject({ name: "old-targets" });
    expect(names.unused()).toEqual([]);
  });
});

import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

export interface ClusterProps {
  readonly names: PhysicalNames;
  /** Container Insights: figures per task, per service, or none. */
  readonly insights: "enhanced" | "enabled" | "off";
  /** Whether tasks may run on Fargate Spot. */
  readonly spot: boolean;
}

/** Capacity that AWS takes back at two minutes' notice, for about a third of the price. */
export const FARGATE_SPOT = "FARGATE_SPOT";
export const FARGATE = "FARGATE";

/**
 * An ECS cluster of Fargate tasks. What is typed in a shell of ECS Exec is not logged, because it may hold secrets; that somebody opened
 * one stands in CloudTrail.
 *
 * Cost: none by itself. Container Insights costs by metric: with "enabled" about $0.30 for each of some 20 metrics per
 * service and month, with "enhanced" more, by task.
 */
export class Cluster extends Construct {
  readonly arn: string;
  readonly name: string;
  /** What a service needs before it can name a capacity provider. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { names, insights, spot }: ClusterProps) {
    super(scope, id);
    const cluster = new EcsCluster(this, "cluster", {
      name: names.of("aws_ecs_cluster", `${id}_cluster`, "cluster"),
      setting: [{ name: "containerInsights", value: insights === "off" ? "disabled" : insights }],
      configuration: { executeCommandConfiguration: { logging: "NONE" } },
    });
    const capacity = new EcsClusterCapacityProviders(this, "capacity", {
      clusterName: cluster.name,
      capacityProviders: spot ? [FARGATE, FARGATE_SPOT] : [FARGATE],
      defaultCapacityProviderStrategy: [{ capacityProvider: FARGATE, weight: 1 }],
    });
    this.arn = cluster.arn;
    this.name = cluster.name;
    this.ready = [capacity];
  }
}

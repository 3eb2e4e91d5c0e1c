import type { RouteConfig } from "@cdktf/provider-aws/lib/route";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { PhysicalNames } from "../../naming/physical-names";
import { NatGateways } from "./nat-gateways";
import { NatInstance } from "./nat-instance";
import { RegionalNatGateway } from "./regional-nat-gateway";

/** How tasks reach the internet. */
export type EgressMode =
  "public-tasks" | "nat-instance" | "nat-single" | "nat-per-az" | "nat-regional" | "endpoints-only";

/** What a private subnet's default route leads to. Changing it is an update in place. */
export type RouteTarget = Pick<RouteConfig, "natGatewayId" | "networkInterfaceId">;

/** What a way out needs to know of one zone. */
export interface EgressZone {
  /** Last letter of the zone's name. */
  readonly letter: string;
  readonly publicSubnetId: string;
  /** Range of the private subnet. */
  readonly privateRange: string;
}

export interface EgressProps {
  readonly names: PhysicalNames;
  readonly vpcId: string;
  /** Range of the VPC. */
  readonly cidr: string;
  /** At least one; what exists once stands in the first. */
  readonly zones: readonly [EgressZone, ...EgressZone[]];
  /** What must exist before something in a public subnet reaches the internet. */
  readonly internet: ITerraformDependable[];
  /** EC2 type of the NAT instance, a Graviton type. */
  readonly natInstanceType: string;
}

/** The way out of the private subnets. */
export interface Egress {
  /** Where the default route of a zone's private subnet leads. */
  targetIn(letter: string): RouteTarget;
}

/**
 * Creates the way out of the private subnets.
 *
 * @returns undefined when private subnets have none: their tasks are public, or reach AWS by endpoints only
 */
export function createEgress(scope: Construct, mode: EgressMode, props: EgressProps): Egress | undefined {
  switch (mode) {
    case "nat-single":
      return new NatGateways(scope, "nat", { ...props, everyZone: false });
    case "nat-per-az":
      return new NatGateways(scope, "nat", { ...props, everyZone: true });
    case "nat-regional":
      return new RegionalNatGateway(scope, "nat", props);
    case "nat-instance":
      return new NatInstance(scope, "nat", props);
    case "public-tasks":
    case "endpoints-only":
      return undefined;
    default:
      return mode satisfies never;
  }
}

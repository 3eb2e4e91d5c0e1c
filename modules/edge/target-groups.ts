import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

/** What the load balancer asks of a service. */
export interface ServiceTargets {
  readonly healthCheck: {
    readonly path: string;
    readonly intervalSeconds: number;
    /** Less than the interval. */
    readonly timeoutSeconds: number;
    /** Failed checks in a row until a target gets no more requests. */
    readonly retries: number;
  };
  /** Seconds that requests under way get to end before a target that leaves is cut off. */
  readonly deregistrationSeconds: number;
}

export interface TargetGroupsProps {
  readonly names: PhysicalNames;
  readonly vpcId: string;
  /** The services that have a route. */
  readonly services: Readonly<Record<string, ServiceTargets>>;
}

export interface TargetGroup {
  readonly arn: string;
  /** What metrics name the group by. */
  readonly arnSuffix: string;
}

/**
 * Port of every group, whatever its service listens on. Targets by address are registered with their own port, so this one
 * serves no request; and it cannot be changed without another group, which the load balancer and the service would have to
 * move to. So a service changes its port without its groups noticing.
 */
const UNUSED_PORT = 80;

/** Checks in a row until a target gets requests. */
const HEALTHY_AFTER = 2;

/** Fewest failures that a load balancer counts. Source: Elastic Load Balancing API, CreateTargetGroup. */
const FEWEST_FAILURES = 2;

/**
 * Two groups of targets for each public service: "ecs", which its tasks join, and "spare", empty until another tier joins
 * it, so that traffic moves by weights and without DNS.
 *
 * What replaces a group is its name, its network or its protocol, none of which a running system changes. A group with
 * another name is made before the old one goes, because a load balancer gives up no group that its rules lead to.
 *
 * Cost: none.
 */
export class TargetGroups extends Construct {
  /** By service. */
  readonly ecs: Readonly<Record<string, TargetGroup>>;
  /** By service. */
  readonly spare: Readonly<Record<string, TargetGroup>>;

  constructor(scope: Construct, id: string, props: TargetGroupsProps) {
    super(scope, id);
    const services = Object.entries(props.services);
    const groups = (use: string): Record<string, TargetGroup> =>
      Object.fromEntries(services.map(([service, targets]) => [service, this.group(props, service, use, targets)]));
    this.ecs = groups("ecs");
    this.spare = groups("spare");
  }

  private group(
    { names, vpcId }: TargetGroupsProps,
    service: string,
    use: string,
    targets: ServiceTargets,
  ): TargetGroup {
    const { path, intervalSeconds, timeoutSeconds, retries } = targets.healthCheck;
    const logical = logicalId(this.node.id, use, service);
    return new LbTargetGroup(this, `${use}_${service}`, {
      name: names.of("aws_lb_target_group", logical, `${service}-${use}`),
      vpcId,
      targetType: "ip",
      port: UNUSED_PORT,
      protocol: "HTTP",
      deregistrationDelay: String(targets.deregistrationSeconds),
      healthCheck: {
        path,
        matcher: "200-299",
        interval: intervalSeconds,
        timeout: timeoutSeconds,
        healthyThreshold: HEALTHY_AFTER,
        unhealthyThreshold: Math.max(retries, FEWEST_FAILURES),
      },
      lifecycle: { createBeforeDestroy: true },
    });
  }
}

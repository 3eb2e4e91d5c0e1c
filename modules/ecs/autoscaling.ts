import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { type IResolvable, Op } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { tasks } from "./service";

export interface AutoscalingProps {
  readonly names: PhysicalNames;
  readonly service: string;
  readonly clusterName: string;
  /** Name of the service in ECS. */
  readonly serviceName: string;
  /** Numbers of tasks, or references to them. */
  readonly counts: { readonly min: number; readonly max: number };
  readonly computeEnabled: boolean | IResolvable;
  readonly released: IResolvable;
  /** Average use of CPU to aim for, per cent. */
  readonly cpuPercent: number;
  /** Requests per task and minute to aim for, and who counts them. @default - CPU alone decides */
  readonly requests?: {
    readonly perTask: number;
    readonly balancerArnSuffix: string;
    readonly targetGroupArnSuffix: string;
  };
}

const DIMENSION = { serviceNamespace: "ecs", scalableDimension: "ecs:service:DesiredCount" } as const;
/** Seconds after more, and after fewer tasks, in which the same is not done again. */
const COOLDOWN = { scaleOutCooldown: 60, scaleInCooldown: 300 };

/**
 * The number of a service's tasks by its load: so many that the average use of CPU, and the requests per task, stay near what is asked.
 *
 * Application Auto Scaling brings the number into its bounds at once (RegisterScalableTarget), so without compute, and
 * before the first release, the bounds leave no task.
 *
 * Cost: $0.10 per alarm and month; AWS makes two for each of the two figures.
 */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalingProps) {
    super(scope, id);
    const target = this.bounds(props);
    this.follow(props, target, "cpu", props.cpuPercent, { predefinedMetricType: "ECSServiceAverageCPUUtilization" });
    if (props.requests) {
      const { perTask, balancerArnSuffix, targetGroupArnSuffix } = props.requests;
      this.follow(props, target, "requests", perTask, {
        predefinedMetricType: "ALBRequestCountPerTarget",
        resourceLabel: `${balancerArnSuffix}/${targetGroupArnSuffix}`,
      });
    }
  }

  private bounds({ clusterName, serviceName, counts, computeEnabled, released }: AutoscalingProps) {
    const runs = Op.and(computeEnabled, released);
    return new AppautoscalingTarget(this, "target", {
      ...DIMENSION,
      resourceId: `service/${clusterName}/${serviceName}`,
      minCapacity: tasks(runs, counts.min),
      maxCapacity: tasks(runs, counts.max),
    });
  }

  private follow(
    { names, service }: AutoscalingProps,
    target: AppautoscalingTarget,
    figure: "cpu" | "requests",
    targetValue: number,
    predefinedMetricSpecification: { predefinedMetricType: string; resourceLabel?: string },
  ): void {
    const logicalId = `${this.node.id}_${figure}`;
    new AppautoscalingPolicy(this, figure, {
      ...DIMENSION,
      name: names.of("aws_appautoscaling_policy", logicalId, `${service}-${figure}`),
      policyType: "TargetTrackingScaling",
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: { targetValue, predefinedMetricSpecification, ...COOLDOWN },
    });
  }
}

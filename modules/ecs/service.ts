import { EcsService as AwsEcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { Fn, type IResolvable, type ITerraformDependable, Op, ref, Token } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { FARGATE, FARGATE_SPOT } from "./cluster";

/** Where the tasks of a service or of a job run. */
export interface TaskPlace {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Whether a task gets a public address, to reach the internet without a NAT. */
  readonly assignPublicIp: boolean;
}

export interface EcsServiceProps {
  readonly names: PhysicalNames;
  readonly service: string;
  readonly clusterArn: string;
  /** Newest revision of the service's task definition. */
  readonly taskDefinitionArn: string;
  readonly place: TaskPlace;
  /** Tasks that run while compute is on and something is released. A number, or a reference to one. */
  readonly desired: number;
  /** Whether the app runs at all. A boolean, or a reference to one. */
  readonly computeEnabled: boolean | IResolvable;
  /** Whether anything was released. */
  readonly released: IResolvable;
  /** Whether something else decides on the number of tasks from the first one on. */
  readonly scaled: boolean;
  /** Share of the tasks on Fargate Spot, per cent. */
  readonly spotPercent: number;
  /** Target groups of the load balancer that the tasks are in, and the port that requests go to. @default - none */
  readonly balanced?: { readonly targetGroupArns: readonly string[]; readonly port: number };
  /** Registry of the service's name. @default - none */
  readonly registryArn?: string;
  /** Whether ECS Exec may open a shell in its tasks. */
  readonly exec: boolean;
  /** Seconds after its start in which a task's failed checks of the load balancer do not count. */
  readonly graceSeconds: number;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Longest that an apply waits for new tasks to be well, or for the old ones to be back. */
const STEADY_TIMEOUT = "30m";

/**
 * A service of Fargate tasks that are replaced one after the other: new ones have to be healthy before old ones stop. When
 * new ones keep failing, ECS goes back to what ran before, which is a success for ECS; the apply fails then, and says so.
 *
 * Until the first release, and while compute is off, the service has no tasks and costs nothing.
 *
 * Cost: per task and month about $29.50 for a vCPU and $3.25 for a GB (us-east-1, x86_64, 730 hours); a fifth less on arm64, on Spot
 * about a third of it.
 */
export class EcsService extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: EcsServiceProps) {
    super(scope, id);
    const service = new AwsEcsService(this, "service", {
      name: props.names.of("aws_ecs_service", `${id}_service`, props.service),
      cluster: props.clusterArn,
      taskDefinition: props.taskDefinitionArn,
      desiredCount: tasks(Op.and(props.computeEnabled, props.released), props.desired),
      ...placement(props),
      ...ROLL_OUT,
      ...reach(props),
      enableExecuteCommand: props.exec,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      lifecycle: {
        ...(props.scaled && { ignoreChanges: ["desired_count"] }),
        postcondition: [isWhatWasApplied(props)],
      },
      dependsOn: [...props.dependsOn],
    });
    this.name = service.name;
  }
}

/** A number of tasks, or none unless the condition holds. */
export const tasks = (condition: IResolvable, count: number): number =>
  Token.asNumber(Fn.conditional(condition, count, 0));

/**
 * At least one task is never on Spot, unless all are. Another share is taken over in place only by a forced deployment;
 * otherwise the provider replaces the service.
 */
function placement({ spotPercent, place }: EcsServiceProps) {
  return {
    capacityProviderStrategy: [
      ...(spotPercent < 100 ? [{ capacityProvider: FARGATE, base: 1, weight: 100 - spotPercent }] : []),
      ...(spotPercent > 0 ? [{ capacityProvider: FARGATE_SPOT, base: 0, weight: spotPercent }] : []),
    ],
    forceNewDeployment: true,
    platformVersion: "LATEST",
    availabilityZoneRebalancing: "ENABLED",
    networkConfiguration: {
      subnets: [...place.subnetIds],
      securityGroups: [...place.securityGroupIds],
      assignPublicIp: place.assignPublicIp,
    },
  };
}

/** Ctrl-C during an apply goes back too, instead of leaving a deployment behind that nobody watches. */
const ROLL_OUT = {
  deploymentMinimumHealthyPercent: 100,
  deploymentMaximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
  waitForSteadyState: true,
  sigintRollback: true,
  timeouts: { create: STEADY_TIMEOUT, update: STEADY_TIMEOUT, delete: STEADY_TIMEOUT },
};

function reach({ service, balanced, registryArn, graceSeconds }: EcsServiceProps) {
  return {
    ...(balanced && {
      loadBalancer: balanced.targetGroupArns.map((targetGroupArn) => ({
        targetGroupArn,
        containerName: service,
        containerPort: balanced.port,
      })),
      healthCheckGracePeriodSeconds: graceSeconds,
    }),
    ...(registryArn !== undefined && { serviceRegistries: { registryArn } }),
  };
}

function isWhatWasApplied({ service, taskDefinitionArn }: EcsServiceProps) {
  return {
    condition: Op.eq(ref("self.task_definition"), taskDefinitionArn),
    errorMessage:
      `ECS rolled the service back: the new tasks of ${service} did not become healthy, and those from before run on. ` +
      `Read why with "tiers logs" and "tiers status", then apply again.`,
  };
}

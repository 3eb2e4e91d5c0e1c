import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import type { FargateSize } from "./fargate-size";

export interface TaskDefinitionProps {
  readonly names: PhysicalNames;
  /** What runs, in one or a few words: the service, or "job-<job>". Part of the family's name. */
  readonly what: string;
  readonly size: FargateSize;
  readonly architecture: "x86_64" | "arm64";
  /** JSON of the containers. */
  readonly containers: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
}

/**
 * A family of task definitions for Fargate. A release registers a revision of its own with the same content but for the
 * image; the resource follows the newest one, so the next plan has nothing to do.
 *
 * Older revisions stay registered, also after the stack is destroyed: ECS starts no task from a revision that is deregistered, so
 * neither the circuit breaker nor `tiers release rollback` could go back to one.
 *
 * Cost: none; revisions are free, up to a million of a family.
 */
export class TaskDefinition extends Construct {
  /** Newest revision. */
  readonly arn: string;
  /** The family: whoever runs this gets the newest revision at that time. */
  readonly familyArn: string;
  readonly family: string;

  constructor(scope: Construct, id: string, props: TaskDefinitionProps) {
    super(scope, id);
    const { names, what, size, architecture, containers, executionRoleArn, taskRoleArn } = props;
    const task = new EcsTaskDefinition(this, "task", {
      family: names.of("aws_ecs_task_definition", `${id}_task`, what),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(size.cpu),
      memory: String(size.memoryMiB),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: architecture.toUpperCase() },
      containerDefinitions: containers,
      executionRoleArn,
      taskRoleArn,
      trackLatest: true,
      skipDestroy: true,
    });
    this.arn = task.arn;
    this.familyArn = task.arnWithoutRevision;
    this.family = task.family;
  }
}

import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { backupContainerDefinitions, type BackupContainersInput, WORK_VOLUME } from "./backup-containers";
import type { FargateSize } from "./fargate-size";

export interface BackupTaskProps extends Omit<BackupContainersInput, "memoryMiB"> {
  readonly names: PhysicalNames;
  /** Compressing is what takes the time, with one processor for each dump. */
  readonly size: FargateSize;
  readonly architecture: "x86_64" | "arm64";
  /**
   * Room for all dumps together, GiB, 21 to 200. A backup that does not fit fails and publishes nothing.
   * @default - 20, which is free
   */
  readonly storageGiB?: number;
  readonly executionRoleArn: string;
  /** A role with the rights of `backupStatements`. */
  readonly taskRoleArn: string;
}

/**
 * The task that backs up the databases of a managed PostgreSQL: a dump of each, decoded to its end, read back from S3 and
 * published with a manifest, as a host does it. It is a copy outside of the database's own service and its account of
 * snapshots, which a restore needs nothing of AWS for. Something has to start it: a schedule, or a person.
 *
 * Cost: the task by the second; half a processor and 1 GiB for five minutes a day are about $0.06 a month. Storage beyond
 * 20 GiB is $0.000111 per GiB and hour.
 */
export class BackupTask extends Construct {
  /** The family: whoever runs this gets the newest revision at that time. */
  readonly familyArn: string;
  readonly family: string;

  constructor(scope: Construct, id: string, props: BackupTaskProps) {
    super(scope, id);
    const { names, size, architecture, storageGiB, executionRoleArn, taskRoleArn, ...input } = props;
    const task = new EcsTaskDefinition(this, "task", {
      family: names.of("aws_ecs_task_definition", `${id}_task`, "backup"),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(size.cpu),
      memory: String(size.memoryMiB),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: architecture.toUpperCase() },
      volume: [{ name: WORK_VOLUME }],
      ephemeralStorage: storageGiB === undefined ? undefined : { sizeInGib: storageGiB },
      containerDefinitions: backupContainerDefinitions({ ...input, memoryMiB: size.memoryMiB }),
      executionRoleArn,
      taskRoleArn,
    });
    this.familyArn = task.arnWithoutRevision;
    this.family = task.family;
  }
}

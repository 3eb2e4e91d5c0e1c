import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Fn, type IResolvable, Token } from "cdktf";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import { policyJson, trustService } from "../security/policies";
import { runTaskStatements } from "../security/task-statements";
import { FARGATE } from "./cluster";
import type { TaskPlace } from "./service";

export interface ScheduledTaskProps {
  readonly names: PhysicalNames;
  readonly job: string;
  /** When it runs, as EventBridge Scheduler writes it, in UTC. */
  readonly expression: string;
  readonly accountId: string;
  readonly clusterArn: string;
  /** Family of the job's task definitions: each run takes the newest revision. */
  readonly familyArn: string;
  readonly place: TaskPlace;
  /** Roles of the job's tasks, which the schedule hands on. */
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** Whether the app runs at all. */
  readonly computeEnabled: boolean | IResolvable;
}

/** A start that AWS refuses is tried again so often, and no longer than so many seconds after its time. */
const RETRIES = { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 900 };

/**
 * A job that runs by itself. What AWS could not start after a few attempts is dropped: a queue for such starts would
 * need a reader, and the metric InvocationDroppedCount of EventBridge Scheduler says the same. Runs do not wait for each
 * other, and nothing stops one that takes too long: the job itself has to end.
 *
 * Cost: none up to 14,000,000 starts a month; the tasks are paid by the minute.
 */
export class ScheduledTask extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledTaskProps) {
    super(scope, id);
    const { names, job, expression, clusterArn, familyArn, place, computeEnabled } = props;
    const role = this.role(props);
    new SchedulerSchedule(this, "schedule", {
      name: names.of("aws_scheduler_schedule", logicalId(id, "schedule"), job),
      groupName: "default",
      description: `Starts the job ${job}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: "UTC",
      state: Token.asString(Fn.conditional(computeEnabled, "ENABLED", "DISABLED")),
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: clusterArn,
        roleArn: role.arn,
        ecsParameters: {
          taskDefinitionArn: familyArn,
          taskCount: 1,
          capacityProviderStrategy: [{ capacityProvider: FARGATE, weight: 1, base: 0 }],
          platformVersion: "LATEST",
          enableEcsManagedTags: true,
          propagateTags: "TASK_DEFINITION",
          networkConfiguration: {
            subnets: [...place.subnetIds],
            securityGroups: [...place.securityGroupIds],
            assignPublicIp: place.assignPublicIp,
          },
        },
        retryPolicy: RETRIES,
      },
    });
  }

  private role({ names, job, accountId, ...grants }: ScheduledTaskProps): IamRole {
    const { clusterArn, familyArn, executionRoleArn, taskRoleArn } = grants;
    const role = new IamRole(this, "role", {
      name: names.of("aws_iam_role", logicalId(this.node.id, "role"), `${job}-schedule`),
      description: `Starts the job ${job}`,
      assumeRolePolicy: trustService("scheduler.amazonaws.com", accountId),
    });
    new IamRolePolicy(this, "policy", {
      name: "start-job",
      role: role.name,
      policy: policyJson(
        runTaskStatements({
          clusterArn,
          taskArns: `arn:aws:ecs:*:${accountId}:task/*`,
          familyArn,
          passedRoleArns: [executionRoleArn, taskRoleArn],
        }),
      ),
    });
    return role;
  }
}

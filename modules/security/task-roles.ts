import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import { policyJson, type Statement, trustService } from "./policies";
import { EXEC_STATEMENT, type ExecutionGrants, executionStatements } from "./task-statements";

export interface TaskRolesProps extends ExecutionGrants {
  readonly names: PhysicalNames;
  /** What runs: the service, or "job-<job>". */
  readonly what: string;
  readonly accountId: string;
  /** Whether ECS Exec may open a shell in the tasks. */
  readonly exec: boolean;
  /** What the process itself may do in AWS. @default - nothing */
  readonly statements?: readonly Statement[];
}

/**
 * The two roles of one service's or job's tasks. With the execution role ECS pulls the image, reads exactly the secrets that the
 * containers get and writes their one log. The task role is the process's own: it may do nothing, unless something is declared.
 *
 * Cost: none.
 */
export class TaskRoles extends Construct {
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** What gives the roles their rights: a task that starts before is refused everything. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    const { what, exec, statements = [] } = props;
    const execution = this.role(props, "execution", `Starts the containers of ${what}`);
    const task = this.role(props, "task", `What ${what} may do itself`);
    const own = [...(exec ? [EXEC_STATEMENT] : []), ...statements];
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = task.arn;
    this.ready = [
      this.policy(execution, "execution", "start-containers", executionStatements(props)),
      ...(own.length > 0 ? [this.policy(task, "task", "own-work", own)] : []),
    ];
  }

  private role({ names, what, accountId }: TaskRolesProps, kind: "execution" | "task", description: string): IamRole {
    return new IamRole(this, kind, {
      name: names.of("aws_iam_role", logicalId(this.node.id, kind), `${what}-${kind}`),
      description,
      assumeRolePolicy: trustService("ecs-tasks.amazonaws.com", accountId),
    });
  }

  private policy(role: IamRole, kind: "execution" | "task", name: string, statements: readonly Statement[]) {
    return new IamRolePolicy(this, `${kind}_policy`, { name, role: role.name, policy: policyJson(statements) });
  }
}

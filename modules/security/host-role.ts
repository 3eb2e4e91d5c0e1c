import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { hostStatements, type HostGrants } from "./host-statements";
import { policyJson, trustService } from "./policies";

/**
 * What the SSM agent needs, and no more. The better known AmazonSSMManagedInstanceCore also reads every parameter of the
 * account, other apps' secrets included.
 */
const SESSION_MANAGER_POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy";

export interface HostRoleProps extends HostGrants {
  readonly names: PhysicalNames;
}

/**
 * The role of the host: Session Manager, and exactly what its scripts need of this stack (own repositories, own
 * parameters of released images, own secrets, of which it changes none that a person provides, own backup prefix without deletion, own log
 * groups, own metric namespace).
 *
 * Cost: none.
 */
export class HostRole extends Construct {
  readonly instanceProfileName: string;
  /** What gives the role its rights; who takes the role before that is refused everything. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: HostRoleProps) {
    super(scope, id);
    const { names, ...grants } = props;
    const role = new IamRole(this, "role", {
      name: names.of("aws_iam_role", "host_access_role", "host"),
      description: "The app's host",
      assumeRolePolicy: trustService("ec2.amazonaws.com"),
    });
    const sessions = new IamRolePolicyAttachment(this, "session_manager", {
      role: role.name,
      policyArn: SESSION_MANAGER_POLICY,
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: "own-stack",
      role: role.name,
      policy: policyJson(hostStatements(grants)),
    });
    this.instanceProfileName = new IamInstanceProfile(this, "profile", {
      name: names.of("aws_iam_instance_profile", "host_access_profile", "host"),
      role: role.name,
    }).name;
    this.ready = [sessions, policy];
  }
}

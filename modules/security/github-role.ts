import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { type GithubTrust, trustGithub } from "./github-trust";
import { policyJson, type Statement } from "./policies";

export interface GithubRoleProps {
  /** Physical name of the role. */
  readonly name: string;
  readonly description: string;
  readonly providerArn: string;
  readonly trust: GithubTrust;
  /** Seconds that credentials hold at most. */
  readonly sessionSeconds: number;
  /** What it may do with the stacks. */
  readonly statements: readonly Statement[];
  /** What it may do with the states in the bucket that the variable `state_bucket` names. */
  readonly stateStatements: readonly Statement[];
}

/**
 * A role that runs of GitHub Actions take with a token of theirs, so that no key is stored anywhere.
 *
 * Cost: none.
 */
export class GithubRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: GithubRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name: props.name,
      description: props.description,
      assumeRolePolicy: trustGithub(props.providerArn, props.trust),
      maxSessionDuration: props.sessionSeconds,
    });
    new IamRolePolicy(this, "policy", { name: "stacks", role: role.name, policy: policyJson(props.statements) });
    const state = new IamRolePolicy(this, "state", {
      name: "states",
      role: role.name,
      policy: policyJson(props.stateStatements),
    });
    state.addOverride("count", '${var.state_bucket == "" ? 0 : 1}');
    this.arn = role.arn;
  }
}

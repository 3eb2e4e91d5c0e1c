import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

export interface ManagedSecretProps {
  readonly names: PhysicalNames;
  /** Environment variable that gets the value. */
  readonly name: string;
  /** Whether the secret must be carried along to another tier; written as a tag. */
  readonly carry: boolean;
}

/** Days in which a deleted secret can be restored. */
const RECOVERY_DAYS = 7;

/**
 * A Secrets Manager secret without a value: the value is written later, by the host or a person, so that it stands in no
 * plan and no state.
 *
 * Cost: $0.40 a month.
 */
export class ManagedSecret extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ManagedSecretProps) {
    super(scope, id);
    const { names, name, carry } = props;
    this.arn = new SecretsmanagerSecret(this, "secret", {
      name: names.pathOf("aws_secretsmanager_secret", `${id}_secret`, `secret/${name}`),
      description: `Value of ${name}; Terraform never sees it`,
      recoveryWindowInDays: RECOVERY_DAYS,
      tags: { Carry: String(carry) },
    }).arn;
  }
}

import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Construct } from "constructs";

/** A secret of Secrets Manager without its value. */
export interface WrittenSecretProps {
  /** Physical name. */
  readonly name: string;
  /** What the value is. */
  readonly description: string;
  /** Whether the secret must be carried along to another tier; written as a tag. */
  readonly carry: boolean;
  /** Days in which a deleted secret can be restored, 7 to 30; 0 deletes at once. */
  readonly recoveryDays: number;
}

/**
 * Label of the version that Terraform wrote, besides AWSCURRENT. Secrets Manager may delete a version without a label, as
 * this one would be after two values that others wrote; Terraform would then miss it and write a value over theirs.
 */
const LABEL = "TERRAFORM";

/**
 * A secret of Secrets Manager whose first value Terraform writes without keeping it: the value is ephemeral and the argument
 * write-only, so that it stands in no plan and no state. Values that others write later stay: Terraform writes again only
 * when the version number is raised.
 *
 * Cost: $0.40 a month.
 */
export abstract class WrittenSecret extends Construct {
  readonly arn: string;
  /** Physical name. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: WrittenSecretProps) {
    super(scope, id);
    const { name, description, carry, recoveryDays } = props;
    const secret = new SecretsmanagerSecret(this, "secret", {
      name,
      description,
      recoveryWindowInDays: recoveryDays,
      tags: { Carry: String(carry) },
    });
    this.arn = secret.arn;
    this.name = secret.name;
  }

  /**
   * Writes the value.
   * @param value an expression that may be ephemeral
   * @param version its number, or a reference; a raised one writes again
   */
  protected write(value: string, version: number): SecretsmanagerSecretVersion {
    return new SecretsmanagerSecretVersion(this, "version", {
      secretId: this.arn,
      secretStringWo: value,
      secretStringWoVersion: version,
      versionStages: ["AWSCURRENT", LABEL],
      // AWSCURRENT moves on with every value that somebody else writes.
      lifecycle: { ignoreChanges: ["version_stages"] },
    });
  }
}

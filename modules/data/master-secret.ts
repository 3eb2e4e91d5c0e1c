import type { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import { ephemeral, ephemeralPassword } from "./ephemeral-password";
import { WrittenSecret } from "./written-secret";

export interface MasterSecretProps {
  readonly names: PhysicalNames;
  readonly masterUser: string;
}

/** Letters and digits only: RDS refuses some signs, and 32 of these have 190 bits. */
const PASSWORD = { length: 32, special: false } as const;
/** Days in which a deleted secret can be restored, for as long as a snapshot is likely to be needed. */
const RECOVERY_DAYS = 30;

/**
 * The administrator's password of a database whose password RDS does not manage: generated, and handed from the secret to the
 * database, since one drawing has one place to go. JSON with `username` and `password`, as RDS writes its own.
 *
 * Cost: $0.40 a month.
 */
export class MasterSecret extends WrittenSecret {
  /** What the database takes instead of `manage_master_user_password`. */
  readonly credentials: { readonly passwordWo: string; readonly passwordWoVersion: number };

  constructor(scope: Construct, id: string, { names, masterUser }: MasterSecretProps) {
    super(scope, id, {
      name: names.pathOf(
        "aws_secretsmanager_secret",
        logicalId(scope.node.id, id, "secret"),
        `secret/${scope.node.id}-${id}`,
      ),
      description: "Administrator of the database, for the job that makes roles and databases",
      carry: false,
      recoveryDays: RECOVERY_DAYS,
    });
    const password = ephemeralPassword(this, "password", PASSWORD);
    const version = this.write(`\${jsonencode({ username = "${masterUser}", password = ${password} })}`, 1);
    // By the version's ARN, not the secret's: a plan that finds the secret without a value must not ask for it.
    const stored = ephemeral(
      this,
      "aws_secretsmanager_secret_version",
      "stored",
      { secret_id: version.arn },
      "secret_string",
    );
    this.credentials = { passwordWo: `\${jsondecode(${stored}).password}`, passwordWoVersion: 1 };
  }
}

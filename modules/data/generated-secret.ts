import type { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { Secret } from "../spec";
import { randomValue } from "./random-value";
import { WrittenSecret } from "./written-secret";

export interface GeneratedSecretProps {
  readonly names: PhysicalNames;
  /** Environment variable that gets the value. */
  readonly name: string;
  /** Length of the value before it is encoded. */
  readonly bytes: number;
  readonly encoding: Secret["encoding"];
  /** Days in which a deleted secret can be restored, 7 to 30; 0 deletes at once. */
  readonly recoveryDays: number;
}

/**
 * A secret with a random value that only Secrets Manager knows. It is drawn once: later runs keep what is there.
 *
 * Cost: $0.40 a month.
 */
export class GeneratedSecret extends WrittenSecret {
  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    const { names, name, bytes, encoding, recoveryDays } = props;
    super(scope, id, {
      name: names.pathOf("aws_secretsmanager_secret", logicalId(id, "secret"), `secret/${name}`),
      description: `Value of ${name}; generated, kept by nobody else`,
      carry: false,
      recoveryDays,
    });
    this.write(`\${${randomValue(this, "value", { bytes, encoding })}}`, 1);
  }
}

import type { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { Secret } from "../spec";
import { ephemeralPassword, type PasswordSettings } from "./ephemeral-password";
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

/** How an encoding is made of random characters. */
interface Recipe {
  readonly settings: (bytes: number) => PasswordSettings;
  /** Terraform expression over that of the characters. */
  readonly encode: (characters: string) => string;
}

const characters = (bytes: number): PasswordSettings => ({ length: bytes, special: true });
const base64 = (text: string): string => `base64encode(${text})`;

/**
 * Terraform has no random bytes that it forgets, so a value of n bytes is made of n random letters, digits and signs (6.3
 * bits each): base64 of 32 has 200 bits. Hexadecimal digits are drawn directly and have their full 4 bits.
 */
const RECIPES: Readonly<Record<Secret["encoding"], Recipe>> = {
  base64: { settings: characters, encode: base64 },
  base64url: {
    settings: characters,
    encode: (text) => `replace(replace(replace(${base64(text)}, "+", "-"), "/", "_"), "=", "")`,
  },
  hex: {
    settings: (bytes) => ({ length: 2 * bytes, upper: false, lower: false, special: true, override_special: "abcdef" }),
    encode: (text) => text,
  },
};

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
    const { settings, encode } = RECIPES[encoding];
    this.write(`\${${encode(ephemeralPassword(this, "value", settings(bytes)))}}`, 1);
  }
}

import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { Secret } from "../spec";
import { randomValue } from "./random-value";
import { WrittenSecret } from "./written-secret";

export interface DatabaseCredentialProps {
  readonly names: PhysicalNames;
  /** Name of the secret in the specification, such as DB_PASSWORD. */
  readonly name: string;
  readonly user: string;
  readonly database: string;
  /** Name that clients connect to, as a reference. */
  readonly host: string;
  readonly port: number;
  readonly bytes: number;
  /** "base64" would need escapes in a URL. */
  readonly encoding: Exclude<Secret["encoding"], "base64">;
  /** Days in which a deleted secret can be restored, 7 to 30; 0 deletes at once. */
  readonly recoveryDays: number;
}

/**
 * How one role signs in to its database: JSON with `username`, `password` and `url`, so that ECS hands each to the
 * containers by its key. One secret, because password and URL come from the same drawing, and Terraform forgets it at once.
 *
 * Cost: $0.40 a month.
 */
export class DatabaseCredential extends WrittenSecret {
  /** What ECS reads the password by. */
  readonly password: string;
  /** What ECS reads the connection URL by. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DatabaseCredentialProps) {
    const { names, name, user, database, host, port, recoveryDays } = props;
    super(scope, id, {
      name: names.pathOf("aws_secretsmanager_secret", logicalId(id, "secret"), `secret/${name}`),
      description: `How ${user} signs in to the database ${database}; generated, kept by nobody else`,
      carry: false,
      recoveryDays,
    });
    const password = randomValue(this, "value", props);
    const parts = [
      `"postgresql://${user}:"`,
      password,
      `"@"`,
      inExpression(host),
      `":${port}/${database}?sslmode=require"`,
    ];
    this.write(
      `\${jsonencode({ username = "${user}", password = ${password}, url = join("", [${parts.join(", ")}]) })}`,
      1,
    );
    this.password = `${this.arn}:password::`;
    this.url = `${this.arn}:url::`;
  }
}

/** A reference as part of an expression: alone it would keep its braces there, as the argument of a function it does not. */
const inExpression = (reference: string): string => Fn.join("", [reference]);

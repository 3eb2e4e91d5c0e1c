import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { SecretArns } from "../security/host-statements";
import type { Secret } from "../spec";
import { ManagedSecret } from "./managed-secret";

export interface AppSecretsProps {
  readonly names: PhysicalNames;
  /** The app's secrets by environment variable name. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly region: string;
  readonly accountId: string;
}

/** Where a secret's value lies. */
export interface SecretSource {
  readonly store: Secret["store"];
  /** Parameter name or secret ARN. */
  readonly id: string;
}

/**
 * Where the app's secrets lie, without any value. A Parameter Store secret is a SecureString that the host writes when it
 * first needs the value, so Terraform only knows its name: a parameter that Terraform reads back would put the value into
 * state. A Secrets Manager secret is made here, empty.
 *
 * Cost: none in Parameter Store (standard tier), $0.40 a month for each in Secrets Manager.
 */
export class AppSecrets extends Construct {
  readonly sources: Readonly<Record<string, SecretSource>>;
  /** All secrets. */
  readonly arns: SecretArns;
  /** Those with source "generated". */
  readonly generatedArns: SecretArns;

  constructor(scope: Construct, id: string, props: AppSecretsProps) {
    super(scope, id);
    const { names, secrets, region, accountId } = props;
    const sources: Record<string, SecretSource> = {};
    for (const [name, { store, carry }] of Object.entries(secrets)) {
      sources[name] =
        store === "ssm"
          ? { store, id: names.pathOf("aws_ssm_parameter", logicalId(id, name.toLowerCase()), `secret/${name}`, "/") }
          : { store, id: new ManagedSecret(scope, logicalId(id, name.toLowerCase()), { names, name, carry }).arn };
    }
    this.sources = sources;
    const arnsOf = (chosen: readonly SecretSource[]): SecretArns => ({
      parameters: idsIn(chosen, "ssm").map((name) => `arn:aws:ssm:${region}:${accountId}:parameter${name}`),
      managed: idsIn(chosen, "secrets-manager"),
    });
    this.arns = arnsOf(Object.values(sources));
    this.generatedArns = arnsOf(
      Object.entries(sources).flatMap(([name, place]) => (secrets[name]?.source === "generated" ? [place] : [])),
    );
  }
}

function idsIn(sources: readonly SecretSource[], store: Secret["store"]): string[] {
  return sources.filter((source) => source.store === store).map(({ id }) => id);
}

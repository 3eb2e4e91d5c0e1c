import { TerraformResource, Token } from "cdktf";
import type { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import { WrittenSecret } from "./written-secret";

export interface SuppliedSecretProps {
  readonly names: PhysicalNames;
  /** Environment variable that gets the value. */
  readonly name: string;
  /** Whether the value has to be the one of the tier before, and travels along to the next; written as a tag. */
  readonly carry: boolean;
  /** Name of the ephemeral variable that holds values by name: a map of texts. */
  readonly valuesVariable: string;
  /** Name of the variable that holds version numbers by name: a map of numbers, 1 for what it leaves out. */
  readonly versionsVariable: string;
  /** Days in which a deleted secret can be restored, 7 to 30; 0 deletes at once. */
  readonly recoveryDays: number;
}

/**
 * A secret whose value a person gives at the apply that creates it, and again when its version number is raised. All other
 * runs need no value; a plan that would write one without having it fails.
 *
 * Cost: $0.40 a month.
 */
export class SuppliedSecret extends WrittenSecret {
  constructor(scope: Construct, id: string, props: SuppliedSecretProps) {
    const { names, name, carry, recoveryDays } = props;
    super(scope, id, {
      name: names.pathOf("aws_secretsmanager_secret", logicalId(id, "secret"), `secret/${name}`),
      description: `Value of ${name}; ${carry ? "carried along between tiers" : "given by a person"}`,
      carry,
      recoveryDays,
    });
    const number = Token.asNumber(`\${lookup(var.${props.versionsVariable}, "${name}", 1)}`);
    // Empty where nothing was given: the provider takes no version number without a value beside it, and writes neither.
    const version = this.write(`\${${given(props)}}`, number);
    this.requireValue(props, version.id);
  }

  /**
   * Remembers when the value was written, which is how a plan knows whether it writes one: the time of a plan stands in the
   * memory only if this very plan makes it. It is made anew with each version of the secret, and after it, so that a run
   * that broke off before the value was written asks for it again.
   */
  private requireValue(props: SuppliedSecretProps, versionId: string): void {
    const { name, valuesVariable, versionsVariable, carry } = props;
    const written = new TerraformResource(this, "written", {
      terraformResourceType: "terraform_data",
      lifecycle: {
        ignoreChanges: ["input"],
        postcondition: [
          {
            condition: `\${self.input != plantimestamp() || ${given(props)} != ""}`,
            errorMessage:
              `This plan writes the secret ${name}, whose value is missing. Give it in the variable ${valuesVariable}: ` +
              `TF_VAR_${valuesVariable}='{"${name}":"..."}'.${carry ? " It has to be the value of the tier before." : ""} ` +
              `A secret that exists needs none, unless its number in ${versionsVariable} is raised.`,
          },
        ],
      },
    });
    written.addOverride("triggers_replace", versionId);
    written.addOverride("input", "${plantimestamp()}");
  }
}

const given = ({ name, valuesVariable }: SuppliedSecretProps): string => `lookup(var.${valuesVariable}, "${name}", "")`;

import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** Settings of `ephemeral.random_password`, as Terraform names them. */
export interface PasswordSettings {
  readonly length: number;
  readonly special: boolean;
  /** @default true */
  readonly upper?: boolean;
  /** @default true */
  readonly lower?: boolean;
  /** The special characters. @default - the provider's own */
  readonly override_special?: string;
}

/**
 * Draws a password that Terraform forgets; cdktf has no class for ephemeral blocks. Each run and each phase of a run draws
 * another one, so it may go into one write-only argument only: two would get different values.
 *
 * @param id child of `scope`
 * @returns the expression of the value, without braces
 */
export function ephemeralPassword(scope: Construct, id: string, settings: PasswordSettings): string {
  return ephemeral(scope, "random_password", id, { ...settings }, "result");
}

/**
 * Declares an ephemeral block.
 * @returns the expression of one of its attributes, without braces
 */
export function ephemeral(scope: Construct, type: string, id: string, config: object, attribute: string): string {
  const stack = TerraformStack.of(scope);
  const name = `${stack.getLogicalId(scope.node)}_${id}`;
  stack.addOverride(`ephemeral.${type}.${name}`, config);
  return `ephemeral.${type}.${name}.${attribute}`;
}

import { type IResolvable, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { SHORTEST_CLIENT_PREFIX } from "../spec/fields";

/** One rule that Terraform checks before it plans. */
export interface VariableRule {
  /** Terraform condition over `var.<name>`. */
  readonly condition: string;
  /** What is allowed and what to do; shown by Terraform when the condition is false. */
  readonly message: string;
}

export interface VariableProps<T> {
  /** What the variable changes, in the words of the person who sets it. */
  readonly description: string;
  readonly default: T;
  /** @default - any value of the type */
  readonly rules?: readonly VariableRule[];
}

function declare(scope: Construct, name: string, type: string, props: VariableProps<unknown>): TerraformVariable {
  return new TerraformVariable(scope, name, {
    type,
    description: props.description,
    default: props.default,
    nullable: false,
    validation: props.rules?.map((rule) => ({ condition: rule.condition, errorMessage: rule.message })),
  });
}

/** A text variable as a reference for use inside other texts. */
export const stringVariable = (scope: Construct, name: string, props: VariableProps<string>): string =>
  declare(scope, name, "string", props).stringValue;

/** A whole-number variable. The reference may stand alone as a value, never inside a text. */
export const numberVariable = (scope: Construct, name: string, props: VariableProps<number>): number =>
  declare(scope, name, "number", props).numberValue;

/** A variable that is on or off, as a reference for conditions. */
export const booleanVariable = (scope: Construct, name: string, props: VariableProps<boolean>): IResolvable =>
  declare(scope, name, "bool", props).booleanValue;

/** A variable of any other type; `var.<name>` stands in expressions. */
export function structuredVariable(scope: Construct, name: string, type: string, props: VariableProps<unknown>): void {
  declare(scope, name, type, props);
}

/** A variable whose value is in no plan and no state, and is given at each run that needs it. */
export function ephemeralVariable(scope: Construct, name: string, type: string, props: VariableProps<unknown>): void {
  const variable = declare(scope, name, type, props);
  variable.addOverride("ephemeral", true);
  variable.addOverride("sensitive", true);
}

/** A list-of-text variable as a reference for `for_each` and list arguments. */
export const listVariable = (scope: Construct, name: string, props: VariableProps<readonly string[]>): string[] =>
  declare(scope, name, "list(string)", props).listValue;

/** IPv4 only, and written with its first address: 10.0.0.1/8 is refused, as AWS does. */
const isRange = 'can(cidrnetmask(range)) && try(cidrhost(range, 0) == split("/", range)[0], false)';

/** Rule: every entry is an IPv4 range, and none opens large parts of the internet. */
export const clientRangesOnly = (name: string): VariableRule => ({
  condition: `\${alltrue([for range in var.${name} : ${isRange} && try(tonumber(split("/", range)[1]) >= ${SHORTEST_CLIENT_PREFIX}, false)])}`,
  message: `Every entry of ${name} must be an IPv4 range such as 203.0.113.7/32, with a prefix of /${SHORTEST_CLIENT_PREFIX} or longer: name the addresses that need access.`,
});

/** Rule: at least one entry, and every entry is an IPv4 range. */
export const rangesOnly = (name: string): VariableRule => ({
  condition: `\${length(var.${name}) > 0 && alltrue([for range in var.${name} : ${isRange}])}`,
  message: `${name} must hold at least one entry, each an IPv4 range such as 173.245.48.0/20.`,
});

/** Rule: empty, or matching a pattern that needs no escaping. */
export const emptyOrMatching = (name: string, pattern: string, allowed: string): VariableRule => ({
  condition: `\${var.${name} == "" || can(regex("${pattern}", var.${name}))}`,
  message: `${name} must be empty or ${allowed}.`,
});

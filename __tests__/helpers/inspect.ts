/** Looking into synthesized JSON where a matcher would say too little: exact sets, single resources, policies. */
import type { TerraformClass } from "./matchers";
import { resourcesOf } from "./synth";

type Section = Record<string, Record<string, Record<string, unknown>>>;

/** The Terraform types of all resources, sorted, so that a test shows what is not there as well. */
export function resourceTypes(json: string): string[] {
  const { resource = {} } = JSON.parse(json) as { resource?: Section };
  return Object.keys(resource).sort();
}

/** The logical ids of all resources and data sources as `<type>.<id>`, sorted. */
export function addresses(json: string): string[] {
  const { resource = {}, data = {} } = JSON.parse(json) as { resource?: Section; data?: Section };
  const inside = (section: Section, lead: string) =>
    Object.entries(section).flatMap(([type, byId]) => Object.keys(byId).map((id) => `${lead}${type}.${id}`));
  return [...inside(resource, ""), ...inside(data, "data.")].sort();
}

/** The only resource of a class; throws when there are none or several. */
export function onlyOne(json: string, type: TerraformClass): Record<string, unknown> {
  const [first, ...rest] = Object.values(resourcesOf(json, type));
  if (first === undefined || rest.length > 0) throw new Error(`not exactly one ${type.tfResourceType} in ${json}`);
  return first;
}

/** One statement of a policy in synthesized JSON. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** The statements of a policy document. */
export function statementsOf(policy: unknown): PolicyStatement[] {
  const { Version, Statement } = JSON.parse(String(policy)) as { Version: string; Statement: PolicyStatement[] };
  if (Version !== "2012-10-17") throw new Error(`policy of version ${Version}`);
  return Statement;
}

/** The value of an output. */
export function outputOf(json: string, name: string): unknown {
  const { output = {} } = JSON.parse(json) as { output?: Record<string, { value: unknown }> };
  return output[name]?.value;
}

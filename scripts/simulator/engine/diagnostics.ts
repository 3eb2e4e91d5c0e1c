/** Messages to the user, in the form that Terraform shows. */
import type { Diagnostic } from "../contract";
import { attributeOf, blockOf } from "../schema/shape";
import type { Block, CtyType } from "../schema/types";

/** One step of an attribute path on the wire. */
export type Step = { attribute_name: string } | { element_key_string: string } | { element_key_int: number };

export function error(summary: string, detail: string, path?: (string | number)[]): Diagnostic {
  return { severity: "error", summary, detail, path };
}

export function hasError(diagnostics: Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}

/** The wire form; the path ends where the schema, or a set, allows no further step. */
export function wireDiagnostics(diagnostics: Diagnostic[], block?: Block): object[] {
  return diagnostics.map((d) => {
    const steps = d.path && block ? wireSteps(block, d.path) : [];
    const attribute = steps.length > 0 ? { attribute: { steps } } : {};
    return { severity: d.severity === "error" ? 1 : 2, summary: d.summary, detail: d.detail, ...attribute };
  });
}

function wireSteps(block: Block, path: (string | number)[]): Step[] {
  const [name, ...rest] = path;
  if (typeof name !== "string") return [];
  const here: Step = { attribute_name: name };
  const attribute = attributeOf(block, name);
  if (attribute) return [here, ...typeSteps(attribute.type, rest)];
  const nested = blockOf(block, name);
  if (!nested) return [];
  if (nested.nesting === "single") return [here, ...wireSteps(nested.block, rest)];
  const [key, ...inner] = rest;
  if (nested.nesting === "list" && typeof key === "number") {
    return [here, { element_key_int: key }, ...wireSteps(nested.block, inner)];
  }
  return [here];
}

function typeSteps(type: CtyType, path: (string | number)[]): Step[] {
  const [key, ...rest] = path;
  if (key === undefined || typeof type === "string") return [];
  if (type[0] === "list" && typeof key === "number") return [{ element_key_int: key }, ...typeSteps(type[1], rest)];
  if (type[0] === "map" && typeof key === "string") return [{ element_key_string: key }, ...typeSteps(type[1], rest)];
  const field = type[0] === "object" && typeof key === "string" ? type[1][key] : undefined;
  return field === undefined ? [] : [{ attribute_name: String(key) }, ...typeSteps(field, rest)];
}

import { z } from "zod";
import type { FieldGuide } from "./fields";
import { own } from "./own";

/** One step of a path: a field or name, or a place in a list. */
export type Step = string | number;

/** The schema inside optional, default and prefault wrappers. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.def.innerType)
    : schema;
}

/** The possible schemas of a value inside `schema`; more than one below a choice between forms. */
function below(schema: z.core.$ZodType, step: Step): z.core.$ZodType[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const field = own(inner.shape as Record<string, z.core.$ZodType>, String(step));
    return field === undefined ? [] : [field];
  }
  if (inner instanceof z.ZodRecord) return [inner.valueType];
  if (inner instanceof z.ZodArray) return [inner.element];
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => below(option, step));
  return [];
}

/** The schema at a path, or undefined when no such field exists. Below a choice, the first form that has the field. */
export function schemaAt(root: z.core.$ZodType, path: readonly Step[]): z.core.$ZodType | undefined {
  let candidates = [root];
  for (const step of path) candidates = candidates.flatMap((candidate) => below(candidate, step));
  return candidates[0] && unwrap(candidates[0]);
}

/** Whether a value there has one of several forms, such as `image`: such values are replaced as a whole. */
export const isChoice = (schema: z.core.$ZodType | undefined): boolean => schema instanceof z.ZodUnion;

/** The names that an object may have; undefined for anything but an object. */
export function fieldNames(schema: z.core.$ZodType | undefined): string[] | undefined {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldNames(unwrap(option)) ?? []);
  return undefined;
}

/** What the report says about a value of this schema. */
export function guideOf(schema: z.core.$ZodType | undefined): FieldGuide {
  const inner = schema && unwrap(schema);
  const words = inner && (z.globalRegistry.get(inner) as Partial<FieldGuide> | undefined);
  if (words?.allowed !== undefined && words.fix !== undefined) return { allowed: words.allowed, fix: words.fix };
  const fields = fieldNames(inner);
  if (fields) return { allowed: `an object with ${fields.join(", ")}`, fix: "write it in braces with these fields" };
  throw new Error("a field of the app specification has no guide");
}

/** The report's words for a name in a collection by name. */
export function keyGuideOf(schema: z.core.$ZodType | undefined): FieldGuide {
  if (!(schema instanceof z.ZodRecord)) throw new Error("only a collection by name has names");
  return guideOf(schema.keyType);
}

/** A path as an author would write it: `services.api.dependsOn[0]`. */
export function showPath(path: readonly Step[]): string {
  if (path.length === 0) return "the app";
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

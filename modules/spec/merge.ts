import type { z } from "zod";
import { isChoice, schemaAt, type Step } from "./guide";

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Lays an environment's overrides over an app: objects merge, lists and plain values replace. A value that has one of
 * several forms, such as `image`, is replaced as a whole, because a mix of two forms would be neither.
 */
export function mergeOverrides(
  schema: z.core.$ZodType,
  base: unknown,
  over: unknown,
  path: readonly Step[] = [],
): unknown {
  if (over === undefined) return base;
  if (!isPlainObject(base) || !isPlainObject(over) || isChoice(schemaAt(schema, path))) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = mergeOverrides(schema, base[key], value, [...path, key]);
  }
  return merged;
}

/** Whether overrides give a value at a path or above or below it. */
export function isOverridden(over: unknown, path: readonly Step[]): boolean {
  let value: unknown = over;
  for (const step of path) {
    if (!isPlainObject(value)) return value !== undefined;
    value = value[step];
    if (value === undefined) return false;
  }
  return value !== undefined;
}

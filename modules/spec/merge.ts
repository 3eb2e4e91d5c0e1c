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

/** Whether the value at a path, or its absence, comes from the overrides and not from the app itself. */
export function isOverridden(base: unknown, over: unknown, path: readonly Step[]): boolean {
  const [step, ...rest] = path;
  if (step === undefined || !isPlainObject(over)) return over !== undefined;
  return isPlainObject(base) ? isOverridden(base[step], over[step], rest) : true;
}

/** What one file of hooks says about the types of its service. */
import { createHash } from "node:crypto";
import type { ApplyInput, Ctx, Diagnostic, Obj, TypeHooks, Value, World, WorldObject } from "../contract";
import { refusal } from "../facts/messages";
import { isObj, UNKNOWN } from "../wire/value";

/** Behaviour of one type, with the checks of placement that look at other objects. */
export interface ServiceHooks extends TypeHooks {
  /** What AWS would refuse at create or update because of other objects. */
  check?(input: ApplyInput): Diagnostic[];
  /** What AWS would refuse at deletion because of other objects. */
  checkDestroy?(object: WorldObject, ctx: Ctx, world: World): Diagnostic[];
}

export type Hooks = Record<string, ServiceHooks>;

/** A refusal of AWS while the object of the input is created or updated. */
export function refuse(input: ApplyInput, message: string, detail: string, ...path: string[]): Diagnostic {
  return refusal(input.prior ? "updating" : "creating", input.type, message, detail, path);
}

/** A configuration that the provider itself refuses. */
export function invalid(summary: string, detail: string, ...path: (string | number)[]): Diagnostic {
  return { severity: "error", summary, detail, path };
}

export function text(value: Value): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first element of a block that may be given once. */
export function only(value: Value): Obj | undefined {
  const element: Value = Array.isArray(value) ? value[0] : value;
  return isObj(element) ? element : undefined;
}

export function objects(value: Value): Obj[] {
  return Array.isArray(value) ? value.filter(isObj) : [];
}

export function strings(value: Value): string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === "string") : [];
}

/** What the user left out: neither set nor unknown. */
export function unset(value: Value): boolean {
  return value !== UNKNOWN && (value === null || value === undefined || (Array.isArray(value) && value.length === 0));
}

/** Gives the named attributes their values where the user left them out. */
export function fallback(result: Obj, config: Obj, values: Obj): Obj {
  const open = Object.entries(values).filter(([name]) => name in result && unset(config[name]));
  return { ...result, ...Object.fromEntries(open) };
}

/** Hex digits that depend on nothing but the words. */
export function digits(length: number, ...words: Value[]): string {
  return createHash("sha256").update(words.map(String).join("|")).digest("hex").slice(0, length);
}

/** Plans an argument as not known yet when any of the others changes. */
export function unknownOnChange(prior: Obj | null, planned: Obj, target: string, sources: string[]): Obj {
  if (!prior || !(target in planned)) return planned;
  const changed = sources.some((name) => JSON.stringify(planned[name]) !== JSON.stringify(prior[name]));
  return changed ? { ...planned, [target]: UNKNOWN } : planned;
}

/** The value of a JSON text; undefined for what is not known yet, and for no JSON, which a rule reports. */
export function parsedJson(value: Value): unknown {
  try {
    return typeof value === "string" && value !== "" ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

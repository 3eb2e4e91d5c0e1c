/**
 * The mark in every simulated state: each instance carries the key of its object as provider-private data. An instance
 * without it was made by a real provider, and is refused.
 */
import type { Diagnostic, Obj, Value } from "../contract";
import { isObj } from "../wire/value";
import { error } from "./diagnostics";

const FIELD = "simulatedObject";

export function privateData(key: string): Buffer {
  return Buffer.from(JSON.stringify({ [FIELD]: key }));
}

/**
 * What a plan carries that has no object yet. Terraform hands it in place of the object's own data when it destroys what
 * is tainted.
 */
export const PLANNED = Buffer.from(JSON.stringify({ simulatedPlan: true }));

export function isPlanned(data: Uint8Array | null | undefined): boolean {
  return data !== null && data !== undefined && PLANNED.equals(data);
}

/** The key of the object, or undefined when the simulator did not write the instance. */
export function objectKey(data: Uint8Array | null | undefined): string | undefined {
  if (!data?.length) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(data).toString("utf8"));
    return isObj(parsed) && typeof parsed[FIELD] === "string" ? parsed[FIELD] : undefined;
  } catch {
    return undefined;
  }
}

export function foreignState(type: string, id: Value): Diagnostic {
  return error(
    "This state was not written by the simulator",
    `The state holds ${type} "${typeof id === "string" ? id : "(no id)"}", which the simulated AWS never created: it may describe real ` +
      "resources. Nothing was changed. Run the simulation with a state of its own, inside .simulated/.",
  );
}

export function vanished(type: string, prior: Obj): Diagnostic {
  const id = typeof prior.id === "string" ? ` "${prior.id}"` : "";
  return error("The object is gone", `${type}${id} was deleted outside Terraform after this was planned. Plan again.`);
}

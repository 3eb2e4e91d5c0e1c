/** Which calls of the protocol can meet faults, and how such a call is answered without a change. */
import type { Knowledge } from "../contract";
import type { Call } from "../faults/spec";
import type { FaultyCall, Outcome } from "../faults/injector";
import { decodeObject, type DynamicValue, encode } from "../wire/value";
import type { WorldFile } from "../world";
import { wireDiagnostics } from "./diagnostics";
import { objectKey } from "./marker";
import type { Request } from "./request";

/** What Terraform asks to do with a resource; undefined for everything that never reaches AWS. */
export function callOf(method: string, request: Request): Call | undefined {
  if (method === "ReadResource") return "read";
  if (method !== "ApplyResourceChange") return undefined;
  if (!decodeObject(request.planned_state)) return "delete";
  return decodeObject(request.prior_state) ? "update" : "create";
}

/** An answer that leaves Terraform's state as it was. */
export function refuser(method: string, request: Request): FaultyCall["refuse"] {
  const unchanged =
    method === "ReadResource"
      ? { new_state: request.current_state, private: request.private }
      : { new_state: request.prior_state, private: request.planned_private };
  return (why) => ({ ...unchanged, diagnostics: wireDiagnostics([why]) });
}

/** What a carried out call came to. */
export function outcomeOf(reply: object, world: WorldFile, knowledge: Knowledge): Outcome {
  const { diagnostics = [], private: data } = reply as { diagnostics?: { severity: number }[]; private?: Uint8Array };
  const key = objectKey(data);
  const object = key === undefined ? undefined : world.byKey(key);
  return {
    reply,
    refused: diagnostics.some(({ severity }) => severity === 1),
    object: object && { id: object.id, importId: knowledge.importId(object) },
  };
}

/**
 * Takes one attribute of the object of an update back to what it was before.
 *
 * @returns what changes the answer to the update accordingly
 * @throws Error when the type has no such attribute
 */
export function revert(attribute: string, request: Request, world: WorldFile): (reply: object) => object {
  return (reply) => {
    const prior = decodeObject(request.prior_state) ?? {};
    if (!(attribute in prior)) throw new Error(`${request.type_name} has no attribute "${attribute}" to take back`);
    const answer = reply as { new_state: DynamicValue; private?: Uint8Array };
    const object = world.byKey(objectKey(answer.private) ?? "");
    if (object) world.put({ ...object, attributes: { ...object.attributes, [attribute]: prior[attribute] } });
    return { ...reply, new_state: encode({ ...decodeObject(answer.new_state), [attribute]: prior[attribute] }) };
  };
}

/** What a Terraform state says about itself, and how two of them differ. */
import { isDeepStrictEqual } from "node:util";
import { MOVED } from "../../modules/terraform/state-copies";
import type { Json } from "../lib/stack-json";

interface RawState {
  version?: number;
  terraform_version?: string;
  serial?: number;
  lineage?: string;
  outputs?: Json;
  resources?: RawResource[];
}

interface RawResource {
  mode: string;
  module?: string;
  type: string;
  name: string;
  provider?: string;
  instances: { index_key?: string | number; deposed?: string; attributes?: Json }[];
}

/** A state that can be worked with. */
export interface StateDocument {
  kind: "state";
  text: string;
  serial: number;
  /** Stays the same for the whole life of a state. */
  lineage: string;
  outputs: Json;
  resources: readonly RawResource[];
  /** Every object by its address, with what the state knows about it. */
  objects: ReadonlyMap<string, unknown>;
}

/** What lies where a state is expected. */
export type Found =
  | StateDocument
  | { kind: "nothing" }
  /** The mark of a state that was moved away. */
  | { kind: "moved"; where: string; text: string }
  | { kind: "unreadable"; reason: string; text: string };

/** Reads what lies at a place; undefined and an empty text are nothing. */
export function readDocument(text: string | undefined): Found {
  if (text === undefined || text.trim() === "") return { kind: "nothing" };
  let raw: RawState | null;
  try {
    raw = JSON.parse(text) as RawState | null;
  } catch (error) {
    return { kind: "unreadable", reason: (error as Error).message, text };
  }
  if (raw?.terraform_version?.startsWith(MOVED)) return { kind: "moved", where: movedTo(raw.terraform_version), text };
  if (raw?.version !== 4 || typeof raw.serial !== "number" || typeof raw.lineage !== "string") {
    return { kind: "unreadable", reason: "it is no Terraform state of version 4 with a serial and a lineage", text };
  }
  const { serial, lineage, outputs = {}, resources = [] } = raw;
  return { kind: "state", text, serial, lineage, outputs, resources, objects: objectsOf(resources) };
}

function objectsOf(resources: readonly RawResource[]): Map<string, unknown> {
  const objects = new Map<string, unknown>();
  for (const { mode, module, type, name, instances } of resources) {
    if (mode !== "managed") continue;
    const block = [module, type, name].filter(Boolean).join(".");
    for (const instance of instances) {
      const key = instance.index_key === undefined ? "" : `[${JSON.stringify(instance.index_key)}]`;
      const deposed = instance.deposed === undefined ? "" : ` (deposed ${instance.deposed})`;
      objects.set(`${block}${key}${deposed}`, instance);
    }
  }
  return objects;
}

/** Whether two states say the same: lineage, serial, outputs and resources. The order of keys means nothing. */
export function isSame(a: StateDocument, b: StateDocument): boolean {
  return a.lineage === b.lineage && a.serial === b.serial && hasSameContent(a, b);
}

/** Whether two states hold the same outputs and resources. */
export const hasSameContent = (a: StateDocument, b: StateDocument): boolean =>
  isDeepStrictEqual([a.outputs, a.resources], [b.outputs, b.resources]);

/** Addresses by what a change from one state to the other does to them, sorted. */
export interface Difference {
  added: string[];
  removed: string[];
  changed: string[];
}

export function difference(from: StateDocument | undefined, to: StateDocument): Difference {
  const before: ReadonlyMap<string, unknown> = from?.objects ?? new Map();
  const both = [...to.objects.keys()].filter((address) => before.has(address));
  return {
    added: [...to.objects.keys()].filter((address) => !before.has(address)).sort(),
    removed: [...before.keys()].filter((address) => !to.objects.has(address)).sort(),
    changed: both.filter((address) => !isDeepStrictEqual(before.get(address), to.objects.get(address))).sort(),
  };
}

/** The same state under another serial. */
export function withSerial(state: StateDocument, serial: number): string {
  return state.serial === serial ? state.text : written({ ...(JSON.parse(state.text) as Json), serial });
}

/**
 * What is left where a state was: Terraform refuses it, and its message shows where the state is now. See ADR 011.
 *
 * @param where the new place, in words
 */
export function movedMark({ serial, lineage }: StateDocument, where: string): string {
  const note = `${MOVED} this state is now in ${where} (tiers state move). Deploy with the app that says so`;
  return written({ version: 4, terraform_version: note, serial, lineage, outputs: {}, resources: [] });
}

const movedTo = (note: string): string => /this state is now in (\S+)/.exec(note)?.[1] ?? "another place";

const written = (state: object): string => `${JSON.stringify(state, null, 2)}\n`;

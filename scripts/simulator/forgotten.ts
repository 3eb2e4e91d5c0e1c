/** Finds what exists in a simulated account although no state holds it. */
import * as fs from "node:fs";
import type { Knowledge, WorldObject } from "./contract";
import { objectKey } from "./engine/marker";
import { isHandWritten, readStoredObjects } from "./world";

/** An object that a person has to import or delete. */
export interface Forgotten extends WorldObject {
  /** What `terraform import` takes for it. */
  importId: string;
}

interface StateJson {
  resources?: { instances?: { private?: string }[] }[];
}

/**
 * The objects of AWS that Terraform made and that the state does not hold, in the order of the world file. What other
 * providers make exists in a state only.
 */
export function forgottenObjects(worldFile: string, stateFile: string, knowledge: Knowledge): Forgotten[] {
  const held = keysIn(stateFile);
  return readStoredObjects(worldFile)
    .filter((object) => object.type.startsWith("aws_") && !isHandWritten(object) && !held.has(object.key))
    .map((object) => ({ ...object, importId: knowledge.importId(object) }));
}

function keysIn(stateFile: string): Set<string> {
  const keys = new Set<string>();
  if (!fs.existsSync(stateFile)) return keys;
  const state = JSON.parse(fs.readFileSync(stateFile, "utf8")) as StateJson;
  for (const instance of (state.resources ?? []).flatMap((resource) => resource.instances ?? [])) {
    const key = objectKey(Buffer.from(instance.private ?? "", "base64"));
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

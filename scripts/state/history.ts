/** Which versions of a state can be had back. */
import { readDocument } from "./document";
import type { Place, Version } from "./place";

/** A version and what it says about itself. */
export interface HistoryEntry {
  id: string;
  /** When it was written, in UTC. */
  time: string;
  current: boolean;
  serial?: number;
  lineage?: string;
  /** How many objects it holds. */
  resources?: number;
  /** What it is when it is no state. */
  note?: string;
}

/** The versions of a place, the current one first, then the newest. */
export async function stateHistory(place: Place, limit: number): Promise<HistoryEntry[]> {
  const versions = await place.versions(limit);
  return Promise.all(versions.map((version) => entryOf(version)));
}

async function entryOf(version: Version): Promise<HistoryEntry> {
  const { id, modified, current } = version;
  const base = { id, time: `${modified.toISOString().slice(0, 19)}Z`, current };
  const found = readDocument(await version.read());
  if (found.kind === "state") {
    return { ...base, serial: found.serial, lineage: found.lineage, resources: found.objects.size };
  }
  if (found.kind === "moved") return { ...base, note: `moved to ${found.where}` };
  return { ...base, note: found.kind === "nothing" ? "empty" : "unreadable" };
}

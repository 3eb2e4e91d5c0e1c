/** The secrets of a stack as a list, without any value. */
import { table } from "../lib/terminal";
import type { SecretPlace, SecretStore } from "./secret-store";
import type { SecretUses } from "./secret-uses";

export interface SecretEntry {
  name: string;
  store: SecretPlace["store"];
  /** Name of the parameter or ARN of the secret; empty when the deployed stack does not know it yet. */
  id: string;
  /** Empty when there is no value. */
  version: string;
  /** ISO 8601; empty when there is no value. */
  changedAt: string;
  /** Services and jobs that get it. */
  usedBy: readonly string[];
  /** Role of the database that signs in with it; empty for all others. */
  databaseRole: string;
}

/** What is known of a secret before its store is asked. */
export interface SecretQuestion {
  store: SecretPlace["store"];
  id: string;
  uses: SecretUses | undefined;
  open: () => SecretStore;
}

/**
 * Asks each secret's store, one after the other.
 *
 * @throws UserError when a store refuses or cannot be reached
 */
export async function listSecrets(
  names: readonly string[],
  question: (name: string) => SecretQuestion,
): Promise<SecretEntry[]> {
  const entries: SecretEntry[] = [];
  for (const name of names) {
    const { store, id, uses, open } = question(name);
    const found = id === "" ? undefined : await open().describe();
    const { version = "", changedAt = "" } = found ?? {};
    const { consumers = [], databaseRole = "" } = uses ?? {};
    entries.push({ name, store, id, version, changedAt, usedBy: consumers, databaseRole });
  }
  return entries;
}

/** The list for people. */
export function describeSecrets(entries: readonly SecretEntry[]): string {
  const rows = entries.map(({ name, id, version, changedAt, usedBy, databaseRole }) => [
    name,
    version || "no value",
    changedAt.slice(0, 16).replace("T", " ") || "-",
    [...(databaseRole ? [`role ${databaseRole}`] : []), ...usedBy].join(", ") || "nobody",
    id || "not deployed yet",
  ]);
  return table([["name", "version", "changed (UTC)", "used by", "where"], ...rows], "");
}

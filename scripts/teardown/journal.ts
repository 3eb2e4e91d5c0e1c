/** What a teardown has taken out of a state, written down before it does so. */
import * as fs from "node:fs";
import { parseJson } from "../lib/stack-json";
import { writeFileAtomic } from "../lib/write";
import type { Held } from "./state";

/** Something that stays in the account and costs money or holds data. */
export interface Leftover {
  address: string;
  type: string;
  id: string;
  arn?: string;
  region?: string;
  /** Whether its name is fixed in the configuration, so that a new deployment would meet it again. */
  fixedName: boolean;
}

export interface Journal {
  stack: string;
  /** Whether the last teardown came to its end. */
  finished: boolean;
  /** What this teardown has left, also before it was interrupted. */
  leftovers: Leftover[];
  /** What finished teardowns of the stack had left, oldest first. */
  earlier: Leftover[];
  /** Copies of the state as it was before a run changed anything, oldest first: names of files beside the journal. */
  stateCopies: string[];
}

/** The journal of a stack, or an empty one. @throws UserError (exit 2) when the file is not readable */
export function readJournal(file: string, stack: string): Journal {
  if (!fs.existsSync(file)) return { stack, finished: true, leftovers: [], earlier: [], stateCopies: [] };
  return parseJson(file) as unknown as Journal;
}

/** Writes the journal at once. */
export function writeJournal(file: string, journal: Journal): void {
  writeFileAtomic(file, `${JSON.stringify(journal, null, 2)}\n`, { mode: 0o600 });
}

/** The journal to go on with: after a finished teardown a new one begins, after an interrupted one it continues. */
export function continued(journal: Journal): Journal {
  if (!journal.finished) return journal;
  return { ...journal, finished: false, leftovers: [], earlier: union(journal.earlier, journal.leftovers) };
}

/** Adds what is new. What was left earlier and is left again, because it was taken over in between, counts as new. */
export function withLeftovers(journal: Journal, added: readonly Leftover[]): Journal {
  const leftovers = union(journal.leftovers, added);
  const now = new Set(leftovers.map(keyOf));
  return { ...journal, leftovers, earlier: journal.earlier.filter((leftover) => !now.has(keyOf(leftover))) };
}

const keyOf = ({ type, id }: Leftover): string => `${type} ${id}`;

function union(first: readonly Leftover[], second: readonly Leftover[]): Leftover[] {
  const known = new Set(first.map(keyOf));
  return [...first, ...second.filter((leftover) => !known.has(keyOf(leftover)))];
}

const NAME_ARGUMENTS = ["bucket", "name"] as const;

/** Describes a held object as a leftover. */
export function leftoverOf(held: Held, block: Record<string, unknown> | undefined): Leftover {
  const name = NAME_ARGUMENTS.map((argument) => block?.[argument]).find((value) => typeof value === "string");
  const { arn } = held.attributes;
  return {
    address: held.address,
    type: held.type,
    id: held.id,
    arn: typeof arn === "string" ? arn : undefined,
    region: regionOf(held),
    fixedName: typeof name === "string" && !name.includes("${"),
  };
}

/** The region an object lives in, from its own attributes or its ARN. */
export function regionOf({ attributes }: Held): string | undefined {
  const { region, arn } = attributes;
  if (typeof region === "string" && region !== "") return region;
  const fromArn = typeof arn === "string" ? arn.split(":")[3] : undefined;
  return fromArn || undefined;
}

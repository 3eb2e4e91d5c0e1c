/** The table of what an existing system asks for: read from docs/conformance/*.yaml, checked on reading. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../lib/errors";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One built value: a place in a stack's JSON, or in a file that the stack ships to its host. */
const built = z.strictObject({
  stack: z.string(),
  /** Key of the S3 object that ships a host file. @default - the place is in the stack's JSON itself */
  file: z.string().optional(),
  /** JSON Pointer (RFC 6901) into the JSON, or into the host file when it is YAML. */
  at: z.string().startsWith("/").optional(),
  /** The value at `at`. */
  is: z.union([scalar, z.array(scalar), z.null()]).optional(),
  /** A text that the value at `at`, or the whole host file, holds. */
  holds: z.string().optional(),
});

const row = z.strictObject({
  id: z.string().regex(/^[A-Z]+(-[A-Z]+)*-\d+$/),
  /** What the source document says. */
  asked: z.string(),
  built: z.array(built).default([]),
  /** Test that fails when a built value changes: "<file> > <name of the test>". */
  test: z
    .string()
    .regex(/^__tests__\/\S+\.test\.ts > \S.*$/)
    .optional(),
  /** Why the built system differs. @default - it does not */
  deviation: z.string().optional(),
  /** Where the rest of the row is built, when this table cannot show it. */
  later: z.string().optional(),
});

const table = z.strictObject({ system: z.string(), source: z.string(), rows: z.array(row).min(1) });

export type Built = z.output<typeof built>;
export type Row = z.output<typeof row>;
export type Table = z.output<typeof table> & { readonly name: string };

/**
 * Reads every table of a folder.
 *
 * @throws UserError (exit 2) that names the file and what is wrong in it
 */
export function readTables(folder: string): Table[] {
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => readTable(path.join(folder, file)));
}

function readTable(file: string): Table {
  const result = table.safeParse(parse(fs.readFileSync(file, "utf8")));
  const name = path.basename(file, ".yaml");
  if (!result.success) throw new UserError(`${path.basename(file)}: ${z.prettifyError(result.error)}`, 2);
  const mistakes = result.data.rows.flatMap(rowMistakes);
  if (mistakes.length > 0) throw new UserError(`${path.basename(file)}: ${mistakes.join("; ")}`, 2);
  return { ...result.data, name };
}

/** A row must say something checkable: values with the test that holds them, a deviation, or where it is built. */
function rowMistakes(entry: Row): string[] {
  const mistakes: string[] = [];
  if (entry.built.length > 0 && entry.test === undefined) mistakes.push(`${entry.id} has values but no test`);
  if (entry.built.length === 0 && !entry.deviation && !entry.later) mistakes.push(`${entry.id} says nothing`);
  for (const { at, file, is, holds } of entry.built) {
    if (at === undefined && file === undefined) mistakes.push(`${entry.id} names no place`);
    if ((is === undefined) === (holds === undefined)) mistakes.push(`${entry.id} needs one of "is" and "holds"`);
    if (is !== undefined && at === undefined) mistakes.push(`${entry.id}: "is" needs "at"`);
  }
  return mistakes;
}

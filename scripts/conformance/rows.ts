/** The tables of what existing systems ask for: read from docs/conformance/*.yaml, checked on reading. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../lib/errors";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One built value: a place in the stack's JSON, or in a file that the stack ships to its host. */
const built = z.strictObject({
  /** Key of the S3 object that ships a host file. @default - the place is in the stack's JSON itself */
  file: z.string().optional(),
  /** JSON Pointer (RFC 6901) into the JSON, or into the host file when it is YAML or JSON. @default - the whole file */
  at: z.string().startsWith("/").optional(),
  /** The value at `at`. */
  is: z.union([scalar, z.array(scalar), z.null()]).optional(),
  /** A part of the text at `at` or of the whole file, or one element of the list at `at`. */
  holds: z.string().min(1).optional(),
  /** Nothing stands at `at`. */
  absent: z.literal(true).optional(),
});

const row = z.strictObject({
  /** Id in the checklist of the system. */
  id: z.string().regex(/^[A-Z]+(-[A-Z]+)*-\d+$/, "an id such as WEB-MVP-01"),
  /** What the source document says. */
  asked: z.string().min(1),
  built: z.array(built).default([]),
  /** Test that fails when a built value changes: "<file> > <full name of the test>". */
  test: z
    .string()
    .regex(/^__tests__\/\S+\.test\.ts > \S.*$/, '"<file below __tests__> > <full name of the test>"')
    .optional(),
  /** Tests that show it on a running host: "<file> > <title of the test>". @default - none */
  rehearsed: z
    .array(z.string().regex(/^__tests__\/\S+\.test\.ts > \S.*$/, '"<file below __tests__> > <title of the test>"'))
    .default([]),
  /** Why the built system differs. @default - it does not */
  deviation: z.string().min(1).optional(),
  /** Why a part of the row is not built, and where it will be. @default - all of it is built or differs on purpose */
  later: z.string().min(1).optional(),
});

const table = z.strictObject({
  /** Title of the table. */
  system: z.string(),
  /** Id of the stack that builds the system. */
  stack: z.string(),
  /** Where the rows come from, in a sentence. */
  source: z.string(),
  rows: z.array(row).min(1),
});

/** A built value with the stack that holds it. */
export type Built = z.output<typeof built> & { readonly stack: string };
export type Row = Omit<z.output<typeof row>, "built"> & { readonly built: readonly Built[] };
export type Table = Omit<z.output<typeof table>, "rows"> & { readonly rows: readonly Row[] };

/** What the table may say of a place; each place needs exactly one. */
const EXPECTATIONS = ["is", "holds", "absent"] as const;

/**
 * Reads every table of a folder.
 *
 * @throws UserError (exit 2) with one line for each mistake of all tables: the file, the row, what is wrong
 */
export function readTables(folder: string): Table[] {
  const files = (fs.existsSync(folder) ? fs.readdirSync(folder) : []).filter((file) => file.endsWith(".yaml")).sort();
  if (files.length === 0) throw new UserError(`${folder} holds no table (*.yaml).`, 2);
  const tables: Table[] = [];
  const mistakes: string[] = [];
  for (const file of files) {
    const { value, wrong } = readTable(path.join(folder, file));
    mistakes.push(...wrong.map((mistake) => `${file}: ${mistake}`));
    if (value) tables.push(value);
  }
  mistakes.push(...repeatedIds(tables));
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  return tables;
}

function readTable(file: string): { value?: Table; wrong: string[] } {
  let content: unknown;
  try {
    content = parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    return { wrong: [(error as Error).message.split("\n", 1)[0] ?? "is not YAML"] };
  }
  const { success, data, error } = table.safeParse(content);
  if (!success)
    return { wrong: error.issues.map(({ path: at, message }) => `${at.join(".") || "the table"}: ${message}`) };
  const rows = data.rows.map((one) => ({ ...one, built: one.built.map((place) => ({ ...place, stack: data.stack })) }));
  return { value: { ...data, rows }, wrong: rows.flatMap(rowMistakes) };
}

/** A row must say something checkable: values with the test that holds them, a deviation, or where it is built. */
function rowMistakes({ id, built: places, test, deviation, later }: Row): string[] {
  const mistakes = places.flatMap((place) => placeMistakes(place).map((mistake) => `${id} ${mistake}`));
  if (places.length > 0 && test === undefined) mistakes.push(`${id} has values but no test`);
  if (places.length === 0 && test !== undefined) mistakes.push(`${id} has a test but no values`);
  if (places.length === 0 && !deviation && !later) mistakes.push(`${id} says nothing: no values, deviation or later`);
  return mistakes;
}

function placeMistakes(place: Built): string[] {
  const mistakes: string[] = [];
  const given = EXPECTATIONS.filter((name) => place[name] !== undefined);
  if (given.length !== 1) mistakes.push(`needs exactly one of ${EXPECTATIONS.join(", ")}`);
  if (place.at === undefined && place.file === undefined) mistakes.push("names no place: give at, file or both");
  if (place.at === undefined && place.file !== undefined && place.holds === undefined) {
    mistakes.push(`needs at: a whole file can only be checked with holds`);
  }
  return mistakes;
}

function repeatedIds(tables: readonly Table[]): string[] {
  const ids = tables.flatMap(({ rows }) => rows.map(({ id }) => id));
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...repeated].map((id) => `${id} stands for more than one row`);
}

/** The conformance document: one section per row, written from the tables that the stacks were compared with. */
import { isAsSaid, valueAt, type Stacks } from "./places";
import type { Built, Row, Table } from "./rows";

/** A built value that is not what the table says. */
export interface Mismatch {
  readonly id: string;
  readonly place: string;
  readonly expected: string;
  readonly found: string;
}

/** Compares every row with the stacks. */
export function mismatches(tables: readonly Table[], stacks: Stacks): Mismatch[] {
  const wrong = (row: Row): Built[] => row.built.filter((place) => !isAsSaid(stacks, place));
  return tables
    .flatMap(({ rows }) => rows)
    .flatMap((row) =>
      wrong(row).map((place) => ({
        id: row.id,
        place: placeName(place),
        expected: expectation(place),
        found: stacks.has(place.stack) ? short(valueAt(stacks, place)) : "in a stack that was not built",
      })),
    );
}

/** The whole document as Markdown, in the form that Prettier leaves as it is. */
export function renderDocument(tables: readonly Table[]): string {
  const head = `# Conformance

What each existing system asked for, where the synthesized stacks hold it, and the test that fails when that changes.
This file is written by \`npm run conformance\`, which fails when a value is not what it says;
\`npm run conformance -- --mutate\` changes each value once and shows that the named test then fails. Edit the tables in
\`docs/conformance/\`, not this file.

A place is a JSON Pointer into \`cdktf.out/stacks/<stack>/cdk.tf.json\`, or into a file that the stack ships to its host.
`;
  return [head, ...tables.map(renderTable)].join("\n");
}

function renderTable({ system, source, rows }: Table): string {
  return [`## ${system}`, source.trim(), overview(rows), ...rows.map(renderRow)].join("\n\n").concat("\n");
}

/** Every row in one line. */
function overview(rows: readonly Row[]): string {
  const cells = [
    ["Id", "Asked for", "Here"],
    ...rows.map((row) => [`[${row.id}](#${anchor(row)})`, row.asked, state(row)]),
  ];
  const lines = cells.map((line) => line.map((cell) => oneLine(cell).replaceAll("|", "\\|")));
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const written = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [written[0], rule, ...written.slice(1)].join("\n");
}

const anchor = ({ id }: Row): string => id.toLowerCase();

function state({ built, deviation, later }: Row): string {
  const parts = [built.length > 0 && "built", deviation && "differs", later && "part to come"].filter(Boolean);
  return parts.join(", ");
}

function renderRow({ id, asked, built, test, rehearsed, deviation, later }: Row): string {
  const values = built.map((place) => `- \`${placeName(place)}\` ${expectation(place, "`")}`);
  return [
    `### ${id}`,
    `Asked for: ${oneLine(asked)}`,
    values.join("\n"),
    test && `Held by: \`${test}\``,
    rehearsed.length > 0 && `Rehearsed by: ${rehearsed.map((name) => `\`${name}\``).join(", ")}`,
    deviation && `**Differs:** ${oneLine(deviation)}`,
    later && `**Not here yet:** ${oneLine(later)}`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** "mvp:host/compose.yaml#/services/api/image", or the pointer alone for the stack's own JSON. */
export function placeName({ stack, file, at = "" }: Built): string {
  return file === undefined ? `${stack}#${at}` : `${stack}:${file}${at === "" ? "" : `#${at}`}`;
}

/** What the table says of a place, in words. */
function expectation({ is, holds, absent }: Built, quote = ""): string {
  if (absent) return "is not there";
  const value = short(holds ?? is);
  return `${holds === undefined ? "is" : "holds"} ${quote}${value}${quote}`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function short(value: unknown): string {
  const text = oneLine(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

/** The conformance document: one table per system, written from the rows and the values that were really built. */
import { holds, valueAt, type Stacks } from "./places";
import type { Built, Row, Table } from "./rows";

/** A row whose built value is not what the table says. */
export interface Mismatch {
  readonly id: string;
  readonly place: string;
  readonly expected: string;
  readonly found: string;
}

/** Compares every row with the stacks. */
export function mismatches(tables: readonly Table[], stacks: Stacks): Mismatch[] {
  return tables.flatMap(({ rows }) =>
    rows.flatMap(({ id, built }) =>
      built
        .filter((place) => !holds(stacks, place))
        .map((place) => ({
          id,
          place: placeName(place),
          expected: place.holds === undefined ? short(place.is) : `… ${place.holds} …`,
          found: short(valueAt(stacks, place)),
        })),
    ),
  );
}

/** The whole document as Markdown. */
export function renderDocument(tables: readonly Table[]): string {
  return [
    "# Conformance",
    "",
    "What each existing system asked for, where the synthesized stacks hold it, and the test that fails when that changes.",
    "This file is written by `npm run conformance`; `npm run conformance -- --mutate` changes each value once and shows that",
    "the named test then fails. Edit the tables in `docs/conformance/`, not this file.",
    "",
    ...tables.flatMap(renderTable),
  ].join("\n");
}

function renderTable({ system, source, rows }: Table): string[] {
  return [
    `## ${system}`,
    "",
    source,
    "",
    "| Id | Asked for | Built | Held by |",
    "|---|---|---|---|",
    ...rows.map(renderRow),
    "",
  ];
}

function renderRow({ id, asked, built, test, deviation, later }: Row): string {
  const values = built.map(
    (place) =>
      `\`${placeName(place)}\` ${place.holds === undefined ? "=" : "holds"} \`${short(place.is ?? place.holds)}\``,
  );
  const notes = [deviation && `**Differs:** ${deviation}`, later && `**Not here:** ${later}`].filter(Boolean);
  return `| ${[id, asked, [...values, ...notes].join("<br>"), test ?? ""].map(cell).join(" | ")} |`;
}

/** "mvp:host/compose.yaml#/services/api/image", or the pointer alone for the stack's own JSON. */
export function placeName({ stack, file, at = "" }: Built): string {
  return file === undefined ? `${stack}#${at}` : `${stack}:${file}${at === "" ? "" : `#${at}`}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ").trim();

function short(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 90 ? `${text.slice(0, 87)}...` : text;
}

/** The tables that ship: complete, true of the stacks, and in the document. */
import * as fs from "node:fs";
import * as path from "node:path";
import { check, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { mismatches, renderDocument } from "../../scripts/conformance/render";
import { readTables } from "../../scripts/conformance/rows";
import type { Json } from "../../scripts/lib/stack-json";
import { ROOT } from "../helpers/folders";
import { shippedStackTexts } from "../helpers/shipped";

const tables = readTables(path.join(ROOT, "docs", "conformance"));
const rows = tables.flatMap((table) => table.rows);
const document = path.join(ROOT, "docs", "conformance.md");

/** The checklist of each finished system, and what else its source says of the same system. */
const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, "0")}`);
const CHECKLIST = [
  ...numbered("WEB-MVP", 15),
  ...numbered("REX-AIO", 31),
  ...numbered("FA", 31),
  "WEB-OPS-01",
  "WEB-OPS-03",
  "WEB-OPS-05",
  "WEB-OPS-06",
];

test("there is a row for every id of every finished system", () => {
  expect(rows.map(({ id }) => id).sort()).toEqual([...CHECKLIST].sort());
});

test("the stacks hold what the tables say", () => {
  const stacks = new Map([...shippedStackTexts()].map(([id, text]) => [id, JSON.parse(text) as Json]));
  expect(mismatches(tables, stacks)).toEqual([]);
});

test("each rehearsal stands in the file that is named", () => {
  const named = rows.flatMap(({ rehearsed }) => rehearsed).map((name) => name.split(" > ") as [string, string]);
  expect(named.length).toBeGreaterThan(10);
  for (const [file, title] of named)
    expect(fs.readFileSync(path.join(ROOT, file), "utf8"), file).toContain(`"${title}"`);
});

test("each named test stands in the file that is named, and begins with the row's id", () => {
  for (const { id, test: address } of rows) {
    if (address === undefined) continue;
    const [file = "", name = ""] = address.split(/ > (.*)/, 2);
    expect(name.split(" ", 1)).toEqual([id]);
    expect(fs.readFileSync(path.join(ROOT, file), "utf8")).toContain(`test("${name}", `);
  }
});

test("the document is what the tables render to, in Prettier's own form", async () => {
  const text = renderDocument(tables);
  expect(fs.readFileSync(document, "utf8") === text, "run npm run conformance and commit docs/conformance.md").toBe(
    true,
  );
  expect(await check(text, { ...(await resolveConfig(document)), filepath: document })).toBe(true);
});

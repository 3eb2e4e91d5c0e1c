import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readTables } from "../../scripts/conformance/rows";
import { UserError } from "../../scripts/lib/errors";
import { makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeEach(() => void (folder = makeFolder("conformance-rows")));
afterAll(() => removeFolder(folder));

const TEST = `test: "__tests__/a.test.ts > X-01 holds"`;

/** Writes a table with the given rows as YAML flow maps. */
function write(name: string, ...rows: string[]): void {
  const lines = ["system: X", "source: A letter.", "stack: mvp", "rows:", ...rows.map((row) => `  - ${row}`)];
  fs.writeFileSync(path.join(folder, name), lines.join("\n"));
}

/** The lines of the user's error that reading the folder ends in. */
function refusal(): string[] {
  try {
    readTables(folder);
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 2) return error.message.split("\n");
    throw error;
  }
  throw new Error("the tables were accepted");
}

test("every place of a table knows the table's stack", () => {
  write("x.yaml", `{ id: X-01, asked: a disk, ${TEST}, built: [{ at: /a, is: 1 }, { file: f, holds: b }] }`);
  write("y.yaml", `{ id: Y-01, asked: a cloud, deviation: too high }`);
  fs.writeFileSync(path.join(folder, "README.md"), "not a table");
  const [x, y] = readTables(folder);
  expect(x?.rows[0]?.built).toEqual([
    { stack: "mvp", at: "/a", is: 1 },
    { stack: "mvp", file: "f", holds: "b" },
  ]);
  expect(y?.rows).toEqual([{ id: "Y-01", asked: "a cloud", deviation: "too high", built: [], rehearsed: [] }]);
});

describe("a mistake is one line with the file and the row", () => {
  test.each([
    [
      "a row with values but no test",
      "{ id: X-01, asked: a, built: [{ at: /a, is: 1 }] }",
      "X-01 has values but no test",
    ],
    ["a row with a test but no values", `{ id: X-01, asked: a, later: b, ${TEST} }`, "X-01 has a test but no values"],
    ["an empty row", "{ id: X-01, asked: a }", "X-01 says nothing: no values, deviation or later"],
    [
      "a place without expectation",
      `{ id: X-01, asked: a, ${TEST}, built: [{ at: /a }] }`,
      "X-01 needs exactly one of is, holds, absent",
    ],
    [
      "a place with two expectations",
      `{ id: X-01, asked: a, ${TEST}, built: [{ at: /a, is: 1, absent: true }] }`,
      "X-01 needs exactly one of is, holds, absent",
    ],
    [
      "a value that is nowhere",
      `{ id: X-01, asked: a, ${TEST}, built: [{ holds: a }] }`,
      "X-01 names no place: give at, file or both",
    ],
    [
      "a value of a whole file",
      `{ id: X-01, asked: a, ${TEST}, built: [{ file: f, is: a }] }`,
      "X-01 needs at: a whole file can only be checked with holds",
    ],
    ["an id of another form", "{ id: x1, asked: a, later: b }", "rows.0.id: an id such as WEB-MVP-01"],
    [
      "a test that is no test",
      "{ id: X-01, asked: a, test: src/a.ts, built: [{ at: /a, is: 1 }] }",
      'rows.0.test: "<file below __tests__> > <full name of the test>"',
    ],
    ["a key that is misspelt", "{ id: X-01, asked: a, latter: b }", 'rows.0: Unrecognized key: "latter"'],
  ])("%s", (_what, row, message) => {
    write("x.yaml", row);
    expect(refusal()).toEqual([`x.yaml: ${message}`]);
  });

  test("an id that stands twice, in one table or in two", () => {
    write("x.yaml", "{ id: X-01, asked: a, later: b }", "{ id: X-01, asked: c, later: d }");
    write("y.yaml", "{ id: Y-01, asked: a, later: b }");
    write("z.yaml", "{ id: Y-01, asked: a, later: b }");
    expect(refusal()).toEqual(["X-01 stands for more than one row", "Y-01 stands for more than one row"]);
  });

  test("all of them come at once", () => {
    write("x.yaml", "{ id: X-01, asked: a }", "{ id: X-02, asked: a }");
    fs.writeFileSync(path.join(folder, "y.yaml"), "rows: [");
    const lines = refusal();
    expect(lines.slice(0, 2).map((line) => line.slice(0, 24))).toEqual([
      "x.yaml: X-01 says nothin",
      "x.yaml: X-02 says nothin",
    ]);
    expect(lines[2]).toMatch(/^y\.yaml: .+ at line 1, column \d+:$/);
    expect(lines).toHaveLength(3);
  });
});

test("a folder without tables is refused, because it would prove nothing", () => {
  expect(refusal()).toEqual([`${folder} holds no table (*.yaml).`]);
  const missing = path.join(folder, "missing");
  expect(() => readTables(missing)).toThrow(`${missing} holds no table (*.yaml).`);
});

import { describe, expect, test } from "vitest";
import { formatProblem, resolveApps } from "../../modules/spec";
import { resolveBy } from "../../modules/spec/resolve";
import { RULES } from "../../modules/spec/rules";
import type { Rule } from "../../modules/spec/rules/rule";
import { appSchema } from "../../modules/spec/schema";
import { STACK_SET_RULES } from "../../modules/spec/stack-rules";
import { fieldsOf, isPathOf } from "./fields-of";
import { ROWS } from "./rows";
import { appWith, type Row } from "./rows/row";

const reportOf = ({ patch }: Row): string[] => resolveApps([appWith(patch)]).problems.map(formatProblem);
const reportBy = (rules: readonly Rule[], { patch }: Row): string[] =>
  resolveBy({ rules, stackRules: STACK_SET_RULES }, [appWith(patch)]).problems.map(formatProblem);

test("the app that the rows change is good", () => {
  const { stacks, problems, warnings } = resolveApps([appWith({})], { today: "2026-11-21" });
  expect(stacks.map(({ id }) => id)).toEqual(["shop-mvp"]);
  expect(problems).toEqual([]);
  expect(warnings).toEqual([]);
});

describe("a bad specification is reported line by line", () => {
  test.each(ROWS)("$name", (row) => {
    const report = reportOf(row);
    expect(report).toEqual(row.lines);
    expect(new Set(report).size).toBe(report.length);
    expect(report.every((line) => !line.includes("\n"))).toBe(true);
  });
});

test("no report shows a value that may be a secret", () => {
  const attempts = ROWS.filter(({ patch }) => JSON.stringify(patch).includes("hunter2"));
  expect(attempts.length).toBeGreaterThanOrEqual(5);
  for (const row of attempts) expect(reportOf(row).join("\n")).not.toContain("hunter2");
});

describe("the rows are complete", () => {
  test("there are at least 80 and no two have the same name or the same patch", () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(80);
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
    expect(new Set(ROWS.map(({ patch }) => inspect(patch))).size).toBe(ROWS.length);
  });

  test.each(RULES.map(({ id }) => id))("rule %s has one to three rows", (id) => {
    const own = ROWS.filter(({ rule }) => rule === id);
    expect(own.length).toBeGreaterThanOrEqual(1);
    expect(own.length).toBeLessThanOrEqual(3);
  });

  test("no row names a rule that does not exist", () => {
    const known = RULES.map(({ id }) => id);
    expect(new Set(known).size).toBe(known.length);
    expect(ROWS.filter(({ rule }) => rule !== undefined && !known.includes(rule))).toEqual([]);
  });

  const paths = ROWS.flatMap(({ lines }) => lines.map(pathOf));
  test.each(fieldsOf(appSchema).map(({ path }) => path))("field %s has a row", (field) => {
    expect(paths.filter((path) => isPathOf(field, path))).not.toEqual([]);
  });
});

const RULE_ROWS = ROWS.filter(({ rule }) => rule !== undefined);

describe("every rule is needed", () => {
  test("rows that name no rule need none", () => {
    const others = ROWS.filter(({ rule }) => rule === undefined);
    expect(others.map((row) => reportBy([], row))).toEqual(others.map(({ lines }) => lines));
  });

  test.each(RULES)("without $id exactly its own rows fail", ({ id }) => {
    const others = RULES.filter((rule) => rule.id !== id);
    const failing = RULE_ROWS.filter((row) => reportBy(others, row).join("\n") !== row.lines.join("\n"));
    expect(failing.map(({ name }) => name)).toEqual(
      RULE_ROWS.filter(({ rule }) => rule === id).map(({ name }) => name),
    );
    expect(failing).not.toEqual([]);
  });
});

/** The path in a line, taken out of its environment: "shop-mvp: <path> is <value>; ...". */
function pathOf(line: string): string {
  const [, path = ""] = /^[^:]+: (?:environments\.[a-z]+\.)?(.+?) is /.exec(line) ?? [];
  return path;
}

/** A patch as text; JSON would drop what the patch removes. */
function inspect(patch: object): string {
  return JSON.stringify(patch, (_, value: unknown) => (value === undefined ? "(removed)" : value));
}

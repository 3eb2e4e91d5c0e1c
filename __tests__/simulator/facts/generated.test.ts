/** Every rule of every type is broken once, and must be reported; the counts are pinned so that none goes missing. */
import { describe, expect, test } from "vitest";
import type { Diagnostic, Obj } from "../../../scripts/simulator/contract";
import { commonBlock } from "../../../scripts/simulator/facts/paths";
import type { Rule, TypeData } from "../../../scripts/simulator/facts/types";
import { bindingsHave, configWith, CTX, KNOWN, schemaOf, the } from "./account";
import { report, split, TYPES } from "./all-facts";
import { MVP_TYPES } from "./types-in-use";

const validate = (type: string, config: Obj): Diagnostic[] => KNOWN.validate(type, config, CTX);

/** Rules of the types whose paths exist, with the path. */
const RULES = TYPES.flatMap(([type, data]) =>
  Object.entries(data.rules ?? {})
    .filter(([path]) => bindingsHave(schemaOf(type), path))
    .map(([path, rule]) => ({ type, path, rule })),
);

function rulesWith(...names: (keyof Rule)[]): typeof RULES {
  return RULES.filter(({ rule }) => names.some((name) => rule[name] !== undefined));
}

/** Breaks each rule and collects those that nobody reported with the path and the value. */
function unreported(
  rules: typeof RULES,
  bad: (rule: Rule) => unknown[],
  says: RegExp,
): { broken: number; missed: string[] } {
  let broken = 0;
  const missed = rules.flatMap(({ type, path, rule }) =>
    bad(rule).flatMap((value) => {
      broken += 1;
      const leaf = the(path.split(".").at(-1));
      const found = validate(type, configWith([path, value])).some(
        (d) => d.severity === "error" && says.test(d.summary + d.detail) && (d.summary + d.detail).includes(leaf),
      );
      return found ? [] : [`${type}.${path} accepts ${JSON.stringify(value)?.slice(0, 60)}`];
    }),
  );
  return { broken, missed };
}

describe("facts and the installed bindings", () => {
  test("types exist, and every type of the mvp tier has facts", () => {
    expect(TYPES.filter(([type]) => !schemaOf(type)).map(([type]) => type)).toEqual([]);
    const known = new Set(TYPES.map(([type]) => type));
    expect(MVP_TYPES.filter((type) => !known.has(type))).toEqual([]);
    report("types with facts", TYPES.length, 223);
    report("types of the mvp tier", MVP_TYPES.length, 48);
  });

  test("force-new paths", () => {
    const { kept, gone } = split((data) => data.forceNew ?? []);
    console.log(`force-new paths that the bindings do not have any more: ${gone.join(", ")}`);
    report("force-new paths", kept.length, 895);
    expect(gone).toHaveLength(11);
    const mvp = kept.filter(([type]) => MVP_TYPES.includes(type));
    report("force-new paths of the mvp tier", mvp.length, 179);
  });

  test("rules, combinations, defaults and sensitive paths", () => {
    const rules = split((data) => Object.keys(data.rules ?? {}));
    const defaults = split((data) => Object.keys(data.defaults ?? {}));
    const sensitive = split((data) => data.sensitive ?? []);
    const blocks = split((data) => Object.keys({ ...data.computedBlocks, ...data.lists }));
    const pairs = split((data) =>
      Object.entries({ ...data.conflicts, ...data.requires }).flatMap(([a, b]) => [a, ...b]),
    );
    const groups = split((data) => [...(data.exactlyOneOf ?? []), ...(data.atLeastOneOf ?? [])].flat());
    for (const [what, { gone }] of Object.entries({ rules, defaults, sensitive, pairs, groups, blocks })) {
      console.log(`${what} on paths that are gone: ${gone.length} ${gone.slice(0, 8).join(", ")}`);
    }
    report("rules", rules.kept.length, 960);
    report("vanished rules", rules.gone.length, 2);
    report("defaults", defaults.kept.length, 414);
    report("sensitive paths", sensitive.kept.length, 28);
    expect(sensitive.gone).toEqual([]);
    expect(blocks.gone).toEqual([]);
  });

  test("types on the newer framework have defaults only where the provider may compute them", () => {
    const wrong = TYPES.filter(([type]) => schemaOf(type)?.framework && type.startsWith("aws_")).flatMap(
      ([type, data]) =>
        Object.keys(data.defaults ?? {}).filter((path) => {
          const names = path.split(".");
          let block = the(schemaOf(type)).block;
          for (const name of names.slice(0, -1)) block = the(block.blocks.find((b) => b.name === name)).block;
          return !block.attributes.find((a) => a.name === names.at(-1))?.computed;
        }),
    );
    expect(wrong).toEqual([]);
  });
});

describe("every rule broken", () => {
  const ALTERNATIVES: (keyof Rule)[] = ["enum", "ranges", "multipleOf", "orPattern"];

  test("a value that is none of the allowed ones", () => {
    const rules = rulesWith("enum");
    const bad = (rule: Rule): unknown[] => [typeof the(rule.enum)[0] === "number" ? -77 : "No-Such-Value!"];
    const { broken, missed } = unreported(rules, bad, /expected .* to be one of .*, got (-77|No-Such-Value!)/);
    expect(missed).toEqual([]);
    report("enums broken", broken, 508);
    report("enums broken of the mvp tier", rules.filter(({ type }) => MVP_TYPES.includes(type)).length, 99);
  });

  test("each allowed value passes", () => {
    const refusedBy = (type: string, path: string, value: unknown): boolean =>
      validate(type, configWith([path, value])).some(({ summary }) => summary.startsWith("expected"));
    const choices = rulesWith("enum").flatMap(({ type, path, rule }) =>
      the(rule.enum).map((value) => ({ type, path, value })),
    );
    expect(choices.filter(({ type, path, value }) => refusedBy(type, path, value))).toEqual([]);
    report("allowed values tried", choices.length, 2098);
    const ends = rulesWith("ranges").flatMap(({ type, path, rule }) =>
      the(rule.ranges).flatMap((range) => range.filter((end) => end !== null).map((value) => ({ type, path, value }))),
    );
    expect(ends.filter(({ type, path, value }) => refusedBy(type, path, value))).toEqual([]);
    report("ends of ranges tried", ends.length, 317);
  });

  test("a number outside of its range", () => {
    const bad = ({ ranges, enum: choices, multipleOf }: Rule): number[] => {
      const lows = the(ranges).map(([low]) => low);
      const highs = the(ranges).map(([, high]) => high);
      const edges = [
        ...(lows.includes(null) ? [] : [Math.min(...lows.map(Number)) - 1]),
        ...(highs.includes(null) ? [] : [Math.max(...highs.map(Number)) + 1]),
      ];
      return edges.filter((value) => !choices?.includes(value) && !(multipleOf && value % multipleOf === 0));
    };
    const rules = rulesWith("ranges").filter(({ type, path }) => !NEWER_RANGES.has(`${type}.${path}`));
    const { broken, missed } = unreported(rules, bad, /(in the range|at least|at most|be one of)/);
    expect(missed).toEqual([]);
    report("range ends broken", broken, 311);
  });

  test("text of a wrong form, length or document", () => {
    const form = unreported(rulesWith("pattern", "itemPattern"), () => ["\u0007"], /must match/);
    const long = ({ maxLength, itemLength }: Rule): string[] => ["a".repeat(the(maxLength ?? itemLength?.[1]) + 1)];
    const length = unreported(rulesWith("maxLength", "itemLength"), long, /expected length of/);
    const format = unreported(rulesWith("format"), () => ["{not"], /(not a valid IPv[46] CIDR|invalid JSON)/);
    const host = rulesWith("format").filter(({ rule }) => rule.format === "cidr4");
    const bits = unreported(host, () => ["10.0.0.1/24"], /did you mean "10\.0\.0\.0\/24"/);
    const prefix = unreported(rulesWith("prefix"), () => ["10.0.0.0/8"], /between 16 and 28 significant bits, got: 8/);
    expect([...form.missed, ...length.missed, ...format.missed, ...bits.missed, ...prefix.missed]).toEqual([]);
    report("patterns broken", form.broken, 42);
    report("lengths broken", length.broken, 49);
    report("documents and CIDR blocks broken", format.broken + bits.broken + prefix.broken, 49);
  });

  test("too many or too few items", () => {
    const many = unreported(
      rulesWith("maxItems"),
      ({ maxItems }) => [Array.from({ length: the(maxItems) + 1 }, () => ({}))],
      /Too many list items/,
    );
    const few = unreported(
      rulesWith("minItems"),
      ({ minItems }) => [Array(the(minItems) - 1).fill("x")],
      /Not enough list items/,
    );
    expect([...many.missed, ...few.missed]).toEqual([]);
    report("item limits broken", many.broken + few.broken, 179);
  });

  test("no rule is empty", () => {
    const empty = RULES.filter(({ rule }) => !Object.keys(rule).some((name) => name !== "source"));
    expect(empty).toEqual([]);
    expect(rulesWith(...ALTERNATIVES).length).toBeGreaterThan(500);
  });
});

/** Ranges that newer-values.json widens: their ends are tested there. */
const NEWER_RANGES = new Set(["aws_ebs_volume.throughput"]);

/** A value that nothing judges. */
const SOME = "x";

describe("every combination broken", () => {
  const exists = (type: string, paths: string[]): boolean => paths.every((path) => bindingsHave(schemaOf(type), path));
  const broken = (type: string, paths: string[], summary: string): boolean =>
    validate(type, configWith(...paths.map((path): [string, unknown] => [path, SOME]))).some(
      (d) => d.summary === summary,
    );
  /** The block must be there for what is missing in it to count. */
  const blockOf = (group: string[]): string[] =>
    commonBlock(group) === "" ? [] : [`${commonBlock(group)}.simulator_test`];

  test("conflicting arguments", () => {
    const pairs = TYPES.flatMap(([type, { conflicts = {} }]) =>
      Object.entries(conflicts).flatMap(([path, others]) => others.map((other) => ({ type, both: [path, other] }))),
    ).filter(({ type, both }) => exists(type, both) && !nestedInEachOther(both));
    const missed = pairs.filter(({ type, both }) => !broken(type, both, "Conflicting configuration arguments"));
    const alone = pairs.filter(({ type, both }) =>
      broken(type, both.slice(0, 1), "Conflicting configuration arguments"),
    );
    expect(missed).toEqual([]);
    expect(alone).toEqual([]);
    report("conflicts broken", pairs.length, 425);
    report("conflicts of the mvp tier", pairs.filter(({ type }) => MVP_TYPES.includes(type)).length, 133);
  });

  test("arguments that need others", () => {
    const needs = TYPES.flatMap(([type, { requires = {} }]) =>
      Object.entries(requires).map(([path, others]) => ({ type, path, all: [path, ...others] })),
    ).filter(({ type, all }) => exists(type, all));
    expect(needs.filter(({ type, path }) => !broken(type, [path], "Missing required argument"))).toEqual([]);
    const complete = needs.filter(({ type, all }) =>
      validate(type, configWith(...all.map((p): [string, unknown] => [p, SOME]))).some(
        (d) => d.summary === "Missing required argument" && d.detail.includes(`all of \`${all.join(",")}\``),
      ),
    );
    expect(complete).toEqual([]);
    report("required-with broken", needs.length, 30);
  });

  test("exactly one, at least one", () => {
    const groups = (pick: (data: TypeData) => string[][] | undefined): { type: string; group: string[] }[] =>
      TYPES.flatMap(([type, data]) => (pick(data) ?? []).map((group) => ({ type, group }))).filter(
        ({ type, group }) => group.length > 1 && exists(type, group),
      );
    const one = groups((data) => data.exactlyOneOf);
    const some = groups((data) => data.atLeastOneOf);
    const wrong = "Invalid combination of arguments";
    expect(one.filter(({ type, group }) => !broken(type, blockOf(group), wrong))).toEqual([]);
    expect(one.filter(({ type, group }) => !broken(type, group.slice(0, 2), wrong))).toEqual([]);
    expect(some.filter(({ type, group }) => !broken(type, blockOf(group), "Missing required argument"))).toEqual([]);
    report("exactly-one groups broken", one.length, 24);
    report("at-least-one groups broken", some.length, 13);
  });
});

function nestedInEachOther([one, other]: string[]): boolean {
  return the(one).startsWith(`${the(other)}.`) || the(other).startsWith(`${the(one)}.`);
}

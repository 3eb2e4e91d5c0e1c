import { describe, expect, test } from "vitest";
import { outputsInWords } from "../../scripts/setup/output-words";
import type { Output } from "../../scripts/setup/terraform-steps";

const output = (value: unknown, changes: Partial<Output> = {}): Output => ({
  name: "it",
  description: "What it is",
  value,
  sensitive: false,
  ...changes,
});

/** The lines below the description. */
const lines = (value: unknown): string[] =>
  outputsInWords([output(value)])
    .split("\n")
    .slice(1);

describe("outputs in words", () => {
  test("each has its description, or its name when there is none, and its value", () => {
    expect(outputsInWords([output("a"), output(3, { description: "" })])).toBe(
      "  What it is\n    it = a\n  it\n    it = 3",
    );
  });

  test("a sensitive value is never shown", () => {
    expect(outputsInWords([output(null, { sensitive: true })])).toBe("  What it is\n    it = (hidden: sensitive)");
  });

  test("a list has one line for each entry", () => {
    expect(lines(["a", 2])).toEqual(["    it:", "      a", "      2"]);
  });

  test("records are a name, a type and an address in columns", () => {
    const record = (name: string) => ({ name, ttl: 60, type: "A", value: "203.0.113.133" });
    expect(lines([record("api.example.com"), record("example.com")])).toEqual([
      "    it:",
      "      api.example.com  A  203.0.113.133",
      "      example.com      A  203.0.113.133",
    ]);
  });

  test("other objects show each of their parts", () => {
    expect(lines([{ port: 80, path: "/" }])).toEqual(["    it:", "      port=80  path=/"]);
  });

  test("a map has its keys in one column", () => {
    expect(lines({ web: "/x/web", backend: "/x/backend" })).toEqual([
      "    it:",
      "      web      /x/web",
      "      backend  /x/backend",
    ]);
  });

  test("a map whose lines would be longer than a hundred columns has its values below its keys", () => {
    const value = "v".repeat(89);
    expect(lines({ key: value, web: "w" })).toEqual(["    it:", `      key  ${value}`, "      web  w"]);
    expect(lines({ key: `${value}v`, web: "w" })).toEqual([
      "    it:",
      "      key",
      `        ${value}v`,
      "      web",
      "        w",
    ]);
  });

  test.each([
    ["a list", []],
    ["a map", {}],
  ])("says so when %s is empty", (_what, value) => {
    expect(lines(value)).toEqual(["    it = (none)"]);
  });
});

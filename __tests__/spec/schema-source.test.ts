import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { guideOf, unwrap } from "../../modules/spec/guide";
import { appSchema } from "../../modules/spec/schema";
import { stateSchema } from "../../modules/spec/state-schema";
import { fieldsOf } from "./fields-of";

const SPEC = join(__dirname, "../../modules/spec");
const FILES = [
  "schema.ts",
  "state-schema.ts",
  "fields.ts",
  ...readdirSync(join(SPEC, "sections")).map((name) => `sections/${name}`),
];

/** A field as it stands in a source file. */
interface SourceField {
  readonly file: string;
  readonly name: string;
  readonly definition: string;
  readonly comment: string | undefined;
}

/** Fields of object schemas: lines that start with a name and a colon, up to the line that closes them. */
function sourceFields(file: string, source: string): SourceField[] {
  const lines = source.split("\n");
  return lines.flatMap((line, index) => {
    const [, indent = "", name] = /^( +)([a-z][A-Za-z]*)(?::|,$)/.exec(line) ?? [];
    if (name === undefined || !isInsideObject(lines, index, indent)) return [];
    const rest = lines.slice(index);
    const end = rest.findIndex(
      (one, at) => one.startsWith(indent) && one.endsWith(",") && (at === 0 || !one.startsWith(`${indent} `)),
    );
    return [{ file, name, definition: rest.slice(0, end + 1).join("\n"), comment: commentAbove(lines, index) }];
  });
}

/** Whether the block around a line is an object schema or the sections of the app. */
function isInsideObject(lines: readonly string[], index: number, indent: string): boolean {
  const outer = lines.slice(0, index).findLast((line) => line.trim() !== "" && line.search(/\S/) < indent.length);
  return /strictObject\(\{$|appSections = \{$/.test(outer ?? "");
}

function commentAbove(lines: readonly string[], index: number): string | undefined {
  if (!lines[index - 1]?.endsWith("*/")) return undefined;
  const start = lines.slice(0, index).findLastIndex((line) => line.trim().startsWith("/**"));
  return lines
    .slice(start, index)
    .join(" ")
    .replaceAll(/\s+\*?\s*/g, " ");
}

const FIELDS = FILES.flatMap((file) => sourceFields(file, readFileSync(join(SPEC, file), "utf8")));
const mayBeLeftOut = ({ definition }: SourceField): boolean => /\.(default|prefault|optional)\(/.test(definition);
/** Words that say in which unit a number counts. */
const UNITS =
  /port|MiB|GiB|seconds|minutes|hours|days|bytes|vCPU|connections|versions?|snapshots|checks|images|repository|tasks|replicas|per cent|requests|dollars|units/i;

describe("the source of the specification", () => {
  test("has the fields that the schema has", () => {
    const named = [appSchema, stateSchema]
      .flatMap((schema) => fieldsOf(schema))
      .map(({ path }) => path.split(".").at(-1) ?? "");
    const inSchema = new Set(named.filter((name) => name !== "*" && !name.endsWith("[]")));
    expect(new Set(FIELDS.map(({ name }) => name))).toEqual(inSchema);
    expect(FIELDS.length).toBeGreaterThan(100);
  });

  test.each(FIELDS)("$file: $name has a comment, and a @default when it may be left out", (field) => {
    expect(field.comment).toBeDefined();
    expect(field.comment?.includes("@default")).toBe(mayBeLeftOut(field));
  });

  test.each(FIELDS.filter(({ definition }) => definition.includes("wholeNumber(")))(
    "$file: $name says its unit",
    ({ comment }) => expect(comment).toMatch(UNITS),
  );

  test("a field without a comment would be found", () => {
    const [field] = sourceFields("x.ts", 'export const x = z.strictObject({\n  size: wholeNumber(1, 2, "GiB"),\n});\n');
    expect(field).toMatchObject({ name: "size", comment: undefined });
  });
});

describe("every field says what is allowed and what to do", () => {
  test.each(fieldsOf(appSchema))("$path", ({ schema }) => {
    const { allowed, fix } = guideOf(schema);
    expect(allowed).not.toBe("");
    expect(fix).not.toBe("");
    expect(`${allowed}${fix}`).not.toContain("\n");
    expect(fix).not.toMatch(/[.;]$/);
  });

  test("names in collections too", () => {
    const collections = fieldsOf(appSchema)
      .map(({ schema }) => unwrap(schema))
      .filter((one) => one instanceof z.ZodRecord);
    expect(collections.length).toBeGreaterThan(5);
    for (const { keyType } of collections) expect(guideOf(keyType).allowed).not.toBe("");
  });
});

import { check } from "prettier";
import { expect, test } from "vitest";
import type { Stacks } from "../../scripts/conformance/places";
import { mismatches, renderDocument } from "../../scripts/conformance/render";
import type { Row, Table } from "../../scripts/conformance/rows";

const stacks: Stacks = new Map([
  ["mvp", { resource: { aws_thing: { one: { name: "web", size: 30, note: `long ${"x".repeat(200)}` } } } }],
]);
const ONE = "/resource/aws_thing/one";
const TEST = "__tests__/a.test.ts > X-01 holds";

const row = (id: string, rest: Partial<Row>): Row => ({ id, asked: "a thing", built: [], rehearsed: [], ...rest });
const table = (...rows: Row[]): Table => ({ system: "Shop", source: "A letter.", stack: "mvp", rows });

test("values that are as the table says are no mismatches", () => {
  const built = [
    { stack: "mvp", at: `${ONE}/size`, is: 30 },
    { stack: "mvp", at: `${ONE}/name`, holds: "we" },
    { stack: "mvp", at: `${ONE}/key`, absent: true } as const,
  ];
  expect(mismatches([table(row("X-01", { built, test: TEST }))], stacks)).toEqual([]);
});

test("a wrong value, a vanished place and a stack that was not built are each reported", () => {
  const built = [
    { stack: "mvp", at: `${ONE}/size`, is: 20 },
    { stack: "mvp", at: `${ONE}/color`, is: "red" },
    { stack: "mvp", file: "host/compose.yaml", at: "/services", holds: "api" },
    { stack: "mvp", at: `${ONE}/name`, absent: true } as const,
    { stack: "growth", at: `${ONE}/size`, is: 30 },
  ];
  const found = mismatches([table(row("X-01", { built, test: TEST }))], stacks);
  expect(found.map(({ id, place, expected, found: value }) => [id, place, expected, value])).toEqual([
    ["X-01", `mvp#${ONE}/size`, "is 20", "30"],
    ["X-01", `mvp#${ONE}/color`, "is red", "nothing"],
    ["X-01", "mvp:host/compose.yaml#/services", "holds api", "nothing"],
    ["X-01", `mvp#${ONE}/name`, "is not there", "web"],
    ["X-01", `growth#${ONE}/size`, "is 30", "in a stack that was not built"],
  ]);
});

test("a long value is cut in the report", () => {
  const built = [{ stack: "mvp", at: `${ONE}/note`, is: "short" }];
  const [mismatch] = mismatches([table(row("X-01", { built, test: TEST }))], stacks);
  expect(mismatch?.found).toMatch(/^long x{152}\.\.\.$/);
});

test("the document tells of each row what is built, what differs and what is to come", async () => {
  const built = [
    { stack: "mvp", at: `${ONE}/size`, is: 30 },
    { stack: "mvp", file: "host/proxy", holds: "\nweb {\n" },
    { stack: "mvp", at: `${ONE}/key`, absent: true } as const,
  ];
  const text = renderDocument([
    table(
      row("X-01", { asked: "a thing | two\nthings", built, test: TEST }),
      row("X-02", { deviation: "it would\ncost more" }),
      row("X-03", { built: built.slice(0, 1), test: TEST, deviation: "larger", later: "not yet" }),
    ),
  ]);
  expect(text.slice(text.indexOf("## Shop"))).toBe(`## Shop

A letter.

| Id            | Asked for             | Here                         |
| ------------- | --------------------- | ---------------------------- |
| [X-01](#x-01) | a thing \\| two things | built                        |
| [X-02](#x-02) | a thing               | differs                      |
| [X-03](#x-03) | a thing               | built, differs, part to come |

### X-01

Asked for: a thing | two things

- \`mvp#${ONE}/size\` is \`30\`
- \`mvp:host/proxy\` holds \`web {\`
- \`mvp#${ONE}/key\` is not there

Held by: \`${TEST}\`

### X-02

Asked for: a thing

**Differs:** it would cost more

### X-03

Asked for: a thing

- \`mvp#${ONE}/size\` is \`30\`

Held by: \`${TEST}\`

**Differs:** larger

**Not here yet:** not yet
`);
  expect(await check(text, { parser: "markdown", printWidth: 120 })).toBe(true);
});

import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { isAsSaid, mutated, type Stacks, valueAt } from "../../scripts/conformance/places";
import type { Built } from "../../scripts/conformance/rows";
import type { Json } from "../../scripts/lib/stack-json";

const COMPOSE = `# Kept by hand.
services:
  api:
    image: $\${IMAGE_API:?none}
    ports: ["80:80"]
    command: [run, --cpu, 2]
    init: true
`;

/** A stack with a value of every kind, and with three host files. */
const stack = (): Json => ({
  resource: {
    aws_thing: {
      one: {
        name: "web",
        size: 30,
        on: true,
        off: false,
        nothing: null,
        list: ["a", "b"],
        empty: [],
        "a/b~c": "odd",
        policy: '{"Deny":["s3:*"]}',
      },
    },
    aws_s3_object: {
      compose: { key: "host/compose.yaml", content: COMPOSE },
      secrets: { key: "host/secrets.json", content: '{ "KEY": { "bytes": 32 } }' },
      proxy: { key: "host/proxy", content: "a.${var.domain} {\n  echo $${HOME} %%{code}\n}\n" },
      archive: { key: "host/archive", content_base64: "AAAA" },
    },
  },
});
const stacks: Stacks = new Map([["mvp", stack()]]);
const ONE = "/resource/aws_thing/one";

const place = (rest: Omit<Built, "stack">): Built => ({ stack: "mvp", ...rest });
const compose = (at: string, rest: Omit<Built, "stack" | "at" | "file">): Built =>
  place({ file: "host/compose.yaml", at, ...rest });

/** The stacks after one change; the change must have been possible. */
function after(target: Built): Stacks {
  const changed = mutated(stacks, target);
  if (changed === undefined) throw new Error("nothing was changed");
  return new Map([["mvp", changed]]);
}

describe("valueAt", () => {
  test.each([
    [place({ at: `${ONE}/size` }), 30],
    [place({ at: `${ONE}/list/1` }), "b"],
    [place({ at: `${ONE}/a~1b~0c` }), "odd"],
    [place({ at: `${ONE}/nothing` }), null],
    [place({ at: `${ONE}/missing` }), undefined],
    [place({ at: `${ONE}/name/length` }), undefined],
    [place({ at: `${ONE}/constructor` }), undefined],
    [compose("/services/api/image", {}), "${IMAGE_API:?none}"],
    [place({ file: "host/secrets.json", at: "/KEY/bytes" }), 32],
    [place({ file: "host/proxy" }), "a.${var.domain} {\n  echo ${HOME} %{code}\n}\n"],
    [place({ file: "host/archive" }), undefined],
    [place({ file: "host/missing" }), undefined],
    [{ stack: "growth", at: ONE }, undefined],
    [{ stack: "growth", file: "host/proxy" }, undefined],
  ])("%j", (target, value) => {
    expect(valueAt(stacks, target)).toEqual(value);
  });
});

describe("isAsSaid", () => {
  test.each([
    place({ at: `${ONE}/size`, is: 30 }),
    place({ at: `${ONE}/off`, is: false }),
    place({ at: `${ONE}/nothing`, is: null }),
    place({ at: `${ONE}/empty`, is: [] }),
    place({ at: `${ONE}/list`, is: ["a", "b"] }),
    place({ at: `${ONE}/list`, holds: "b" }),
    place({ at: `${ONE}/policy`, holds: '"Deny"' }),
    place({ at: `${ONE}/missing`, absent: true }),
    place({ file: "host/proxy", holds: "echo ${HOME}" }),
  ])("%j is", (target) => {
    expect(isAsSaid(stacks, target)).toBe(true);
  });

  test.each([
    place({ at: `${ONE}/size`, is: "30" }),
    place({ at: `${ONE}/nothing`, is: false }),
    place({ at: `${ONE}/missing`, is: null }),
    place({ at: `${ONE}/list`, is: ["b", "a"] }),
    place({ at: `${ONE}/list`, holds: "c" }),
    place({ at: ONE, holds: "web" }),
    place({ at: `${ONE}/nothing`, absent: true }),
    { stack: "growth", at: ONE, absent: true } as const,
  ])("%j is not", (target) => {
    expect(isAsSaid(stacks, target)).toBe(false);
  });
});

describe("mutated", () => {
  test.each([
    ["a text", place({ at: `${ONE}/name`, is: "web" }), "web-changed"],
    ["a number", place({ at: `${ONE}/size`, is: 30 }), 31],
    ["a flag that is on", place({ at: `${ONE}/on`, is: true }), false],
    ["a flag that is off", place({ at: `${ONE}/off`, is: false }), true],
    ["null", place({ at: `${ONE}/nothing`, is: null }), "changed"],
    ["a list", place({ at: `${ONE}/list`, is: ["a", "b"] }), ["a", "b", "changed"]],
    ["an empty list", place({ at: `${ONE}/empty`, is: [] }), ["changed"]],
    ["one element of a list", place({ at: `${ONE}/list`, holds: "a" }), ["b"]],
    ["a value in a list", place({ at: `${ONE}/list/0`, is: "a" }), "a-changed"],
    ["a part of a text", place({ at: `${ONE}/policy`, holds: '"s3:*"' }), '{"Deny":[]}'],
    ["something that is not there", place({ at: `${ONE}/missing`, absent: true }), "changed"],
    ["a whole type that is not there", place({ at: "/resource/aws_lb", absent: true }), "changed"],
    ["a number in a YAML file", compose("/services/api/command/2", { is: 2 }), 3],
    ["a flag in a YAML file", compose("/services/api/init", { is: true }), false],
    ["a list in a YAML file", compose("/services/api/ports", { is: ["80:80"] }), ["80:80", "changed"]],
    ["something that a YAML file lacks", compose("/services/api/user", { absent: true }), "changed"],
    ["a part of a text in a YAML file", compose("/services/api/image", { holds: "${IMAGE_API" }), ":?none}"],
    ["a number in a JSON file", place({ file: "host/secrets.json", at: "/KEY/bytes", is: 32 }), 33],
    [
      "a part of a whole file",
      place({ file: "host/proxy", holds: "echo ${HOME} " }),
      "a.${var.domain} {\n  %{code}\n}\n",
    ],
  ])("changes %s", (_what, target, value) => {
    expect(valueAt(after(target), target)).toEqual(value);
  });

  test("changes nothing else and not the original", () => {
    const changed = mutated(stacks, place({ at: `${ONE}/size`, is: 30 }));
    const expected = stack() as { resource: { aws_thing: { one: Json } } };
    expected.resource.aws_thing.one.size = 31;
    expect(changed).toEqual(expected);
    expect(stacks.get("mvp")).toEqual(stack());
  });

  test("leaves the rest of a YAML file as it was, but for its comments", () => {
    const changed = after(compose("/services/api/init", { is: true })).get("mvp");
    const { content } = (changed as unknown as { resource: { aws_s3_object: { compose: { content: string } } } })
      .resource.aws_s3_object.compose;
    const expected = parse(COMPOSE) as { services: { api: { init: boolean } } };
    expected.services.api.init = false;
    expect(parse(content)).toEqual(expected);
    expect(content).toContain("$${IMAGE_API");
  });

  test("writes a JSON file as JSON", () => {
    const target = place({ file: "host/secrets.json", at: "/KEY/bytes", is: 32 });
    const text = valueAt(after(target), place({ file: "host/secrets.json" })) as string;
    expect(JSON.parse(text)).toEqual({ KEY: { bytes: 33 } });
  });

  test.each([
    ["a place that vanished", place({ at: `${ONE}/missing`, is: 1 })],
    ["a place below one that vanished", place({ at: `${ONE}/missing/deeper`, absent: true })],
    ["a value that is another", place({ at: `${ONE}/size`, is: 31 })],
    ["a file that is not shipped", place({ file: "host/missing", holds: "a" })],
    ["a stack that was not built", { stack: "growth", at: `${ONE}/size`, is: 30 }],
  ])("refuses %s", (_what, target) => {
    expect(mutated(stacks, target)).toBeUndefined();
  });
});

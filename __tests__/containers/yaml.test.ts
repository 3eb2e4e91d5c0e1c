import { expect, test } from "vitest";
import { parse } from "yaml";
import { oneLine, renderYaml } from "../../modules/containers/yaml";
import { OPAQUE } from "../helpers/fixtures";

test("keeps the order of keys and puts a remark above its key", () => {
  const text = renderYaml({ b: 1, a: { two: true, one: [] } }, "Head", [{ path: ["a", "two"], text: "Why two" }]);
  expect(text).toBe("# Head\n\nb: 1\na:\n  # Why two\n  two: true\n  one: []\n");
});

test("a remark cannot end its comment, whatever its line breaks", () => {
  for (const evil of [
    "a\nprivileged: true",
    "a\r\nprivileged: true",
    "a\u2028privileged: true",
    "a\u0085privileged: true",
  ]) {
    const text = renderYaml({ a: 1 }, evil, [{ path: ["a"], text: evil }]);
    expect(parse(text)).toEqual({ a: 1 });
    expect(text.split(/[\n\r\u0085\u2028]/).filter((line) => line.startsWith("privileged"))).toEqual([]);
  }
  expect(oneLine("  a \n\n b ")).toBe("a b");
});

test("a remark for a key that does not exist is a mistake of the caller", () => {
  expect(() => renderYaml({ a: { b: 1 } }, "", [{ path: ["a", "c"], text: "x" }])).toThrow("a.c");
  expect(() => renderYaml({ a: { b: 1 } }, "", [{ path: ["z", "c"], text: "x" }])).toThrow("z.c");
});

test.each(["no", "on", "1:30", "80:22", "0777", "1e3", "~", "", "a: b", "- a", "line\nbreak", "x".repeat(300), "#a"])(
  "the text %j stays a text for readers of YAML 1.1 and 1.2",
  (value) => {
    const text = renderYaml({ value }, "Head");
    expect(parse(text, { version: "1.1" })).toEqual({ value });
    expect(parse(text, { version: "1.2" })).toEqual({ value });
  },
);

test("an opaque reference stays whole, also inside a long text", () => {
  expect(renderYaml({ value: OPAQUE }, "Head")).toContain(`value: ${OPAQUE}\n`);
  expect(renderYaml({ value: `${"word ".repeat(60)}${OPAQUE} end` }, "Head")).toContain(OPAQUE);
});

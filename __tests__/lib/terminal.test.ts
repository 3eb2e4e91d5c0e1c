import { describe, expect, test } from "vitest";
import { count, createReporter, painter, reporterMode, table } from "../../scripts/lib/terminal";
import { recorder } from "../helpers/screen";

const ESCAPE = String.fromCharCode(27);

describe("reporterMode", () => {
  test.each([
    ["live", "a terminal", { isTTY: true }, {}, false],
    ["plain", "a pipe", { isTTY: false }, {}, false],
    ["plain", "a terminal of a CI system", { isTTY: true }, { CI: "1" }, false],
    ["plain", "a terminal without movement", { isTTY: true }, { TERM: "dumb" }, false],
    ["quiet", "JSON, also on a terminal", { isTTY: true }, {}, true],
  ])("is %s for %s", (mode, _what, screen, env, json) => {
    expect(reporterMode({ ...recorder(), ...screen }, env, json)).toBe(mode);
  });
});

describe("the plain reporter", () => {
  test("writes one line per step without any control character", async () => {
    const screen = recorder();
    const reporter = createReporter(screen, {}, "plain");
    expect(await reporter.step("do it", (busyWith) => (busyWith("half"), 42))).toBe(42);
    expect(screen.text()).toMatch(/^ {2}ok {3}do it +\d+\.\d s\n$/);
    expect(reporter.finished).toEqual([{ title: "do it", seconds: expect.any(Number) }]);
  });

  test("marks a failed step, passes the error on, and does not count it as finished", async () => {
    const screen = recorder();
    const reporter = createReporter(screen, {}, "plain");
    await expect(reporter.step("break", () => Promise.reject(new Error("why")))).rejects.toThrow("why");
    expect(screen.text()).toMatch(/^failed break/);
    expect(reporter.finished).toEqual([]);
  });
});

test("the live reporter redraws its line with the detail, and ends with a plain one", async () => {
  const screen = recorder(true);
  const reporter = createReporter(screen, { NO_COLOR: "1" }, "live");
  await reporter.step("apply", async (busyWith) => {
    busyWith("3 of 9");
    await new Promise((resolve) => setTimeout(resolve, 250));
  });
  expect(screen.text()).toContain("3 of 9");
  const last = screen.text().split("\r").at(-1);
  expect(last).toMatch(new RegExp(`^${ESCAPE}\\[K {2}ok {3}apply +\\d+\\.\\d s\\n$`));
});

test("the quiet reporter shows warnings only", async () => {
  const screen = recorder();
  const reporter = createReporter(screen, {}, "quiet");
  reporter.note("a note");
  await reporter.step("step", () => 1);
  reporter.warn("careful");
  expect(screen.text()).toBe("warning: careful\n");
});

test("colours need a terminal, and NO_COLOR turns them off", () => {
  expect(painter(recorder(true), {})("red", "x")).toBe(`${ESCAPE}[31mx${ESCAPE}[39m`);
  expect(painter(recorder(true), { NO_COLOR: "1" })("red", "x")).toBe("x");
  expect(painter(recorder(false), {})("red", "x")).toBe("x");
});

test("a table lines up its columns and leaves no space at the end of a line", () => {
  expect(
    table([
      ["a", "long one", "x"],
      ["bbb", "b", ""],
    ]),
  ).toBe("  a    long one  x\n  bbb  b");
});

test("count knows one from many", () => {
  expect([count(0, "bucket"), count(1, "bucket"), count(2, "entry", "entries")]).toEqual([
    "0 buckets",
    "1 bucket",
    "2 entries",
  ]);
});

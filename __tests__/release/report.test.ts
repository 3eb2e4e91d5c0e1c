import { describe, expect, test } from "vitest";
import * as os from "node:os";
import {
  describeHistory,
  describeReport,
  line,
  messageOf,
  parseHistory,
  parseReport,
  releaseId,
  type Report,
} from "../../scripts/release";
import { releaser } from "../../scripts/lib/user";
import { digestOf, REPORTED } from "./support";

/** Bytes of an answer that is taken for one that was cut off, when it cannot be read. */
const CUT_BYTES = 20_000;
const [OLD, NEW] = [digestOf("old"), digestOf("new")];
const image = (digest: string): string => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/mvp/api@${digest}`;

const REPORT: Report = {
  ...REPORTED,
  images: {
    api: { before: image(OLD), after: image(NEW) },
    web: { before: image(OLD), after: image(OLD) },
    queue: { before: "", after: "docker.io/library/valkey:8" },
  },
  backup: "20261121T203110Z",
  jobs: ["migrate"],
};

describe("the host's answer", () => {
  test("is taken as it is, and what a later host says besides is left out", () => {
    expect(parseReport(JSON.stringify({ ...REPORT, weather: "fine" }))).toEqual(REPORT);
    expect(parseHistory(JSON.stringify([REPORT]))).toEqual([REPORT]);
    expect(parseHistory("[]")).toEqual([]);
  });

  test.each([
    ["nothing", "", "nothing"],
    ["words", "release: broken\n", "release: broken"],
    ["another result", JSON.stringify({ ...REPORT, result: "perhaps" }), '{"id":"20261121T203106Z-1a2b"'],
    ["a list", JSON.stringify([REPORT]), '[{"id":'],
  ])("%s cannot be told", (_what, text, shown) => {
    const expected = expect.objectContaining({
      exitCode: 3,
      message: expect.stringContaining(`is not what this version of tiers knows: ${shown}`) as string,
    });
    expect(() => parseReport(text)).toThrow(expected);
  });

  test("that Systems Manager has cut off is told apart", () => {
    const long = JSON.stringify(Array.from({ length: 50 }, () => REPORT));
    const umlauts = JSON.stringify(Array.from({ length: 50 }, () => ({ ...REPORT, message: "ü".repeat(200) })));
    expect(umlauts.slice(0, 18_000).length).toBeLessThan(CUT_BYTES);
    for (const cut of [long.slice(0, 24_000), long.slice(0, CUT_BYTES), umlauts.slice(0, 18_000)]) {
      expect(() => parseHistory(cut)).toThrow("longer than Systems Manager keeps. Ask for less with --count.");
    }
    expect(() => parseHistory(long.slice(0, CUT_BYTES - 1))).toThrow("is not what this version of tiers knows");
  });

  test("that is long and whole is read", () => {
    const many = Array.from({ length: 50 }, () => REPORT);
    expect(JSON.stringify(many).length).toBeGreaterThan(24_000);
    expect(parseHistory(JSON.stringify(many))).toEqual(many);
  });
});

describe("in words", () => {
  test("a release names each image before and after, and what was done on the way", () => {
    expect(describeReport("mvp", REPORT).split("\n")).toEqual([
      "released 20261121T203106Z-1a2b on mvp in 43 s",
      `  api     ${OLD.slice(7, 19)} -> ${NEW.slice(7, 19)}`,
      `  web     ${OLD.slice(7, 19)} as before`,
      "  queue   nothing -> valkey:8",
      "  backup  20261121T203110Z",
      "  jobs    migrate",
    ]);
  });

  test("one that did not come to be says why", () => {
    const back: Report = {
      ...REPORT,
      result: "taken back",
      reason: "api is not healthy",
      images: {},
      backup: "",
      jobs: [],
    };
    expect(describeReport("mvp", back)).toBe(
      "taken back 20261121T203106Z-1a2b on mvp in 43 s\n  reason  api is not healthy",
    );
    const refused: Report = { ...back, result: "refused", reason: "" };
    expect(describeReport("mvp", refused)).toBe("refused 20261121T203106Z-1a2b on mvp in 43 s");
  });

  test("the history is a table of what changed", () => {
    const back: Report = {
      ...REPORT,
      id: "20261121T203500Z-0001",
      result: "failed",
      reason: "no disk",
      message: "",
      images: {},
    };
    const [head, first, second] = describeHistory([back, REPORT]).split("\n");
    expect(head).toMatch(/^id +action +result +by +images +message$/);
    expect(first).toMatch(/^20261121T203500Z-0001 +deploy +FAILED +ana@laptop +no image changed +\(no disk\)$/);
    expect(second).toMatch(
      new RegExp(
        `^${REPORT.id} +deploy +released +ana@laptop +api ${NEW.slice(7, 19)}, queue valkey:8 +Faster search$`,
      ),
    );
  });
});

describe("which release, and whose", () => {
  test("an id sorts by time; two at the same second differ", () => {
    const now = new Date("2026-11-21T20:31:06.789Z");
    expect(releaseId(now, Buffer.from([0x1a, 0x2b]))).toBe("20261121T203106Z-1a2b");
    const ids = Array.from({ length: 20 }, () => releaseId(now));
    expect(new Set(ids).size).toBeGreaterThan(1);
    expect(ids.every((id) => /^20261121T203106Z-[0-9a-f]{4}$/.test(id))).toBe(true);
  });

  test("a person is user and machine, in words that a lock can show", () => {
    expect(releaser()).toBe(`${os.userInfo().username}@${os.hostname()}`.replaceAll(/[^\w.@+-]/g, "-"));
  });

  test.each([["two\nlines"], ["\u001b[31mred"], ["x".repeat(201)], ["ä".repeat(101)], ["{{ssm:/secret}}"]])(
    "%j is no message",
    (value) => {
      expect(() => line("--message", value)).toThrow(
        `--message is not a single line of at most 200 bytes without "{{".`,
      );
    },
  );

  test("texts of people are taken as they are", () => {
    expect(line("--message", "it's 100 % größer; $(date)")).toBe("it's 100 % größer; $(date)");
    expect(() => line("--by", "x".repeat(101))).toThrow("--by is not a single line of at most 100 bytes");
  });

  test("every commit's subject becomes a message", () => {
    for (const subject of ["Faster search", "{{{{ssm:x}}", "a\u0007b", "y".repeat(500), "ä".repeat(300)]) {
      expect(line("--message", messageOf(subject))).toBe(messageOf(subject));
    }
    expect(messageOf(`${"y".repeat(198)}🚀`)).toBe("y".repeat(198));
  });
});

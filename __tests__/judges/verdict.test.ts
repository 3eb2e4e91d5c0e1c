import { describe, expect, test } from "vitest";
import { type Exception, Exceptions } from "./lib/exceptions";
import { closingLine } from "./lib/report";
import type { Evaluation, Finding, Input } from "./lib/types";
import { type Case, decide } from "./lib/verdict";

const mvp: Input = { label: "mvp", file: "mvp.json" };
const faulty: Input = { label: "open-port", file: "fault.json" };
const judge = { name: "scanner", tool: "scanner", unit: "checks", floor: () => 5 };
const finding = (id: string, where = "aws_vpc.a"): Finding => ({ id, where, text: `text of ${id}` });
const excuse = (id: string, where?: string): Exception => ({ judge: "scanner", id, where, reason: "r".repeat(20) });
const evaluation = (findings: Finding[] = [], evaluated = 9): Evaluation => ({ evaluated, findings, notes: [] });

function verdict(changes: Partial<Case> & { sound?: Evaluation; fault?: Evaluation } = {}) {
  const { sound = evaluation(), fault = evaluation([finding("A1")]), ...rest } = changes;
  return decide({
    judge,
    shipped: [mvp],
    faults: [{ input: faulty, origin: "mvp", expected: { id: "A1" } }],
    evaluations: new Map([
      ["mvp", sound],
      ["open-port", fault],
    ]),
    exceptions: new Exceptions([]),
    ...rest,
  });
}

describe("the verdict over a judge", () => {
  test("passes when the shipped stack is clean and the fault is found", () => {
    expect(verdict()).toEqual({
      name: "scanner",
      status: "passed",
      details: ["mvp: 9 checks, 0 findings", "1 of 1 planted faults reported"],
      problems: [],
    });
  });

  test.each<[string, Parameters<typeof verdict>[0], string]>([
    ["a finding in a shipped stack", { sound: evaluation([finding("B2")]) }, "mvp: B2 aws_vpc.a: text of B2"],
    ["too little evaluated", { sound: evaluation([], 4) }, "mvp: only 4 checks, at least 5 expected"],
    [
      "nothing evaluated, whatever the floor says",
      { judge: { ...judge, floor: () => 0 }, sound: evaluation([], 0) },
      "mvp: only 0 checks, at least 1 expected",
    ],
    [
      "a fault that is not found",
      { fault: evaluation() },
      "planted fault open-port not reported as A1; nothing new was reported",
    ],
    [
      "a fault that is found under another id",
      { fault: evaluation([finding("C3"), finding("C3", "aws_vpc.b")]) },
      "planted fault open-port not reported as A1; reported instead: C3 aws_vpc.a: text of C3; C3 aws_vpc.b: text of C3",
    ],
    [
      "a fault whose text does not fit",
      { faults: [{ input: faulty, origin: "mvp", expected: { id: "A1", text: /port/ } }] },
      "planted fault open-port not reported as A1; reported instead: A1 aws_vpc.a: text of A1",
    ],
    ["no fault to find", { faults: [] }, "no planted fault: nothing shows that it can find one"],
  ])("fails on %s", (_, changes, problem) => {
    expect(verdict(changes)).toMatchObject({ status: "failed", problems: [problem] });
  });

  test("a finding that the sound stack has too does not count as the fault", () => {
    const exceptions = new Exceptions([excuse("A1")]);
    const both = evaluation([finding("A1")]);
    expect(verdict({ sound: both, fault: both, exceptions }).problems).toEqual([
      "planted fault open-port not reported as A1; nothing new was reported",
    ]);
  });

  test("throws when the judge returned nothing for an input", () => {
    expect(() => verdict({ evaluations: new Map() })).toThrow("scanner returned nothing for mvp");
  });
});

describe("exceptions", () => {
  const sound = evaluation([finding("B2", "aws_vpc.a.cidr"), finding("C3")]);

  test("excuse by id and by address, and are counted", () => {
    const exceptions = new Exceptions([excuse("B2", "aws_vpc.a"), excuse("C3")]);
    const result = verdict({ sound, exceptions });
    expect(result.problems).toEqual([]);
    expect(result.details[0]).toBe("mvp: 9 checks, 0 findings, 2 excepted (B2, C3)");
    expect(exceptions.stale()).toEqual([]);
    expect(exceptions.summary()).toBe("2 exceptions, 2 in use");
  });

  test("that excuse nothing are stale, unless their judge did not finish", () => {
    const exceptions = new Exceptions([excuse("D4"), { ...excuse("E5"), judge: "misspelt" }]);
    verdict({ sound, exceptions });
    expect(exceptions.stale()).toEqual([
      "scanner D4 excuses nothing: remove it",
      "misspelt E5 excuses nothing: remove it",
    ]);
    exceptions.leaveOpen("scanner");
    expect(exceptions.stale()).toEqual(["misspelt E5 excuses nothing: remove it"]);
  });

  test.each([
    ["another address", excuse("B2", "aws_vpc.b")],
    ["the beginning of another name", excuse("B2", "aws_vpc")],
    ["another tool", { ...excuse("B2"), judge: "other" }],
  ])("do not excuse %s", (_, exception) => {
    const result = verdict({
      sound: evaluation([finding("B2", "aws_vpc_a.x")]),
      exceptions: new Exceptions([exception]),
    });
    expect(result.problems).toEqual(["mvp: B2 aws_vpc_a.x: text of B2"]);
  });
});

test("the closing line counts, and names what was skipped", () => {
  const base = { details: [], problems: [] };
  expect(
    closingLine([
      { name: "a", status: "passed", ...base },
      { name: "b", status: "failed", ...base },
      { name: "c", status: "skipped", details: [], problems: ["Go is not installed"] },
    ]),
  ).toBe("judges: 1 passed, 1 failed; skipped c: Go is not installed");
});

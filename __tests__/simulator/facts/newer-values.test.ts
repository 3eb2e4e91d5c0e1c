/** The reviewed list of values that are newer than the facts. */
import { describe, expect, test } from "vitest";
import { readNewerValues, readTypes } from "../../../scripts/simulator/facts/load";
import { validateConfig } from "../../../scripts/simulator/facts/validate";
import { configWith, CTX, KNOWN, the } from "./account";

const CASES = readNewerValues().flatMap(({ type, path, values = [], ranges = [], source }) => [
  ...values.map((value) => ({ type, path, value, source })),
  ...ranges.map(([, high]) => ({ type, path, value: the(high), source })),
]);
const OLD = readTypes();

function complaints(found: { summary: string }[]): string[] {
  return found.map(({ summary }) => summary).filter((summary) => summary.startsWith("expected"));
}

describe("newer values", () => {
  test("the list is as long as it was reviewed", () => {
    console.log(`newer values: ${CASES.length}`);
    expect(CASES.length).toBe(70);
  });

  test.each(CASES)("$type.$path = $value", ({ type, path, value, source }) => {
    const config = configWith([path, value]);
    expect(source).not.toBe("");
    expect(complaints(validateConfig(the(OLD.get(type)), config))).toHaveLength(1);
    expect(complaints(KNOWN.validate(type, config, CTX))).toEqual([]);
  });

  test("a value that is not on the list stays an error", () => {
    const [problem] = KNOWN.validate("aws_elasticache_replication_group", { engine: "valky" }, CTX);
    expect(problem).toEqual({
      severity: "error",
      summary: 'expected engine to be one of ["redis" "valkey"], got valky',
      detail: "",
      path: ["engine"],
    });
  });

  test("a wider range ends where AWS ends it", () => {
    const validate = (throughput: number) => complaints(KNOWN.validate("aws_ebs_volume", { throughput }, CTX));
    expect(validate(2001)).toEqual(["expected throughput to be in the range (125 - 2000), got 2001"]);
    expect(validate(124)).toHaveLength(1);
  });
});

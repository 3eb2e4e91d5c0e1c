import { expect, test } from "vitest";
import { CLOUDFLARE_RANGES } from "../../modules/security/cloudflare-ranges";

/** First and last address of a range, as numbers. */
function bounds(range: string): readonly [first: number, last: number] {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(range);
  if (!match) throw new Error(`${range} is no IPv4 range`);
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return [first, first + 2 ** (32 - prefix) - 1];
}

test("every range begins at its own network address", () => {
  const begun = CLOUDFLARE_RANGES.filter((range) => {
    const [first, last] = bounds(range);
    return first % (last - first + 1) !== 0;
  });
  expect(begun).toEqual([]);
});

test("no range overlaps another", () => {
  const sorted = CLOUDFLARE_RANGES.map(bounds).sort(([one], [other]) => one - other);
  expect(sorted.slice(1).filter(([first], index) => first <= (sorted[index]?.[1] ?? Infinity))).toEqual([]);
});

test("no range is larger than a /12, so a slip of a digit cannot open a continent", () => {
  expect(CLOUDFLARE_RANGES.filter((range) => Number(range.split("/")[1]) < 12)).toEqual([]);
});

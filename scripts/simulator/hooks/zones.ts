/** Availability zones of the simulated regions. */

type Letters = [string, ...string[]];

const LETTERS: Letters = ["a", "b", "c"];

/** Regions whose zones do not begin with a, b and c for new accounts. Source: EC2 user guide, "Regions and Zones". */
const OTHER_LETTERS: Record<string, Letters> = {
  "ap-northeast-1": ["a", "c", "d"],
  "ca-central-1": ["a", "b", "d"],
  "us-east-1": ["a", "b", "c", "d", "f"],
  "us-west-1": ["a", "c"],
  "us-west-2": ["a", "b", "c", "d"],
};

/** The zones of a region, in order. */
export function zonesOf(region: string): string[] {
  return (OTHER_LETTERS[region] ?? LETTERS).map((letter) => region + letter);
}

/** Where AWS puts what nobody gave a zone. */
export function firstZone(region: string): string {
  return region + (OTHER_LETTERS[region] ?? LETTERS)[0];
}

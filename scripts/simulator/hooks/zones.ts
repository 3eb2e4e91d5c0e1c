/** Availability zones of the simulated regions. */
const LETTERS = ["a", "b", "c"];

/** Regions whose zones do not begin with a, b and c for new accounts. Source: EC2 user guide, "Regions and Zones". */
const OTHER_LETTERS: Record<string, string[]> = {
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

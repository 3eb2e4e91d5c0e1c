/** What the reader of a run sees. */
import type { Verdict } from "./types";

const WORDS: Record<Verdict["status"], string> = { passed: "ok     ", failed: "FAILED ", skipped: "skipped" };

/** Prints one verdict with its details and problems, and hands it on. */
export function print(verdict: Verdict): Verdict {
  console.log([`${WORDS[verdict.status]} ${verdict.name}`, ...lines(verdict)].join("\n"));
  return verdict;
}

function lines({ details, problems }: Verdict): string[] {
  return [...details.map((detail) => `          ${detail}`), ...problems.map((problem) => `        ! ${problem}`)];
}

/** The last line: how many judges passed and failed, and which could not run. */
export function closingLine(verdicts: readonly Verdict[]): string {
  const count = (status: Verdict["status"]): number => verdicts.filter((verdict) => verdict.status === status).length;
  const skipped = verdicts.filter(({ status }) => status === "skipped");
  const missing = skipped.map(({ name, problems }) => `; skipped ${name}: ${problems.join(" ")}`).join("");
  return `judges: ${count("passed")} passed, ${count("failed")} failed${missing}`;
}

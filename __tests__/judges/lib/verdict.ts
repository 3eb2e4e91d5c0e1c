/** Decides what a judge's evaluations mean: shipped stacks must be clean, planted faults must be found by id. */
import type { Exceptions } from "./exceptions";
import type { Evaluation, Finding, Input, Judge, Verdict } from "./types";

/** A fault that was planted into a copy of a shipped stack. */
export interface PlantedFault {
  readonly input: Input;
  /** Label of the stack that it was planted into. */
  readonly origin: string;
  /** The finding that the judge must add to what it says about the sound stack. */
  readonly expected: { readonly id: string; readonly text?: RegExp };
}

export interface Case {
  readonly judge: Pick<Judge, "name" | "tool" | "unit" | "floor">;
  readonly shipped: readonly Input[];
  readonly faults: readonly PlantedFault[];
  readonly evaluations: ReadonlyMap<string, Evaluation>;
  readonly exceptions: Exceptions;
}

/** The verdict over one judge. A judge without a single planted fault to find proves nothing and fails. */
export function decide(given: Case): Verdict {
  const details: string[] = [];
  const problems: string[] = [];
  for (const input of given.shipped) {
    const { detail, wrong } = judgeShipped(given, input);
    details.push(detail);
    problems.push(...wrong);
  }
  const missed = given.faults.flatMap((fault) => missing(given, fault));
  problems.push(...missed);
  if (given.faults.length === 0) problems.push("no planted fault: nothing shows that it can find one");
  details.push(`${given.faults.length - missed.length} of ${given.faults.length} planted faults reported`);
  return { name: given.judge.name, status: problems.length === 0 ? "passed" : "failed", details, problems };
}

function judgeShipped(given: Case, input: Input): { detail: string; wrong: string[] } {
  const { evaluated, findings, notes } = evaluationOf(given, input.label);
  const excused = findings.filter((finding) => given.exceptions.excuse(given.judge.tool, finding));
  const open = findings.filter((finding) => !excused.includes(finding));
  const floor = Math.max(1, given.judge.floor(input));
  const wrong = open.map(({ id, where, text }) => `${input.label}: ${id} ${where}: ${text}`);
  if (evaluated < floor)
    wrong.push(`${input.label}: only ${evaluated} ${given.judge.unit}, at least ${floor} expected`);
  const counts = [
    `${evaluated} ${given.judge.unit}`,
    `${open.length} findings`,
    ...(excused.length > 0 ? [`${excused.length} excepted (${tally(excused)})`] : []),
    ...notes,
  ];
  return { detail: `${input.label}: ${counts.join(", ")}`, wrong };
}

/** A fault counts as found only by a finding that the sound stack does not have. */
function missing(given: Case, { input, origin, expected }: PlantedFault): string[] {
  const known = new Set(evaluationOf(given, origin).findings.map(key));
  const added = evaluationOf(given, input.label).findings.filter((finding) => !known.has(key(finding)));
  const found = added.some(({ id, text }) => id === expected.id && (expected.text?.test(text) ?? true));
  if (found) return [];
  const instead = added.length === 0 ? "nothing new was reported" : `reported instead: ${quoted(added)}`;
  return [`planted fault ${input.label} not reported as ${expected.id}; ${instead}`];
}

/** The first few findings in full. */
const quoted = (findings: readonly Finding[]): string =>
  findings
    .slice(0, 3)
    .map(({ id, where, text }) => `${id} ${where}: ${text}`)
    .join("; ");

const key = ({ id, where, text }: Finding): string => `${id}\n${where}\n${text}`;

function evaluationOf(given: Case, label: string): Evaluation {
  const evaluation = given.evaluations.get(label);
  if (!evaluation) throw new Error(`${given.judge.name} returned nothing for ${label}`);
  return evaluation;
}

function tally(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { id } of findings) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([id, count]) => (count > 1 ? `${id} x${count}` : id))
    .join(", ");
}

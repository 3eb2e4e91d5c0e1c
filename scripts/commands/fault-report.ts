/** What a simulated run with faults tells its user. */
import { count } from "../lib/terminal";
import type { FaultStatus } from "../setup/engines";
import type { FaultReport, Setback } from "../setup/faulty-run";

/** Longest line of the output. */
const WIDTH = 100;

/** Paragraphs: what happened, what Terraform said to it, and how the run got over it. */
export function faultsInWords({ faults, setbacks }: FaultReport): string[] {
  const happened = `Faults (${faults.length}):\n${faults.map(faultInWords).join("\n")}`;
  if (setbacks.length === 0) return [`${happened}\nNone of them made Terraform fail.`];
  const title = `Terraform failed ${count(setbacks.length, "time")}, and came through:`;
  return [happened, [title, ...setbacks.map(setbackInWords)].join("\n")];
}

function faultInWords({ fault, times, call, realWaitSeconds }: FaultStatus): string {
  const met = times === 1 ? `met ${call ?? "one call"}` : `met ${times} calls`;
  const wait = realWaitSeconds === undefined ? "" : `; the real provider waits about ${realWaitSeconds} s`;
  return `  ${fault}\n    ${met}${wait}`;
}

function setbackInWords({ error, faults, mendedBy, leftOver }: Setback, index: number): string {
  const orphans = leftOver.map(
    ({ type, id }) => `${type} ${id} stays behind: no resource is like it; delete it by hand.`,
  );
  const next = [...mendedBy, ...orphans, "Done once more, which did the rest."];
  const made = `Made by ${faults.join(" and ")}`;
  return [...folded(`${index + 1}. ${error}`, "  "), ...[made, ...next].map((line) => `     ${line}`)].join("\n");
}

/** Breaks a text into lines between words. */
function folded(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${lines.length === 0 ? indent : `${indent}   `}${word}`);
  }
  return lines;
}

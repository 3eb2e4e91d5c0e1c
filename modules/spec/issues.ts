import type { z } from "zod";
import { fieldNames, guideOf, keyGuideOf, schemaAt, showPath, type Step } from "./guide";
import type { Finding } from "./problem";
import { isHidden, MISSING, showValue } from "./show";
import { suggestion } from "./suggest";

type Issue = z.core.$ZodIssue;

/** A finding with its path in steps, so that a caller can tell where it came from. */
export interface LocatedFinding extends Finding {
  readonly steps: readonly Step[];
  /** Path of the field that a misspelt one most likely stands for. */
  readonly meant?: string;
}

const stepsOf = (issue: Issue): Step[] => issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));

const isWrongKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");

/** The issues of the one form that the author evidently meant; none when it is not evident. */
function meantForm(forms: readonly (readonly Issue[])[]): readonly Issue[] {
  const sameKind = forms.filter((issues) => !issues.some(isWrongKind));
  const near =
    sameKind.length === 1 ? sameKind : sameKind.filter((issues) => issues.every((one) => one.path.length > 0));
  return near.length === 1 ? (near[0] ?? []) : [];
}

function valueAt(root: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? (value as Record<Step, unknown>)[step] : undefined),
    root,
  );
}

/** Turns zod's issues about `input` into lines for the author, one per mistake. */
export function findingsOf(schema: z.core.$ZodType, input: unknown, issues: readonly Issue[]): LocatedFinding[] {
  const findings = issues.flatMap((issue) => findingsOfIssue(schema, input, issue, []));
  const misspelt = new Set(findings.map((finding) => finding.meant));
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const isRepetition = seen.has(finding.path) || (finding.value === MISSING && misspelt.has(finding.path));
    seen.add(finding.path);
    return !isRepetition;
  });
}

function findingsOfIssue(schema: z.core.$ZodType, input: unknown, issue: Issue, above: Step[]): LocatedFinding[] {
  const steps = [...above, ...stepsOf(issue)];
  const located = schemaAt(schema, steps);
  if (issue.code === "unrecognized_keys") {
    const known = fieldNames(located) ?? [];
    return issue.keys.map((key) => unknownField([...steps, key], key, known));
  }
  if (issue.code === "invalid_key") {
    const name = steps.at(-1);
    const guide = keyGuideOf(schemaAt(schema, steps.slice(0, -1)));
    return [{ steps, path: showPath(steps), value: `named ${showValue(String(name))}`, ...guide }];
  }
  if (issue.code === "invalid_union") {
    const meant = meantForm(issue.errors);
    if (meant.length > 0) return meant.flatMap((inner) => findingsOfIssue(schema, input, inner, steps));
  }
  const value = showValue(valueAt(input, steps), isHidden(steps));
  const { allowed, fix } = guideOf(located);
  return [{ steps, path: showPath(steps), value, allowed, fix: value === MISSING ? "add it" : fix }];
}

/** A field that the schema does not have. */
export function unknownField(steps: readonly Step[], key: string, known: readonly string[]): LocatedFinding {
  const near = suggestion(key, known);
  return {
    steps,
    path: showPath(steps),
    value: "not a known field",
    allowed: known.join(", "),
    fix: near === undefined ? "remove it" : `did you mean "${near}"?`,
    meant: near && showPath([...steps.slice(0, -1), near]),
  };
}

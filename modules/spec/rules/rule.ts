import { type Step, showPath } from "../guide";
import type { LocatedFinding } from "../issues";
import type { App, AppInput, Tier } from "../schema";

/** What a rule looks at: an app of one environment on one tier whose fields are all well-formed. */
export interface Subject {
  /** Without the services that are turned off. */
  readonly app: App;
  /** The same app as it was written, to tell a written value from a default. */
  readonly written: AppInput;
  /** The services that are turned off. */
  readonly disabled: readonly string[];
  readonly tier: Tier;
}

/** A rule about several fields together. */
export interface Rule {
  readonly id: string;
  /** What must hold, in one sentence. */
  readonly description: string;
  readonly check: (subject: Subject) => readonly LocatedFinding[];
}

/** The same rules for one tier only: what they are about does not exist on others. */
export const onTier = (tier: Tier, rules: readonly Rule[]): Rule[] =>
  rules.map((rule) => ({ ...rule, check: (subject) => (subject.tier === tier ? rule.check(subject) : []) }));

/** One mistake at a path. `value` is in words, already shortened. */
export function finding(steps: readonly Step[], value: string, allowed: string, fix: string): LocatedFinding {
  return { steps, path: showPath(steps), value, allowed, fix };
}

/** A written value in quotes. */
export const quote = (value: string): string => JSON.stringify(value);

/** Words in quotes as alternatives; "nothing" when there are none. */
export const alternatives = (words: readonly string[]): string =>
  words.length === 0 ? "nothing here" : words.map(quote).join(" | ");

import { type LocatedFinding, unknownField } from "./issues";
import { isOverridden, isPlainObject, mergeOverrides } from "./merge";
import { appSchema, appSections, type Tier } from "./schema";

/** Sections that a tier may change: those that say what the app is, not which one, on which tiers, in which environment. */
const OVERRIDABLE = Object.keys(appSections).filter(
  (field) => !["name", "environment", "stacks", "state", "ci"].includes(field),
);

/** An app of one environment as it is on one tier, still unchecked. */
export interface TierVariant {
  readonly tier: Tier;
  /** The app with what the tier says differently. */
  readonly input: unknown;
  /** Says at which place a mistake was written. */
  readonly locate: (finding: LocatedFinding) => LocatedFinding;
  /** What is wrong with the overrides themselves. */
  readonly findings: readonly LocatedFinding[];
}

/** Lays what a tier says differently over the app. */
export function onTierAs(tier: Tier, input: unknown): TierVariant {
  const overrides = overridesOf(tier, input);
  if (overrides === undefined) return { tier, input, locate: (finding) => finding, findings: [] };
  const steps = ["stacks", tier, "overrides"];
  const place = steps.join(".");
  if (!isPlainObject(overrides)) return { tier, input, locate: (finding) => finding, findings: [] };
  const unknown = Object.keys(overrides)
    .filter((field) => !OVERRIDABLE.includes(field))
    .map((field) => unknownField([...steps, field], field, OVERRIDABLE));
  const given = Object.fromEntries(Object.entries(overrides).filter(([field]) => OVERRIDABLE.includes(field)));
  return {
    tier,
    input: mergeOverrides(appSchema, input, given),
    locate: (finding) =>
      isOverridden(input, given, finding.steps)
        ? { ...finding, steps: [...steps, ...finding.steps], path: `${place}.${finding.path}` }
        : finding,
    findings: unknown,
  };
}

function overridesOf(tier: Tier, input: unknown): unknown {
  const stacks = isPlainObject(input) ? input.stacks : undefined;
  const entry = isPlainObject(stacks) ? stacks[tier] : undefined;
  return isPlainObject(entry) ? entry.overrides : undefined;
}

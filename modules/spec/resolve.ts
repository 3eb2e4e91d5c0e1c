import type { AppDefinition } from "./define";
import { resolveApp } from "./derive";
import { disabledServices, withoutDisabled, writtenWithoutDisabled } from "./enabled";
import { type Variant, variantsOf } from "./environments";
import { findingsOf, type LocatedFinding } from "./issues";
import { labelOf, stackIdOf } from "./labels";
import { isOverridden, isPlainObject } from "./merge";
import type { Problem, Warning } from "./problem";
import type { ResolvedStack } from "./resolved";
import { RULES } from "./rules";
import type { Rule } from "./rules/rule";
import { type App, type AppInput, appSchema, appSections, type Tier, TIERS } from "./schema";
import { STACK_SET_RULES, type StackRule } from "./stack-rules";
import { onTierAs } from "./tier-overrides";
import { warningsOf } from "./warnings";

/** What all apps together come to. */
export interface Resolution {
  /** The stacks that can be built, in the order of the apps, their environments and their tiers. */
  readonly stacks: readonly ResolvedStack[];
  /** Every mistake, one each. A stack with a problem is not among `stacks`. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

export interface ResolveOptions {
  /** The day that end-of-life dates are compared with, "YYYY-MM-DD". @default - today */
  readonly today?: string;
}

/** The rules that a resolution goes by. */
export interface RuleBook {
  readonly rules: readonly Rule[];
  readonly stackRules: readonly StackRule[];
}

const RULE_BOOK: RuleBook = { rules: RULES, stackRules: STACK_SET_RULES };

/** Checks all apps and turns them into stacks. Never throws: what is wrong is in `problems`. */
export function resolveApps(apps: readonly AppDefinition[], options: ResolveOptions = {}): Resolution {
  return resolveBy(RULE_BOOK, apps, options);
}

/** {@link resolveApps} with other rules, so that tests can show what each rule is for. */
export function resolveBy(book: RuleBook, apps: readonly AppDefinition[], options: ResolveOptions = {}): Resolution {
  const results = apps.flatMap((app, index) => resolveDefinition(book, app, index + 1));
  const candidates = results.flatMap(({ stacks }) => stacks);
  const { stacks, problems } = keepApart(book.stackRules, candidates);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  return {
    stacks,
    problems: [...results.flatMap((result) => result.problems), ...problems],
    warnings: warningsOf(stacks, today),
  };
}

interface Result {
  readonly stacks: readonly ResolvedStack[];
  readonly problems: readonly Problem[];
}

function resolveDefinition({ rules }: RuleBook, definition: AppDefinition, position: number): Result[] {
  const variants = variantsOf(definition);
  const known = new Set<string>();
  return variants.map((variant) => resolveVariant(rules, variant, variants[0], position, known));
}

function resolveVariant(
  rules: readonly Rule[],
  variant: Variant,
  main: Variant | undefined,
  position: number,
  known: Set<string>,
): Result {
  const label = labelOf(variant.input, position, variant);
  const { findings, stacks } = checkVariant(rules, variant);
  const problems = toProblems(label, [...variant.findings, ...attribute(findings, variant, main, known)]);
  return { problems, stacks: findings.length > 0 || variant.findings.length > 0 ? [] : stacks };
}

/** Checks the fields, then the rules, on each tier of the app, and makes stacks of what is right. */
function checkVariant(
  rules: readonly Rule[],
  variant: Variant,
): { findings: readonly LocatedFinding[]; stacks: readonly ResolvedStack[] } {
  const tiers = tiersOf(variant.input);
  // An app without stacks is checked too, as what it would be on the first tier.
  const checked = (tiers.length > 0 ? tiers : TIERS.slice(0, 1)).map((tier) => checkOnTier(rules, variant, tier));
  const stacks = tiers.length > 0 ? checked.flatMap(({ stack }) => stack ?? []) : [];
  return { findings: withoutRepetition(checked.flatMap(({ findings }) => findings)), stacks };
}

/** The tiers that an app names, well-formed or not. */
function tiersOf(input: unknown): Tier[] {
  const stacks = appSections.stacks.safeParse(isPlainObject(input) ? input.stacks : undefined);
  return stacks.success ? TIERS.filter((tier) => stacks.data[tier] !== undefined) : [];
}

function checkOnTier(
  rules: readonly Rule[],
  variant: Variant,
  tier: Tier,
): { findings: readonly LocatedFinding[]; stack?: ResolvedStack } {
  const { input, locate, findings: ofOverrides } = onTierAs(tier, variant.input);
  const parsed = appSchema.safeParse(input);
  if (!parsed.success) {
    return { findings: [...ofOverrides, ...findingsOf(appSchema, input, parsed.error.issues).map(locate)] };
  }
  const app = parsed.data;
  const written = writtenWithoutDisabled(input as AppInput, app);
  const subject = { app: withoutDisabled(app), written, disabled: disabledServices(app), tier };
  const found = rules.flatMap((rule) => rule.check(subject)).map(locate);
  return { findings: [...ofOverrides, ...found], stack: toStack(app, tier, variant) };
}

function toStack(app: App, tier: Tier, variant: Variant): ResolvedStack {
  const isDefault = variant.environment === undefined;
  const entry = app.stacks[tier];
  return {
    id: stackIdOf(app.name, tier, entry?.id, variant),
    tier,
    app: resolveApp(app, tier, isDefault),
    names: isDefault ? (entry?.names ?? {}) : ownNames(variant, tier),
    outputAliases: entry?.outputAliases ?? {},
  };
}

/** Literal names that an environment gives itself: those of the app belong to the resources of its default environment. */
function ownNames({ overrides }: Variant, tier: Tier): Readonly<Record<string, string>> {
  const { stacks } = overrides as Partial<Pick<AppInput, "stacks">>;
  return stacks?.[tier]?.names ?? {};
}

/**
 * Says where a finding of a further environment comes from: its own overrides, or the app, whose mistakes are reported
 * once.
 */
function attribute(
  findings: readonly LocatedFinding[],
  variant: Variant,
  main: Variant | undefined,
  known: Set<string>,
): LocatedFinding[] {
  const keyOf = (finding: LocatedFinding): string => [finding.path, finding.value, finding.allowed].join("\n");
  if (variant.environment === undefined) {
    for (const finding of findings) known.add(keyOf(finding));
    return [...findings];
  }
  const place = `environments.${variant.environment}`;
  return findings.flatMap((finding) => {
    if (isOverridden(main?.input, variant.overrides, finding.steps)) {
      return [{ ...finding, path: `${place}.${finding.path}` }];
    }
    return known.has(keyOf(finding)) ? [] : [finding];
  });
}

function withoutRepetition(findings: readonly LocatedFinding[]): LocatedFinding[] {
  const lines = findings.map(({ path, value, allowed }) => [path, value, allowed].join("\n"));
  return findings.filter((_, index) => lines.indexOf(lines[index] ?? "") === index);
}

function keepApart(rules: readonly StackRule[], candidates: readonly ResolvedStack[]): Result {
  const stacks: ResolvedStack[] = [];
  const problems: Problem[] = [];
  for (const stack of candidates) {
    const found = rules.flatMap((rule) => rule.check(stack, stacks) ?? []);
    problems.push(...found.map((finding) => ({ stack: stack.id, ...finding })));
    if (found.length === 0) stacks.push(stack);
  }
  return { stacks, problems };
}

const toProblems = (stack: string, findings: readonly LocatedFinding[]): Problem[] =>
  findings.map(({ path, value, allowed, fix }) => ({ stack, path, value, allowed, fix }));

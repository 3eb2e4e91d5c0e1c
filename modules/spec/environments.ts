import type { AppDefinition } from "./define";
import { guideOf } from "./guide";
import { type LocatedFinding, unknownField } from "./issues";
import { isPlainObject, mergeOverrides } from "./merge";
import { appSchema, appSections, environmentsOf } from "./schema";
import { MISSING, showValue } from "./show";

/** One environment of an app, still unchecked. */
export interface Variant {
  /** Name of the environment; undefined for the one that the app itself describes. */
  readonly environment: string | undefined;
  /** What the app says in this environment: overrides merged, `environments` taken off. */
  readonly input: unknown;
  /** What the environment says differently. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** What is wrong with the environment itself. */
  readonly findings: readonly LocatedFinding[];
}

const PLACE = "environments";
/** Sections that an environment may change: all but those that say which app and which environment it is. */
const OVERRIDABLE = Object.keys(appSections).filter((field) => field !== "name" && field !== "environment");

/** The app as written and one variant for each of its further environments. */
export function variantsOf({ input }: AppDefinition): Variant[] {
  const written: unknown = input;
  const main: Variant = { environment: undefined, input: written, overrides: {}, findings: [] };
  if (!isPlainObject(written)) return [main];
  const { environments = {}, ...base } = written;
  if (!isPlainObject(environments)) {
    const value = showValue(environments);
    return [{ ...main, input: base, findings: [{ steps: [PLACE], path: PLACE, value, ...guideOf(environmentsOf) }] }];
  }
  const others = Object.entries(environments).map(([name, overrides]) => variantOf(base, name, overrides));
  return [{ ...main, input: base }, ...others];
}

function variantOf(base: Record<string, unknown>, name: string, overrides: unknown): Variant {
  const given = isPlainObject(overrides) ? onlyOverridable(overrides) : {};
  const merged = mergeOverrides(appSchema, base, given) as Record<string, unknown>;
  const wrongName = nameFindings(base, name);
  return {
    environment: name,
    input: wrongName.length > 0 ? merged : { ...merged, environment: name },
    overrides: given,
    findings: [...wrongName, ...overrideFindings(name, overrides)],
  };
}

const onlyOverridable = (overrides: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(overrides).filter(([field]) => OVERRIDABLE.includes(field)));

function nameFindings(base: Record<string, unknown>, name: string): LocatedFinding[] {
  const steps = [PLACE, name];
  const path = `${PLACE}.${name}`;
  const value = `named ${showValue(name)}`;
  if (!appSections.environment.safeParse(name).success) {
    return [{ steps, path, value, ...guideOf(appSections.environment) }];
  }
  const main = base.environment ?? appSections.environment.parse(undefined);
  if (name !== main) return [];
  const fix = "rename it, or write its values into the app itself";
  return [{ steps, path, value, allowed: "a name other than the app's own environment", fix }];
}

function overrideFindings(name: string, overrides: unknown): LocatedFinding[] {
  const steps = [PLACE, name];
  if (!isPlainObject(overrides)) {
    const value = overrides === undefined ? MISSING : showValue(overrides);
    return [
      { steps, path: `${PLACE}.${name}`, value, allowed: "an object with what differs", fix: "write it in braces" },
    ];
  }
  return Object.keys(overrides)
    .filter((field) => !OVERRIDABLE.includes(field))
    .map((field) => unknownField([...steps, field], field, OVERRIDABLE));
}

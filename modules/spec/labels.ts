import type { Variant } from "./environments";
import { isPlainObject } from "./merge";
import { appSections, type Tier, TIERS } from "./schema";
import { stackEntry } from "./sections/host";

type VariantName = Pick<Variant, "environment" | "overrides">;

/** An id as the environment itself writes it, which then holds as it stands. */
function ownId({ overrides }: VariantName, tier: Tier): unknown {
  const stacks = isPlainObject(overrides.stacks) ? overrides.stacks[tier] : undefined;
  return isPlainObject(stacks) ? stacks.id : undefined;
}

/** Id of a stack: "<name>-<tier>" or the one given; further environments append their name to the app's. */
export function stackIdOf(name: string, tier: Tier, given: string | undefined, variant: VariantName): string {
  const id = given ?? `${name}-${tier}`;
  return variant.environment === undefined || ownId(variant, tier) !== undefined ? id : `${id}-${variant.environment}`;
}

const DEFAULT_ENVIRONMENT: VariantName = { environment: undefined, overrides: {} };

/**
 * What a report calls an app whose fields may be wrong: the id of its stack when it has one, otherwise its name, otherwise
 * its place in the list of apps.
 */
export function labelOf(input: unknown, position: number, variant: VariantName = DEFAULT_ENVIRONMENT): string {
  const written = isPlainObject(input) ? input : {};
  const name = appSections.name.safeParse(written.name).data;
  const stacks = isPlainObject(written.stacks) ? written.stacks : { mvp: {} };
  const tiers = TIERS.filter((tier) => stacks[tier] !== undefined);
  const [tier] = tiers;
  const entry = tier === undefined ? undefined : stacks[tier];
  const id = isPlainObject(entry) ? stackEntry.shape.id.safeParse(entry.id).data : undefined;
  if (tier !== undefined && tiers.length === 1 && (name !== undefined || id !== undefined)) {
    return stackIdOf(name ?? "", tier, id, variant);
  }
  return name ?? `app ${position}`;
}

import type { Construct } from "constructs";
import type { ResolvedStack, Tier } from "../modules/spec";
import { GrowthStack } from "./growth-stack";
import { MvpStack } from "./mvp-stack";
import type { TierStack } from "./tier-stack";

export { CiStack } from "./ci-stack";
export { StateStack } from "./state-stack";

/** The stack class of each tier. */
const STACKS: Record<Tier, new (scope: Construct, definition: ResolvedStack) => TierStack> = {
  mvp: MvpStack,
  growth: GrowthStack,
};

/** Builds one stack. */
export function buildStack(scope: Construct, definition: ResolvedStack): TierStack {
  return new STACKS[definition.tier](scope, definition);
}

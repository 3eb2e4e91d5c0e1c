import type { AppDefinition } from "./define";
import type { Problem, Warning } from "./problem";
import type { ResolvedStack } from "./resolved";

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

/** Checks all apps and turns them into stacks. Never throws: what is wrong is in `problems`. */
export declare function resolveApps(apps: readonly AppDefinition[], options?: ResolveOptions): Resolution;

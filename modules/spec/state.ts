import type { z } from "zod";
import { findingsOf, type LocatedFinding } from "./issues";
import type { Problem } from "./problem";
import { bucketMissing, needlessStateFields, takenTags } from "./rules/stack";
import { STATE_STACK_ID } from "./stack-rules";
import { type StateInput, stateSchema } from "./state-schema";

/** The state bucket as its author wrote it. Nothing is checked yet: {@link resolveState} reports every problem at once. */
export interface StateDefinition {
  readonly input: StateInput;
}

/**
 * Declares the bucket that keeps the states of an account and region. Never throws.
 *
 * @example
 * export const state = defineState({ name: "acme", region: "eu-central-1" });
 */
export function defineState(input: StateInput): StateDefinition {
  return { input };
}

type StateFields = z.output<typeof stateSchema>;

/** The stack of the state bucket, with every default filled in. */
export type ResolvedStateStack = Omit<StateFields, "state"> & {
  readonly id: typeof STATE_STACK_ID;
  /** Where its own state lies, `region` filled in. */
  readonly state: StateFields["state"] & { readonly region: string };
};

/** What a definition comes to: a stack, or what is wrong with it. */
export interface StateResolution {
  /** @default - none: not declared, or with problems */
  readonly stateStack?: ResolvedStateStack;
  readonly problems: readonly Problem[];
}

/** Checks the definition of the state bucket. Never throws: what is wrong is in `problems`. */
export function resolveState(definition: StateDefinition | undefined): StateResolution {
  if (definition === undefined) return { problems: [] };
  const parsed = stateSchema.safeParse(definition.input);
  const findings = parsed.success
    ? rulesOver(parsed.data)
    : findingsOf(stateSchema, definition.input, parsed.error.issues);
  if (!parsed.success || findings.length > 0) {
    return {
      problems: findings.map(({ path, value, allowed, fix }) => ({ stack: STATE_STACK_ID, path, value, allowed, fix })),
    };
  }
  const { state, ...fields } = parsed.data;
  const region = state.region ?? fields.region;
  return { stateStack: { ...fields, id: STATE_STACK_ID, state: { ...state, region } }, problems: [] };
}

const rulesOver = ({ state, tags }: StateFields): LocatedFinding[] => [
  ...bucketMissing(state),
  ...needlessStateFields(state),
  ...takenTags(tags),
];

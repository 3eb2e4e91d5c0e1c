import { ciStackId } from "./ci-stacks";
import { quote } from "./rules/rule";
import { type Finding } from "./problem";
import type { ResolvedStack } from "./resolved";

/** A rule about a stack and those before it. The first of two that collide stays. */
export interface StackRule {
  readonly id: string;
  readonly description: string;
  readonly check: (stack: ResolvedStack, earlier: readonly ResolvedStack[]) => Finding | undefined;
}

/** Id of the stack that holds the states of all others. */
export const STATE_STACK_ID = "state";

const idNotReserved: StackRule = {
  id: "stack-id-reserved",
  description: `No stack of an app is called "${STATE_STACK_ID}".`,
  check: (stack) =>
    stack.id === STATE_STACK_ID
      ? {
          path: `stacks.${stack.tier}.id`,
          value: quote(stack.id),
          allowed: `any id but ${quote(STATE_STACK_ID)}, which is the stack of the state bucket`,
          fix: "give this stack another id",
        }
      : undefined,
};

const idsApart: StackRule = {
  id: "stack-ids-apart",
  description: "Two stacks have different ids, also those of different apps.",
  check: (stack, earlier) =>
    earlier.some(({ id }) => id === stack.id)
      ? {
          path: `stacks.${stack.tier}.id`,
          value: quote(stack.id),
          allowed: "an id that no other stack of any app has",
          fix: "give this stack another id",
        }
      : undefined,
};

const namesApart: StackRule = {
  id: "stack-names-apart",
  description: "Two stacks give their resources different names.",
  check: (stack, earlier) => {
    const twin = earlier.find(
      ({ app, tier }) =>
        app.name === stack.app.name && app.environment === stack.app.environment && tier === stack.tier,
    );
    return (
      twin && {
        path: "name",
        value: quote(stack.app.name),
        allowed: "a name that no other app has in the same environment",
        fix: `rename the app: the resources of stack ${quote(twin.id)} have this name`,
      }
    );
  },
};

const ciIdOf = ({ app }: ResolvedStack): string | undefined => (app.ci === undefined ? undefined : ciStackId(app));

const ciIdsApart: StackRule = {
  id: "ci-ids-apart",
  description: "No stack has the id that the ci stack of an app has.",
  check: (stack, earlier) => {
    const taken = [stack, ...earlier].some((other) => ciIdOf(other) === stack.id);
    const hidden = earlier.some(({ id }) => id === ciIdOf(stack));
    if (!taken && !hidden) return undefined;
    return {
      path: taken ? `stacks.${stack.tier}.id` : "ci",
      value: taken ? quote(stack.id) : `a stack with the id ${quote(ciStackId(stack.app))}`,
      allowed: "ids of stacks and of ci stacks (<name>-ci) that are all different",
      fix: "give the stack whose id ends in -ci another one",
    };
  },
};

/** Every rule about several stacks together. */
export const STACK_SET_RULES: readonly StackRule[] = [idNotReserved, idsApart, namesApart, ciIdsApart];

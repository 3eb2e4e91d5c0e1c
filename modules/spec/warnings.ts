import type { Warning } from "./problem";
import type { ResolvedStack } from "./resolved";
import { WARNING_RULES } from "./rules/warnings";

/** Everything about stacks that works but deserves a second look. */
export function warningsOf(stacks: readonly ResolvedStack[], today: string): Warning[] {
  return stacks.flatMap((stack) =>
    WARNING_RULES.flatMap((rule) => rule.check(stack, { today, stacks }).map((note) => ({ stack: stack.id, ...note }))),
  );
}

/** Writes lifted protections into the state before the deletion that reads them. */
import { UserError } from "../lib/errors";
import { terraform, terraformJson } from "../lib/terraform";

interface Plan {
  resource_changes?: { address: string; mode: string; change: { actions: string[] } }[];
}

const PLAN_FILE = "lift.tfplan";

/**
 * Applies the changed arguments of some blocks and nothing else.
 *
 * @throws UserError when the plan would do more than change arguments in place
 */
export async function applyLifts(blocks: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const targets = blocks.map((block) => `-target=${block}`);
  await terraform(["plan", "-no-color", `-out=${PLAN_FILE}`, ...targets], { cwd, env });
  const plan = await terraformJson<Plan>(["show", "-json", PLAN_FILE], { cwd, env });
  const harmful = (plan.resource_changes ?? []).filter(
    ({ mode, change }) =>
      mode === "managed" && change.actions.some((action) => !["no-op", "update", "read"].includes(action)),
  );
  if (harmful.length > 0) {
    const list = harmful.map(({ address, change }) => `${address} (${change.actions.join(", ")})`).join(", ");
    throw new UserError(
      `Lifting the protections would also change ${list}: the specification differs from what is deployed. ` +
        "Deploy the stack as it is specified first, or put the specification back; then run the teardown again.",
    );
  }
  await terraform(["apply", "-no-color", PLAN_FILE], { cwd, env });
}

/** What commands do before they run anything on the simulated AWS. */
import { requireTools, type RequiredTool } from "../setup/required-tools";
import { ignoredCredentials } from "../simulator";
import type { Context } from "./context";

/**
 * Tells the user which credentials of the shell are left out, and makes sure of the tools. Writes nothing.
 *
 * @throws UserError (exit 2) when a tool is missing or too old
 */
export async function prepareSimulation({ env, reporter }: Context, tools: readonly RequiredTool[]): Promise<void> {
  const ignored = ignoredCredentials(env);
  if (ignored.length > 0) {
    reporter.note(`Credentials of your shell (${ignored.join(", ")}) are ignored: nothing here reaches AWS.`);
  }
  await reporter.step("check the tools", () => requireTools(env, tools));
}

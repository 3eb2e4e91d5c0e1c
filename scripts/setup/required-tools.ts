/** Makes sure that the tools of a command are there before it begins. */
import { UserError } from "../lib/errors";
import { examine, type ToolHealth } from "./doctor";

/** A tool that is required to check, synthesize and deploy stacks. */
export type RequiredTool = "node" | "npm" | "terraform";

/** @throws UserError (exit 2) that tells of each tool that is missing or too old, and how to get it */
export async function requireTools(env: NodeJS.ProcessEnv, names: readonly RequiredTool[]): Promise<void> {
  const { tools } = await examine(env, "required");
  const asked = tools.filter(({ name }) => (names as readonly string[]).includes(name));
  const bad = asked.filter(({ state }) => state !== "ok");
  if (bad.length > 0) throw new UserError(bad.map((tool) => inWords(tool, env)).join("\n"), 2);
}

function inWords({ name, state, version, needs, install }: ToolHealth, env: NodeJS.ProcessEnv): string {
  const chosen = name === "terraform" ? env.TERRAFORM_BINARY_NAME : undefined;
  const tool = chosen ? `${name} (TERRAFORM_BINARY_NAME is "${chosen}")` : name;
  const fault = state === "missing" ? "is missing" : version ? `is ${version}` : "does not tell its version";
  const lines = [`${tool} ${fault}; needs ${needs}.`, `Debian, Ubuntu: ${install.debian}`, `macOS: ${install.macos}`];
  return lines.join("\n  ");
}

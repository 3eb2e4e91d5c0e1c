import * as fs from "node:fs";
import * as path from "node:path";
import type { Command } from "commander";
import { UserError } from "../lib/errors";
import { shown, stackDirectory } from "../lib/paths";
import { publish, synthesize } from "../lib/synth";
import { type Context, createContext, loadProject, type Project } from "./context";

const HELP = `
Writes cdktf.out/stacks/<stack>/cdk.tf.json for every valid stack, as cdktf synth does, without its start-up time.
Fails with exit code 2 when a stack is invalid; the valid ones are written all the same.

Example:
  tiers synth && terraform -chdir=cdktf.out/stacks/mvp plan
`;

export function configure(command: Command): void {
  command
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: { json?: boolean }) => synth(options));
}

async function synth(options: { json?: boolean }): Promise<void> {
  const context = createContext(options);
  const { paths } = context;
  const project = await loadProject(context);
  const stacks = await synthesizeAll(context, project);
  const written = stacks.map((id) => ({ id, directory: shown(paths.root, stackDirectory(paths.output, id)) }));
  const problems = project.resolution.problems.map(project.spec.formatProblem);
  const lines = written.map(({ directory }) => directory);
  context.print(options.json ? JSON.stringify({ stacks: written, problems }, null, 2) : lines.join("\n"));
  if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
}

/** Writes every valid stack into cdktf.out; what Terraform keeps in the stacks' directories stays. */
export async function synthesizeAll({ paths, env }: Context, { resolution }: Project): Promise<string[]> {
  const fresh = path.join(paths.cache, `synth-${process.pid}`);
  try {
    const stacks = await synthesize(paths, { output: fresh, env });
    publish(fresh, paths.output, resolution.problems.length === 0);
    return stacks;
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

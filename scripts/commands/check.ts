import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Command } from "commander";
import { stackDirectory } from "../lib/paths";
import { readStack, type StackJson } from "../lib/stack-json";
import { synthesize } from "../lib/synth";
import { count, table } from "../lib/terminal";
import { type Context, createContext, loadProject, type Project } from "./context";
import { type Summary, summarize, summarizeCi, summarizeState, summaryRows } from "./stack-summary";

const HELP = `
Checks every app of apps/ and the state bucket, and shows what each stack comes to. Needs neither AWS nor Terraform, and writes nothing but the
build, in dist, when a source is newer than it. Exit code 2 when a stack is invalid.

Example:
  tiers check
  tiers check --json | jq '.stacks[].backend'
`;

export function configure(command: Command): void {
  command
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: { json?: boolean }) => check(options));
}

async function check(options: { json?: boolean }): Promise<void> {
  const context = createContext(options);
  const project = await loadProject(context);
  const { problems, warnings } = project.resolution;
  const stacks = await summaries(context, project);
  context.print(
    options.json
      ? JSON.stringify({ ok: problems.length === 0, stacks, problems, warnings }, null, 2)
      : inWords(stacks, project),
  );
  if (problems.length > 0) process.exitCode = 2;
}

/** Synthesizes into a folder of its own, so that checking changes no synthesized stack. */
async function summaries({ paths, env }: Context, { resolution, ciStacks, stateStack }: Project): Promise<Summary[]> {
  if (resolution.stacks.length === 0 && !stateStack) return [];
  const output = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-check-"));
  try {
    await synthesize(paths, { output, env });
    const jsonOf = ({ id }: { id: string }): StackJson => readStack(stackDirectory(output, id));
    return [
      ...resolution.stacks.map((stack) => summarize(stack, jsonOf(stack))),
      ...ciStacks.map((stack) => summarizeCi(stack, jsonOf(stack))),
      ...(stateStack ? [summarizeState(stateStack, jsonOf(stateStack))] : []),
    ];
  } finally {
    fs.rmSync(output, { recursive: true, force: true });
  }
}

function inWords(stacks: readonly Summary[], { spec, resolution }: Project): string {
  const { problems, warnings } = resolution;
  const parts = stacks.map((stack) => `${stack.id}\n${table(summaryRows(stack))}`);
  if (warnings.length > 0) {
    parts.push(
      [`${count(warnings.length, "warning")}:`, ...warnings.map((one) => `  ${spec.formatWarning(one)}`)].join("\n"),
    );
  }
  if (problems.length > 0) {
    parts.push(
      [`${count(problems.length, "problem")}:`, ...problems.map((one) => `  ${spec.formatProblem(one)}`)].join("\n"),
    );
  }
  parts.push(
    `${count(stacks.length, "valid stack")}, ${count(problems.length, "problem")}, ${count(warnings.length, "warning")}.`,
  );
  return parts.join("\n\n");
}

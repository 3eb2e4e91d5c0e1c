import * as path from "node:path";
import { type Command, Option } from "commander";
import { UserError } from "../lib/errors";
import { shown } from "../lib/paths";
import { count, table } from "../lib/terminal";
import { readFile } from "../lib/write";
import { outputsInWords } from "../setup/output-words";
import { type SimulatedRun, simulateStack } from "../setup/simulated-run";
import { type Context, createContext, findStack, loadProject } from "./context";
import { engines } from "./engines";
import { prepareSimulation } from "./simulation";

const HELP = `
Runs terraform init, validate, plan, apply, a second plan and the teardown on the stack's own JSON, unchanged. Terraform
is the real one, AWS is simulated: it needs no account and no network, and nothing that it shows exists.
Everything lies in .simulated/<stack> and is removed at the end, unless --keep leaves it there.
Exit code 2 when Terraform is missing or too old.

Example:
  tiers simulate mvp
  tiers simulate mvp --state s3 --json
  tiers simulate mvp --keep
`;

interface Options {
  keep?: boolean;
  fixtures?: string;
  state?: "local" | "s3";
  json?: boolean;
}

export function configure(command: Command): void {
  command
    .argument("<stack>", "id of the stack")
    .option("--keep", "leave the simulated resources and the state in .simulated/<stack>")
    .option("--fixtures <file>", "JSON file with further answers of data sources")
    .addOption(new Option("--state <where>", "where the stack keeps its state").choices(["local", "s3"]))
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((stack: string, options: Options) => simulate(stack, options));
}

async function simulate(id: string, options: Options): Promise<void> {
  const context = createContext(options);
  const { paths, env, reporter } = context;
  const fixturesFile = options.fixtures === undefined ? undefined : checkedFile(options.fixtures);
  await prepareSimulation(context, ["node", "terraform"]);
  const stack = findStack(await loadProject(context), id);
  reporter.note(`Stack ${id} on a simulated AWS. Nothing of it is real.`);
  const result = await simulateStack({
    paths,
    stack: id,
    region: stack.app.region,
    state: options.state,
    keep: options.keep === true,
    fixturesFile,
    env,
    reporter,
    engines,
  });
  const worldFile = shown(paths.root, result.worldFile);
  const stateFile = shown(paths.root, result.stateFile);
  context.print(
    options.json
      ? JSON.stringify({ ...result, worldFile, stateFile }, null, 2)
      : inWords(result, worldFile, stateFile, context),
  );
}

/** Reading it here gives a clear message before anything is started. */
function checkedFile(file: string): string {
  const absolute = path.resolve(file);
  try {
    JSON.parse(readFile(absolute));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} is not valid JSON: ${(error as Error).message}`, 2);
  }
  return absolute;
}

function inWords(run: SimulatedRun, worldFile: string, stateFile: string, { paths }: Context): string {
  const total = Object.values(run.resources).reduce((sum, one) => sum + one, 0);
  const parts = [
    `Resources (${total}):\n${table(Object.entries(run.resources).map(([type, number]) => [String(number).padStart(3), type]))}`,
    `Outputs (${run.outputs.length}):\n${outputsInWords(run.outputs)}`,
    `cdk.tf.json was the same before and after:\n  sha256 ${run.sha256}`,
  ];
  if (run.state.overridden) {
    parts.push(
      "The stack keeps its state in S3, which is not simulated:\n" +
        "an override file beside cdk.tf.json kept it on disk.",
    );
  }
  if (run.spotRequests.length > 0) {
    parts.push(
      `The teardown cancelled ${count(run.spotRequests.length, "Spot request")} first: ${run.spotRequests.join(", ")}`,
    );
  }
  if (run.leftovers) {
    const left = run.leftovers.map(({ type, id }) => `  ${type} ${id}`);
    parts.push(["The teardown took the stack away and kept what holds data:", ...left].join("\n"));
  } else {
    const directory = shown(paths.root, path.join(path.dirname(run.stateFile), "cdktf.out", "stacks", run.stack));
    parts.push(
      `Kept, to look at:\n  ${worldFile}  everything that exists in the simulated AWS\n  ${stateFile}  Terraform's state\n` +
        `  terraform -chdir=${directory} state list`,
    );
  }
  parts.push("Nothing of this is real: AWS was simulated. It may refuse values that the simulation accepts.");
  return parts.join("\n\n");
}

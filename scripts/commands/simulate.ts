import * as path from "node:path";
import { type Command, Option } from "commander";
import { UserError } from "../lib/errors";
import { shown } from "../lib/paths";
import { count, table } from "../lib/terminal";
import { readFile } from "../lib/write";
import type { AskedFault } from "../setup/faulty-run";
import { outputsInWords } from "../setup/output-words";
import { type SimulatedRun, simulateStack } from "../setup/simulated-run";
import { faultText, parseFaults } from "../simulator";
import { compareWithProvider } from "./compare-schema";
import { type Context, createContext, findTarget, loadProject } from "./context";
import { engines } from "./engines";
import { faultsInWords } from "./fault-report";
import { prepareSimulation } from "./simulation";

const HELP = `
Runs terraform init, validate, plan, apply, a second plan and the teardown on the stack's own JSON, unchanged. Terraform
is the real one, AWS is simulated: it needs no account and no network, and nothing that it shows exists.
Everything lies in .simulated/<stack> and is removed at the end, unless --keep leaves it there.
Exit code 2 when Terraform is missing or too old.

A fault is <call>:<type>[:<number>|:each]=<what>: the call is create, read, update, delete or any, the type a resource
type or *, the number which of these calls, 1 unless given. Terraform is then seen to fail, what it lost is imported, and
the next apply has to make the rest. What can happen:
  fail[:<Code>]          AWS refuses with this error code and does nothing
  throttle:<attempts>    AWS throttles this many attempts; the provider waits and gives up after 25
  slow:<ms>              the answer comes later; slow:realistic waits a tenth of what AWS usually takes
  lose                   AWS does it, and the answer never arrives
  partial                AWS accepts, and it is never finished: Terraform marks it as tainted
  die[:after]            the provider's process is killed before the call has an effect, or after
  kill[:after]           so is Terraform's

--compare-schema reads what terraform providers schema -json prints with the real provider, and lists every difference
between its schemas and the simulated ones: of the types in the stack, in all stacks without one, of every type with
--all. Exit code 1 when there is a difference, 2 when the file cannot be used.

Example:
  tiers simulate mvp
  tiers simulate mvp --state s3 --json
  tiers simulate mvp --keep
  tiers simulate mvp --fault create:aws_instance=fail:InsufficientInstanceCapacity
  tiers simulate mvp --fault create:aws_iam_role=die:after --fault create:aws_s3_object:3=throttle:6
  tiers simulate --compare-schema provider.json
`;

interface Options {
  keep?: boolean;
  fault?: string[];
  compareSchema?: string;
  all?: boolean;
  fixtures?: string;
  state?: "local" | "s3";
  json?: boolean;
}

export function configure(command: Command): void {
  command
    .argument("[stack]", "id of the stack")
    .option("--keep", "leave the simulated resources and the state in .simulated/<stack>")
    .option("--fault <fault>", "something that goes wrong on the way; may be given more than once", collect)
    .option("--fixtures <file>", "JSON file with further answers of data sources")
    .addOption(new Option("--state <where>", "where the stack keeps its state").choices(["local", "s3"]))
    .option("--compare-schema <file>", "run nothing; compare the simulated schemas with those of a real provider")
    .option("--all", "compare every type, not only those of the stacks")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((stack: string | undefined, options: Options) => {
      if (options.compareSchema !== undefined)
        return compareWithProvider({ ...options, file: options.compareSchema, stack });
      if (options.all) command.error("error: --all belongs to --compare-schema");
      if (stack === undefined) command.error("error: missing required argument 'stack'");
      return simulate(stack, options);
    });
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

async function simulate(id: string, options: Options): Promise<void> {
  const context = createContext(options);
  const { paths, env, reporter } = context;
  const fixturesFile = options.fixtures === undefined ? undefined : checkedFile(options.fixtures);
  const faults = checkedFaults(options.fault ?? []);
  await prepareSimulation(context, ["node", "terraform"]);
  const { region } = findTarget(await loadProject(context), id);
  reporter.note(`Stack ${id} on a simulated AWS. Nothing of it is real.`);
  const result = await simulateStack({
    paths,
    stack: id,
    region,
    state: options.state,
    keep: options.keep === true,
    fixturesFile,
    faults,
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

/** Every mistake in one go. */
function checkedFaults(texts: readonly string[]): AskedFault[] {
  const { faults, problems } = parseFaults(texts);
  if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
  return faults.map((fault) => ({ text: faultText(fault), type: fault.type }));
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
  if (run.faults) parts.push(...faultsInWords(run.faults));
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

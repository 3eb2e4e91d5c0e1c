/** Shows on a fresh clone what a stack is: deployed by cdktf to a simulated AWS, examined, taken down again. */
import * as fs from "node:fs";
import * as path from "node:path";
import { simulatedEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { withLock } from "../lib/lock";
import { type ProjectPaths, stackDirectory } from "../lib/paths";
import { run } from "../lib/process";
import { synthesize } from "../lib/synth";
import { count, type FinishedStep, type Reporter } from "../lib/terminal";
import { firstError } from "../lib/terraform";
import { emptyFolder } from "../lib/write";
import type { Engines, Left } from "./engines";
import { takeDown } from "./simulated-run";
import { type Output, type Place, proveNothingToDo, readOutputs, resourcesByType } from "./terraform-steps";

export interface QuickstartOptions {
  paths: ProjectPaths;
  stack: string;
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
  engines: Engines;
}

export interface Quickstart {
  stack: string;
  /** Always true: nothing of it exists. */
  simulated: true;
  /** Every stack that was synthesized. */
  stacks: string[];
  resources: Record<string, number>;
  outputs: Output[];
  leftovers: Left[];
  steps: readonly FinishedStep[];
}

/**
 * Runs everything inside `.simulated/quickstart` and removes it afterwards.
 *
 * @throws UserError when a step fails
 */
export async function quickstart(options: QuickstartOptions): Promise<Quickstart> {
  const folder = path.join(options.paths.simulated, "quickstart");
  return withLock(`${folder}.lock`, "The quickstart", async () => {
    emptyFolder(folder);
    try {
      return await runIn(folder, options);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function runIn(folder: string, options: QuickstartOptions): Promise<Quickstart> {
  const { paths, stack, reporter, engines } = options;
  const env = simulatedEnv(options.env, { TIERS_STATE: "local" });
  const output = path.join(folder, "cdktf.out");
  const stacks = await reporter.step("synthesize every stack", () => synthesize(paths, { output, env }));
  const directory = stackDirectory(output, stack);
  const simulator = await reporter.step("start the simulated AWS", () =>
    engines.startSimulator({ dir: folder, scopes: [directory], baseEnv: env }),
  );
  try {
    const place: Place = { cwd: directory, env: { ...env, ...simulator.env }, reporter };
    await deployWithCdktf(options, output, place);
    await proveNothingToDo(place);
    const outputs = await readOutputs(place);
    const resources = await resourcesByType(place);
    const { leftovers } = await takeDown(place, engines, simulator.worldFile);
    const left = leftovers.map(({ type, id }) => ({ type, id }));
    return { stack, simulated: true, stacks, resources, outputs, leftovers: left, steps: reporter.finished };
  } finally {
    await simulator.stop();
  }
}

/** The command that a user types for the real account, with its output folder inside the simulation's. */
async function deployWithCdktf(
  { paths, stack, reporter }: QuickstartOptions,
  output: string,
  { env }: Place,
): Promise<void> {
  const cdktf = path.join(paths.root, "node_modules", ".bin", "cdktf");
  if (!fs.existsSync(cdktf)) {
    throw new UserError("cdktf is not installed. Run npm ci in the project's root, then try again.", 2);
  }
  const args = ["deploy", stack, "--auto-approve", "--output", path.relative(paths.root, output)];
  await reporter.step(`cdktf deploy ${stack}`, async (busyWith) => {
    let done = 0;
    const onLine = (line: string): void => {
      if (line.includes(": Creation complete")) busyWith(count((done += 1), "resource"));
    };
    // cdktf would otherwise ask the provider registry for checksums, which a simulated provider does not have.
    const childEnv = { ...env, CDKTF_SKIP_PROVIDER_LOCK: "true" };
    const result = await run(cdktf, args, { cwd: paths.root, env: childEnv, onLine, title: "cdktf deploy" });
    if (result.code !== 0)
      throw new UserError(`cdktf deploy failed: ${cdktfError(stack, result.stdout + result.stderr)}`);
  });
}

/** Lines of output that are shown when no error can be told apart. */
const TAIL_LINES = 15;

/** Terraform's own message inside the output of cdktf, which starts each line with the stack's id. */
function cdktfError(stack: string, text: string): string {
  const plain = text.split("\n").map((line) => (line.startsWith(stack) ? line.slice(stack.length) : line));
  return firstError(plain.join("\n")) || `\n${plain.slice(-TAIL_LINES).join("\n").trim()}`;
}

/** Runs the real Terraform on one stack's shipped JSON against a simulated AWS. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { simulatedEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { withLock } from "../lib/lock";
import { type ProjectPaths, stackDirectory } from "../lib/paths";
import { backendOf, readStack, STACK_FILE } from "../lib/stack-json";
import { synthesize } from "../lib/synth";
import type { FinishedStep, Reporter } from "../lib/terminal";
import { emptyFolder, writeFileAtomic } from "../lib/write";
import type { Engines, Left } from "./engines";
import { type AskedFault, type FaultReport, FaultyRun, refuseUnknownTypes } from "./faulty-run";
import { cancelInWorld } from "./simulated-spot";
import {
  deployWithTerraform,
  type Output,
  type Place,
  proveNothingToDo,
  readOutputs,
  resourcesByType,
} from "./terraform-steps";

export interface SimulatedRunOptions {
  paths: ProjectPaths;
  stack: string;
  /** Region of the stack, for the bucket of a simulated S3 state. */
  region: string;
  /** Where the stack keeps its state in this run. @default - as its app says */
  state?: "local" | "s3";
  /** Leave what was made in the simulated AWS, and the state. */
  keep: boolean;
  /** Further answers of data sources. @default - none */
  fixturesFile?: string;
  /** What goes wrong on the way. @default - nothing */
  faults?: readonly AskedFault[];
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
  engines: Engines;
}

export interface SimulatedRun {
  stack: string;
  /** Always true: nothing of it exists. */
  simulated: true;
  /** Hash of the stack's JSON before Terraform ran, and after. Equal, or the run fails. */
  sha256: string;
  /** Where the shipped JSON keeps its state, and whether the run had to use a local one instead. */
  state: { backend: "local" | "s3"; overridden: boolean };
  resources: Record<string, number>;
  outputs: Output[];
  /** What the teardown left in the simulated AWS; undefined when there was none. */
  leftovers?: Left[];
  /** Spot requests that the teardown cancelled in the simulated AWS. */
  spotRequests: string[];
  /** What went wrong and how the run got over it; undefined without faults. */
  faults?: FaultReport;
  steps: readonly FinishedStep[];
  worldFile: string;
  stateFile: string;
}

/** A Terraform override file: it changes where the state lies and leaves the shipped JSON untouched. */
const OVERRIDE_FILE = "tierstack_override.tf.json";

/** Bucket that the JSON names when an S3 state is asked for; it does not exist anywhere. */
const SIMULATED_BUCKET = "tierstack-simulated-state";

/**
 * Synthesizes the stack into `.simulated/<stack>`, deploys it there, proves that a second plan is empty, and tears it
 * down again.
 *
 * @throws UserError when a step fails, when the second plan is not empty, or when the JSON changed on the way
 */
export async function simulateStack(options: SimulatedRunOptions): Promise<SimulatedRun> {
  const { paths, stack } = options;
  const folder = path.join(paths.simulated, stack);
  return withLock(`${folder}.lock`, `The simulated run of ${stack}`, async () => {
    emptyFolder(folder);
    let finished = false;
    try {
      const result = await runIn(folder, options);
      finished = true;
      return result;
    } finally {
      if (!(finished && options.keep)) fs.rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function runIn(folder: string, options: SimulatedRunOptions): Promise<SimulatedRun> {
  const { paths, stack, reporter, engines, fixturesFile } = options;
  const output = path.join(folder, "cdktf.out");
  const directory = stackDirectory(output, stack);
  const env = simulatedEnv(options.env);
  await reporter.step("synthesize", () =>
    synthesize(paths, { output, env: { ...env, TIERS_STATE: stateSetting(options) } }),
  );
  const before = hashOf(directory);
  const state = keepStateLocal(directory, stack);
  const faults = options.faults ?? [];
  refuseUnknownTypes(faults, directory, stack);
  const stateFile = path.join(folder, `terraform.${stack}.tfstate`);
  const texts = faults.map(({ text }) => text);
  const run = new FaultyRun({
    stateFile,
    start: () =>
      reporter.step("start the simulated AWS", () =>
        engines.startSimulator({ dir: folder, scopes: [directory], fixturesFile, faults: texts, baseEnv: env }),
      ),
    placeOf: (simulation) => ({ cwd: directory, env: { ...env, ...simulation.env }, reporter }),
  });
  try {
    await run.through(deployWithTerraform, true);
    await run.through(proveNothingToDo, true);
    const outputs = await readOutputs(await run.place());
    const resources = await resourcesByType(await run.place());
    const { worldFile } = await run.simulation();
    const gone = options.keep ? undefined : await run.through((place) => takeDown(place, engines, worldFile), false);
    const sha256 = hashOf(directory);
    if (sha256 !== before)
      throw new UserError(`${STACK_FILE} changed during the run: ${before} before, ${sha256} after.`);
    return {
      stack,
      simulated: true,
      sha256,
      state,
      resources,
      outputs,
      leftovers: gone?.leftovers.map(({ type, id }) => ({ type, id })),
      spotRequests: gone?.cancelledSpotRequests ?? [],
      faults: faults.length > 0 ? await run.report() : undefined,
      steps: reporter.finished,
      worldFile,
      stateFile,
    };
  } finally {
    await run.stop();
  }
}

function stateSetting({ state, region }: SimulatedRunOptions): string | undefined {
  return state === "s3" ? `s3://${SIMULATED_BUCKET}?region=${region}` : state;
}

function hashOf(directory: string): string {
  return createHash("sha256")
    .update(fs.readFileSync(path.join(directory, STACK_FILE)))
    .digest("hex");
}

/** An S3 state needs S3, which is not simulated: an override file beside the JSON then puts the state on disk. */
function keepStateLocal(directory: string, stack: string): SimulatedRun["state"] {
  const backend = backendOf(readStack(directory)).type;
  if (backend === "local") return { backend, overridden: false };
  const local = { terraform: { backend: { local: { path: `../../../terraform.${stack}.tfstate` } } } };
  writeFileAtomic(path.join(directory, OVERRIDE_FILE), `${JSON.stringify(local, null, 2)}\n`);
  return { backend, overridden: true };
}

/** The product's own teardown. There is no EC2 API here, so Spot requests are cancelled in the world file. */
export function takeDown({ cwd, env, reporter }: Place, engines: Engines, worldFile: string) {
  return engines.teardown({
    stackDirectory: cwd,
    env,
    reporter,
    deleteData: false,
    deleteBackups: false,
    confirm: async () => {},
    cancelSpot: async (target) => cancelInWorld(worldFile, target),
  });
}

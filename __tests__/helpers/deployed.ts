/** A stack of the default app, deployed to a simulated AWS in a folder of its own. */
import * as path from "node:path";
import { simulatedEnv } from "../../scripts/lib/environment";
import { projectPaths, stackDirectory } from "../../scripts/lib/paths";
import { STACK_FILE, type StackJson } from "../../scripts/lib/stack-json";
import { terraform } from "../../scripts/lib/terraform";
import { writeFileAtomic } from "../../scripts/lib/write";
import { synthesize } from "../../scripts/lib/synth";
import { type Simulator, startSimulator } from "../../scripts/simulator";
import { makeFolder, removeFolder, ROOT } from "./folders";

export interface Sandbox {
  folder: string;
  /** Directory of the stack. */
  directory: string;
  simulator: Simulator;
  /** Runs Terraform in the stack's directory; it has to work. */
  terraform(...args: string[]): Promise<string>;
  /** Init and apply. */
  deploy(): Promise<void>;
  remove(): Promise<void>;
}

/** Synthesizes every stack into a folder and starts a simulator there; nothing is deployed yet. */
export async function openSandbox(name: string, stack = "mvp", env: Record<string, string> = {}): Promise<Sandbox> {
  const folder = makeFolder(name);
  const output = path.join(folder, "cdktf.out");
  await synthesize(projectPaths(ROOT), { output, env: { ...simulatedEnv(process.env), ...env } });
  return start(folder, stackDirectory(output, stack), env);
}

/** The same for a configuration that is given. */
export async function openSandboxOf(name: string, stack: string, json: StackJson): Promise<Sandbox> {
  const folder = makeFolder(name);
  const directory = stackDirectory(path.join(folder, "cdktf.out"), stack);
  writeFileAtomic(path.join(directory, STACK_FILE), JSON.stringify(json));
  return start(folder, directory, {});
}

async function start(folder: string, directory: string, env: Record<string, string>): Promise<Sandbox> {
  const started = await startSimulator({ dir: folder, scopes: [folder], baseEnv: simulatedEnv(process.env) });
  const simulator = { ...started, env: { ...started.env, ...env } };
  const run = async (...args: string[]): Promise<string> =>
    (await terraform(args, { cwd: directory, env: simulator.env })).stdout;
  return {
    folder,
    directory,
    simulator,
    terraform: run,
    deploy: async () => {
      await run("init", "-no-color");
      await run("apply", "-no-color", "-auto-approve");
    },
    remove: async () => {
      await simulator.stop();
      removeFolder(folder);
    },
  };
}

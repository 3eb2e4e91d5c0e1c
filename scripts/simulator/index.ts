/** A simulated AWS account that the real Terraform plans and applies against. Nothing in it is real. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import * as fs from "node:fs";
import type { Socket } from "node:net";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { simulatedEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { projectPaths, projectRoot } from "../lib/paths";
import { writeFileAtomic } from "../lib/write";
import type { WorldObject } from "./contract";
import { DUMMY_KEY, refuseRealCredentials } from "./credentials";
import { knowledge } from "./facts";
import { type FaultStatus, statusOf } from "./faults/record";
import { parseFaults } from "./faults/spec";
import { writeTerraformWrapper } from "./faults/terraform-process";
import { type Forgotten, forgottenObjects } from "./forgotten";
import { type ServerReport, type ServerSettings } from "./settings";
import { readWorldObjects, WORLD_FILE } from "./world";

export type { WorldObject } from "./contract";
export { type Comparison, compareSchemas, type DifferingType } from "./compare";
export { ignoredCredentials } from "./credentials";
export { faultText, parseFaults } from "./faults/spec";

export interface SimulatorOptions {
  /** Folder inside .simulated/ that holds the world, the log and Terraform's settings. */
  dir: string;
  /** Directories whose *.tf.json and state name the types in use. @default all of `dir` */
  scopes?: string[];
  /** JSON file with answers of data sources, beside the ones that are built in. */
  fixturesFile?: string;
  /** Start of all generated ids: equal seeds give equal ids in equal runs. @default "simulated" */
  seed?: string;
  /** Twelve digits of the account. @default 123456789012, the number that AWS uses in examples */
  account?: string;
  /**
   * What goes wrong in the account, as texts that {@link parseFaults} reads. Calls are counted over the life of the
   * folder: a simulator that is started again in it goes on counting. @default nothing
   */
  faults?: readonly string[];
  /** The environment that the handed-out one is built on. @default that of this process */
  baseEnv?: NodeJS.ProcessEnv;
}

export interface Simulator {
  /** The environment for terraform and cdktf children: attaches them here, and keeps real credentials out. */
  env: NodeJS.ProcessEnv;
  pid: number;
  worldFile: string;
  /** The objects that exist now. */
  world(): WorldObject[];
  /** What became of each fault so far. */
  faults(): FaultStatus[];
  /** What exists although the state does not hold it. */
  forgotten(stateFile: string): Forgotten[];
  /** Whether the process still runs. */
  isAlive(): boolean;
  /** Ends the process; the world file stays. */
  stop(): Promise<void>;
}

type SimulatorProcess = ChildProcessByStdio<Writable, Readable, null>;

const EXAMPLE_ACCOUNT = "123456789012";
/** Milliseconds that the process gets to end by itself. */
const STOP_GRACE_MS = 3_000;

/**
 * Starts the simulator as a process of its own, which ends with this one at the latest.
 *
 * @throws UserError when real AWS credentials are set, a fault is not understood, another simulator uses the
 *   folder, or the project is not built.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const baseEnv = options.baseEnv ?? process.env;
  refuseRealCredentials(baseEnv);
  const dir = path.resolve(options.dir);
  const settings: ServerSettings = {
    dir,
    scopes: (options.scopes ?? [dir]).map((scope) => path.resolve(scope)),
    fixturesFile: options.fixturesFile && path.resolve(options.fixturesFile),
    seed: options.seed ?? "simulated",
    account: options.account ?? EXAMPLE_ACCOUNT,
    faults: understood(options.faults ?? []),
  };
  fs.mkdirSync(dir, { recursive: true });
  const child = startProcess(settings);
  const { reattach, pid } = await ready(child);
  const worldFile = path.join(dir, WORLD_FILE);
  return {
    env: { ...childEnvironment(dir, reattach, baseEnv), ...terraformOf(settings, baseEnv) },
    pid,
    worldFile,
    world: () => readWorldObjects(worldFile),
    faults: () => statusOf(dir, settings.faults),
    forgotten: (stateFile) => forgottenObjects(worldFile, stateFile, knowledge()),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    stop: () => stop(child),
  };
}

function understood(texts: readonly string[]): ServerSettings["faults"] {
  const { faults, problems } = parseFaults(texts);
  if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
  return faults;
}

/** Terraform can be killed only when its process is known. */
function terraformOf({ faults, dir }: ServerSettings, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!faults.some(({ effect }) => effect.kind === "kill")) return {};
  return { TERRAFORM_BINARY_NAME: writeTerraformWrapper(dir, env) };
}

function startProcess(settings: ServerSettings): SimulatorProcess {
  const entry = path.join(projectPaths(projectRoot()).dist, "scripts", "simulator", "server.js");
  if (!fs.existsSync(entry)) throw new UserError("The simulator is not built. Run npm ci, then try again.");
  const child = spawn(process.execPath, [entry, JSON.stringify(settings)], {
    // Nothing of the user's environment is needed, and certificates would cost time at the start.
    env: { PATH: process.env.PATH },
    stdio: ["pipe", "pipe", "inherit"],
    // A group of its own: Ctrl-C must not end it before Terraform has written its state.
    detached: true,
  });
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}

/** Waits for the first line of the process. */
async function ready(child: SimulatorProcess): Promise<{ reattach: string; pid: number }> {
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the simulator ended with code ${code} before it was ready`)));
  });
  (child.stdout as Socket).unref();
  const report = JSON.parse(line) as ServerReport;
  if ("failure" in report) throw new UserError(report.failure, report.exitCode);
  return report;
}

function childEnvironment(dir: string, reattach: string, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const terraformSettings = path.join(dir, "terraform.rc");
  const noProfiles = path.join(dir, "no-aws-profiles");
  writeFileAtomic(terraformSettings, "disable_checkpoint = true\n");
  writeFileAtomic(noProfiles, "");
  return simulatedEnv(base, {
    TF_REATTACH_PROVIDERS: reattach,
    TF_CLI_CONFIG_FILE: terraformSettings,
    // Terraform would look for the simulated provider in a registry to lock it; cdktf reads no other word than "true".
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    AWS_ACCESS_KEY_ID: DUMMY_KEY,
    AWS_SECRET_ACCESS_KEY: DUMMY_KEY,
    AWS_CONFIG_FILE: noProfiles,
    AWS_SHARED_CREDENTIALS_FILE: noProfiles,
    AWS_EC2_METADATA_DISABLED: "true",
  });
}

async function stop(child: SimulatorProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
  child.stdin.end();
  await ended;
  clearTimeout(force);
}

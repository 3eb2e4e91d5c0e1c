/** Runs the Terraform binary as a child that ends cleanly with its parent. */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { UserError } from "./errors";

export interface TerraformOptions {
  /** Directory that holds the configuration. */
  cwd: string;
  /** The whole environment of the child; nothing is added but TF_INPUT and, when missing, CHECKPOINT_DISABLE. */
  env: NodeJS.ProcessEnv;
  /** Called for every line of output as it comes, both streams. */
  onLine?: (line: string) => void;
  /** Milliseconds after which Terraform is asked to stop. @default no limit */
  timeoutMs?: number;
}

export interface TerraformResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Milliseconds between asking Terraform to stop after a timeout and ending it by force. */
const STOP_GRACE_MS = 10_000;

/**
 * The Terraform binary: TERRAFORM_BINARY_NAME (a name or a path), or `terraform` on PATH.
 * @throws UserError when it is not there.
 */
export function terraformBinary(env: NodeJS.ProcessEnv): string {
  const name = env.TERRAFORM_BINARY_NAME || "terraform";
  const candidates = name.includes(path.sep)
    ? [path.resolve(name)]
    : (env.PATH ?? "")
        .split(path.delimiter)
        .filter(Boolean)
        .map((dir) => path.join(dir, name));
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new UserError(
    `${name} was not found${name.includes(path.sep) ? "" : " on PATH"}. Install Terraform 1.11 or later ` +
      `(https://developer.hashicorp.com/terraform/install), or name the binary in TERRAFORM_BINARY_NAME.`,
  );
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs one Terraform command and collects its output; a failing command is a result, not an exception.
 * On Ctrl-C Terraform is interrupted once, so that it writes its state and ends by itself.
 * @throws UserError when the binary is missing, the time is up, or the run was interrupted.
 */
export async function runTerraform(args: string[], options: TerraformOptions): Promise<TerraformResult> {
  const binary = terraformBinary(options.env);
  // A process group of its own: the terminal's Ctrl-C must not reach Terraform beside the one that is forwarded,
  // because Terraform gives up its state after two.
  const child = spawn(binary, args, {
    cwd: options.cwd,
    env: { CHECKPOINT_DISABLE: "1", ...options.env, TF_INPUT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const release = guard(child);
  const timer = options.timeoutMs === undefined ? undefined : stopAfter(child, options.timeoutMs);
  try {
    const [stdout, stderr, code] = await Promise.all([
      collect(child.stdout, options.onLine),
      collect(child.stderr, options.onLine),
      exitCode(child),
    ]);
    if (timer?.fired) throw new UserError(`terraform ${args[0] ?? ""} took longer than ${options.timeoutMs} ms.`);
    if (release.interrupted) throw new UserError(`Interrupted: terraform ${args[0] ?? ""} was stopped.`);
    return { code, stdout, stderr };
  } finally {
    timer?.clear();
    release();
  }
}

/**
 * Runs a command that prints JSON (`show -json`, `output -json`) and parses it.
 * @throws UserError with Terraform's own message when the command fails.
 */
export async function terraformJson<T>(args: string[], options: TerraformOptions): Promise<T> {
  const { code, stdout, stderr } = await runTerraform(args, options);
  if (code !== 0)
    throw new UserError(`terraform ${args.join(" ")} failed: ${firstError(stderr) || `exit code ${code}`}`);
  return JSON.parse(stdout) as T;
}

/** The first `Error:` of Terraform's output in one line, without its frame and colours; empty when there is none. */
export function firstError(output: string): string {
  const escape = String.fromCharCode(27);
  const lines = output
    .replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, "g"), "")
    .split("\n")
    .map((line) => line.replace(/^[╷│╵\s]+/, "").trim());
  const start = lines.findIndex((line) => line.startsWith("Error: "));
  if (start < 0) return "";
  const after = lines.slice(start + 1);
  const next = after.findIndex((line) => line.startsWith("Error: "));
  const body = (next < 0 ? after : after.slice(0, next)).filter((line) => line !== "");
  return [lines[start], ...body].join(" ");
}

function collect(stream: NodeJS.ReadableStream, onLine: TerraformOptions["onLine"]): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (onLine) createInterface({ input: stream }).on("line", onLine);
  return new Promise((resolve, reject) => {
    stream.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    stream.on("error", reject);
  });
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // A child that a signal ended counts as failed.
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function stopAfter(child: ChildProcess, ms: number): { fired: boolean; clear(): void } {
  let force: NodeJS.Timeout | undefined;
  const state = {
    fired: false,
    clear: () => {
      clearTimeout(timer);
      clearTimeout(force);
    },
  };
  const timer = setTimeout(() => {
    state.fired = true;
    child.kill("SIGINT");
    force = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
  }, ms);
  return state;
}

/** Children that run now; one set of handlers serves them all. */
const running = new Map<ChildProcess, { interrupted: boolean }>();

function onSignal(signal: NodeJS.Signals): void {
  for (const [child, state] of running) {
    child.kill(state.interrupted && signal === "SIGINT" ? "SIGKILL" : "SIGINT");
    state.interrupted = true;
  }
}

function onExit(): void {
  for (const child of running.keys()) child.kill("SIGKILL");
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface Release {
  (): void;
  readonly interrupted: boolean;
}

/** Ties the child to this process until the returned function is called. */
function guard(child: ChildProcess): Release {
  const state = { interrupted: false };
  if (running.size === 0) {
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.on("exit", onExit);
  }
  running.set(child, state);
  const release = (): void => {
    running.delete(child);
    if (running.size > 0) return;
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("exit", onExit);
  };
  return Object.defineProperty(release, "interrupted", { get: () => state.interrupted }) as unknown as Release;
}

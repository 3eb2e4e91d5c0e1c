/** Runs other programs as children that end cleanly with this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UserError } from "./errors";

export interface RunOptions {
  /** Working directory. @default - that of this process */
  cwd?: string;
  /** The whole environment of the child. */
  env: NodeJS.ProcessEnv;
  /** Called for every line of output as it comes, both streams. @default - nothing */
  onLine?: (line: string) => void;
  /** Milliseconds after which the child is asked to stop. @default - no limit */
  timeoutMs?: number;
  /** Written to the child's standard input, for what must not stand among its arguments. @default - no input */
  input?: string;
  /** What the program is called in messages. @default - the command and its first argument */
  title?: string;
}

export interface RunResult {
  /** Exit code; 1 when a signal ended the child. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Milliseconds between asking a child to stop after a timeout and ending it by force. */
const STOP_GRACE_MS = 10_000;

/**
 * Runs one program to its end and collects its output; a failing program is a result, not an exception.
 * On Ctrl-C the child is interrupted once, so that it can write what it holds and end by itself.
 *
 * @throws UserError when the program cannot be started, the time is up, or the run was interrupted.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  stopIfInterrupted();
  const title = options.title ?? [command, args[0] ?? ""].join(" ").trim();
  // A process group of its own: the terminal's Ctrl-C must not reach the child beside the one that is forwarded,
  // because Terraform gives up its state after two.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // A child that ends without reading its input is no error of ours; its exit code tells.
  child.stdin.on("error", () => undefined).end(options.input);
  const watch = tie(child);
  const timer = options.timeoutMs === undefined ? undefined : stopAfter(child, options.timeoutMs);
  try {
    const [stdout, stderr, code] = await Promise.all([
      collect(child.stdout, options.onLine),
      collect(child.stderr, options.onLine),
      exitCode(child, title),
    ]);
    if (timer?.fired) throw new UserError(`${title} took longer than ${options.timeoutMs} ms and was stopped.`);
    if (watch.interrupted) throw new UserError(`Interrupted: ${title} was stopped.`);
    return { code, stdout, stderr };
  } finally {
    timer?.clear();
    untie(child);
  }
}

function collect(stream: NodeJS.ReadableStream, onLine: RunOptions["onLine"]): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (onLine) createInterface({ input: stream }).on("line", onLine);
  return new Promise((resolve, reject) => {
    stream.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    stream.on("error", reject);
  });
}

function exitCode(child: ChildProcess, title: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new UserError(`${title} could not be started: ${error.message}`)));
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
    signalGroup(child, "SIGINT");
    force = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_GRACE_MS);
  }, ms);
  return state;
}

/** Children that run now; one set of handlers serves them all. */
const running = new Map<ChildProcess, { interrupted: boolean }>();
/** Whether this process was asked to stop; see {@link catchInterrupts}. */
let stopping = false;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function tie(child: ChildProcess): { readonly interrupted: boolean } {
  const state = { interrupted: false };
  if (running.size === 0) {
    for (const signal of SIGNALS) process.on(signal, passOn);
    process.on("exit", endAll);
  }
  running.set(child, state);
  return state;
}

function untie(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  for (const signal of SIGNALS) process.off(signal, passOn);
  process.off("exit", endAll);
}

/** The first signal asks the children to stop, a second Ctrl-C ends them. */
function passOn(signal: NodeJS.Signals): void {
  for (const [child, state] of running) {
    signalGroup(child, state.interrupted && signal === "SIGINT" ? "SIGKILL" : "SIGINT");
    state.interrupted = true;
  }
}

function endAll(): void {
  for (const child of running.keys()) signalGroup(child, "SIGKILL");
}

/** Signals the child and what it started, as a terminal would. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group ended by itself in the meantime.
  }
}

/**
 * Makes Ctrl-C a request instead of the end of this process: the running child is stopped, no further one starts, and
 * `finally` blocks clean up. A third Ctrl-C ends the process at once, unless {@link uninterrupted} work is under way.
 *
 * @param onFirst called at the first signal, to tell the user
 */
export function catchInterrupts(onFirst: () => void): void {
  let count = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      count += 1;
      stopping = true;
      if (count === 1) onFirst();
      if (count > 2 && held === 0) process.exit(1);
    });
  }
}

/** How many pieces of work are under way that must come to their own end. */
let held = 0;

/**
 * Runs work that must come to its own end: a request to stop is noted, and counts once the work is done. Children that
 * {@link run} starts within it are still stopped.
 */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  held += 1;
  try {
    return await work();
  } finally {
    held -= 1;
  }
}

/** @throws UserError when this process was asked to stop, unless {@link uninterrupted} work is under way. */
export function stopIfInterrupted(): void {
  if (stopping && held === 0) throw new UserError("Interrupted.");
}

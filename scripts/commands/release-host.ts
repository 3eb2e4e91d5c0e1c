/** `tiers release history`, `job` and `maintenance`, and what all of the host's answers have in common. */
import type { ResolvedApp } from "../../modules/spec";
import { UserError } from "../lib/errors";
import { HOST_BUSY, type HostResult, jsonIn } from "../lib/host-command";
import { describeHistory, parseHistory } from "../release";
import { HostFailure, type HostOptions, type HostTarget, openHost, runHostProgram } from "./host-target";

/** Seconds that a look or a switch may take on the host. */
const SHORT_SECONDS = 300;
/** Seconds that a job may take; its own limit is on the host. */
const JOB_SECONDS = 24 * 3600;
/** What a shell says of a program that is not there, or is none. */
const NO_PROGRAM = new Set([126, 127]);

/** @throws UserError when the host does not know the program of this command */
export function requireProgram({ name, appDir }: HostTarget, { code, stderr }: HostResult): void {
  if (!NO_PROGRAM.has(code)) return;
  throw new UserError(
    `${name} has no ${appDir}/bin/release that runs (${stderr.trim().split("\n").at(-1) ?? `exit code ${code}`}). Apply the ` +
      `stack, then on the host: sudo ${appDir}/bin/update --config`,
  );
}

/** The host's own words, which it writes to its standard error. */
export function showProgress({ context }: HostTarget, { stderr }: HostResult): void {
  for (const line of stderr.trimEnd().split("\n")) if (line) context.reporter.note(line);
}

/** Shows the releases that the host knows. */
export async function history(stack: string, options: HostOptions & { count: number }): Promise<void> {
  const host = await openHost(stack, options);
  const words = ["history", "--count", String(options.count), "--json"];
  const result = await ask(host, words, SHORT_SECONDS);
  requireDone(words, result);
  const releases = parseHistory(result.stdout);
  if (options.json) return host.context.print(JSON.stringify({ stack, releases }, null, 2));
  const nothing = `Nothing was released on ${stack} yet. Begin with: tiers release deploy ${stack}`;
  host.context.print(releases.length > 0 ? describeHistory(releases) : nothing);
}

/** Runs a job of any kind now. */
export async function job(stack: string, name: string, options: HostOptions): Promise<void> {
  const host = await openHost(stack, options, (app) => requireJob(stack, app, name));
  await show(host, ["job", name], options, JOB_SECONDS);
}

/** Puts the page up, takes it down, or tells. */
export async function maintenance(
  stack: string,
  action: string,
  options: HostOptions & { message?: string },
): Promise<void> {
  if (options.message !== undefined && action !== "on") {
    throw new UserError(`--message is the text of the page, for "on" alone.`, 2);
  }
  const host = await openHost(stack, options, (app) => requireProxy(stack, app));
  const text = options.message === undefined ? [] : ["--message", options.message];
  await show(host, ["maintenance", action, ...text], options, SHORT_SECONDS);
}

/** Runs the program and shows what it says, as JSON or as it is. */
async function show(
  host: HostTarget,
  words: readonly string[],
  { json }: HostOptions,
  limitSeconds: number,
): Promise<void> {
  const { context, stack } = host;
  const answer = await ask(host, json ? [...words, "--json"] : words, limitSeconds);
  const { code, stdout, stderr } = answer;
  if (json) context.print(JSON.stringify({ stack, code, answer: jsonIn(stdout) ?? stdout, stderr }, null, 2));
  else if (stdout) context.print(stdout.trimEnd());
  requireDone(words, answer);
}

async function ask(host: HostTarget, words: readonly string[], limitSeconds: number): Promise<HostResult> {
  const answer = await runHostProgram(host, "release", words, limitSeconds);
  requireProgram(host, answer);
  showProgress(host, answer);
  return answer;
}

function requireDone([word]: readonly string[], { code }: HostResult): void {
  if (code === HOST_BUSY) throw new UserError("The host is in use, as it says above. Try again when that is done.");
  if (code !== 0) throw new HostFailure(`release ${word}`, code);
}

function requireJob(stack: string, { jobs }: ResolvedApp, name: string): void {
  const names = Object.keys(jobs);
  if (names.includes(name)) return;
  throw new UserError(`${name}: no job of ${stack}; jobs: ${names.join(", ") || "none"}.`, 2);
}

function requireProxy(stack: string, { ingress }: ResolvedApp): void {
  if (ingress.proxy !== "none") return;
  throw new UserError(`${stack} has no proxy (ingress.proxy is "none") that could answer instead of its services.`, 2);
}

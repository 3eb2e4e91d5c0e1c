/** What the commands for a deployed stack share: where its host is, and running one of the host's programs there. */
import * as path from "node:path";
import type { Command } from "commander";
import { hostLayout } from "../../modules/containers/layout";
import { PhysicalNames } from "../../modules/naming/physical-names";
import type { ResolvedApp } from "../../modules/spec";
import { type Deployed, deployedHost } from "../lib/deployed";
import { childEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { type HostResult, runOnHost } from "../lib/host-command";
import { stackDirectory } from "../lib/paths";
import { type Context, createContext, findStack, loadProject } from "./context";
import { synthesizeAll } from "./synth";

/** Options that every command for a deployed stack has. */
export interface HostOptions {
  directory?: string;
  json?: boolean;
}

/** A stack with the place of its host. */
export interface HostTarget {
  readonly context: Context;
  /** Id of the stack. */
  readonly stack: string;
  readonly app: ResolvedApp;
  /** Folder of the app on the host. */
  readonly appDir: string;
  /** What the host calls itself, e.g. "webrana-mvp". */
  readonly name: string;
  readonly deployed: Deployed;
  /** Directory of the synthesized stack. */
  readonly directory: string;
}

/** Adds the argument and the options of {@link HostOptions}. */
export function forDeployedStack(command: Command): Command {
  return command
    .argument("<stack>", "id of the stack")
    .option("--directory <path>", "directory of the synthesized stack (default: synthesized anew into cdktf.out)")
    .option("--json", "print the result as JSON");
}

/**
 * Finds a stack's host by its state.
 *
 * @param check - refuses an app that the command is not for, before anything is synthesized
 * @throws UserError (exit 2) when there is no such stack or it is not deployed
 */
export async function openHost(
  id: string,
  options: HostOptions,
  check: (app: ResolvedApp) => void = () => undefined,
): Promise<HostTarget> {
  const context = createContext(options);
  const project = await loadProject(context);
  const stack = findStack(project, id);
  const { app, tier } = stack;
  check(app);
  const directory = options.directory ? path.resolve(options.directory) : stackDirectory(context.paths.output, id);
  if (!options.directory) await context.reporter.step("synthesize", () => synthesizeAll(context, project));
  const deployed = await context.reporter.step("read where the stack is", () =>
    deployedHost(directory, childEnv(context.env)),
  );
  const environment = app.isDefaultEnvironment ? undefined : app.environment;
  const name = new PhysicalNames({ app: app.name, tier, environment }, stack.names).prefix;
  return { context, stack: id, app, appDir: hostLayout(app).appDir, name, deployed, directory };
}

/**
 * Runs one of the programs in the host's `bin` folder; one that fails there is a result.
 *
 * @param limitSeconds - how long it may run on the host
 * @param shown - what people see of it. @default - all arguments
 */
export async function runHostProgram(
  { context, appDir, name, deployed }: HostTarget,
  program: string,
  args: readonly string[],
  limitSeconds: number,
  shown: string = args.join(" "),
): Promise<HostResult> {
  const title = `${program} ${shown} on ${name}`;
  return context.reporter.step(title, (busyWith) =>
    runOnHost(deployed, {
      words: [`${appDir}/bin/${program}`, ...args],
      comment: `tiers: ${title}`,
      timeoutSeconds: limitSeconds,
      onWait: () => busyWith(deployed.instanceId),
    }),
  );
}

/** The host's own words have been shown; its code counts as failed, or as wrong usage. */
export class HostFailure extends UserError {
  constructor(program: string, code: number) {
    super(`${program} failed on the host with exit code ${code}.`, code === 2 ? 2 : 1);
  }
}

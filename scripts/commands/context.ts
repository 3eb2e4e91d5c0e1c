/** What commands share: the project, the terminal, the stacks of the apps. */
import type * as Apps from "../../apps";
import type * as State from "../../apps/state";
import type * as Spec from "../../modules/spec";
import { didYouMean } from "../../modules/spec/suggest";
import type * as StateBackend from "../../modules/terraform/state-backend";
import { ensureBuilt } from "../lib/build";
import { UserError } from "../lib/errors";
import { projectPaths, type ProjectPaths, projectRoot } from "../lib/paths";
import { createReporter, type Reporter, reporterMode } from "../lib/terminal";

export interface Context {
  readonly paths: ProjectPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
  /** Writes a result to stdout. */
  print(text: string): void;
}

/** @param json whether the result is for a machine: progress is then not shown */
export function createContext({ json = false }: { json?: boolean } = {}): Context {
  const { env, stderr } = process;
  return {
    paths: projectPaths(projectRoot()),
    env,
    reporter: createReporter(stderr, env, reporterMode(stderr, env, json)),
    print: (text) => void process.stdout.write(`${text}\n`),
  };
}

/** The compiled apps and the functions that check them. */
export interface Project {
  apps: typeof Apps.apps;
  spec: typeof Spec;
  resolution: Spec.Resolution;
  /** The stacks of the roles that workflows take, one for each app and environment with CI. */
  ciStacks: readonly Spec.ResolvedCiStack[];
  /** The stack of the state bucket; its problems are among those of the resolution. @default - none is declared */
  stateStack?: Spec.ResolvedStateStack;
}

/**
 * Compiles what is out of date and checks all apps.
 *
 * @throws UserError (exit 2) when a source does not compile or TIERS_STATE is wrong
 */
export async function loadProject({ paths, env }: Context): Promise<Project> {
  await ensureBuilt(paths, env);
  const spec = require("../../modules/spec") as typeof Spec;
  const { apps } = require("../../apps") as typeof Apps;
  const { state } = require("../../apps/state") as typeof State;
  const resolved = spec.resolveApps(apps);
  const { stateStack, problems } = spec.resolveState(state);
  const resolution = { ...resolved, problems: [...resolved.problems, ...problems] };
  if (env.TIERS_STATE) checkStateSetting(env.TIERS_STATE, resolution.stacks);
  return { apps, spec, resolution, ciStacks: spec.ciStacksOf(resolution.stacks), stateStack };
}

function checkStateSetting(setting: string, stacks: Spec.Resolution["stacks"]): void {
  const { withStateSetting } = require("../../modules/terraform/state-backend") as typeof StateBackend;
  try {
    for (const stack of stacks) withStateSetting(stack, setting);
  } catch (error) {
    throw new UserError((error as Error).message, 2);
  }
}

/** What a run of Terraform has to know of a stack. */
export interface Target {
  readonly id: string;
  readonly region: string;
}

/**
 * The stack with an id, of an app, of its CI or of the state bucket.
 *
 * @throws UserError (exit 2) with its mistakes when it is not valid, or with the ids that exist
 */
export function findTarget(project: Project, id: string): Target {
  if (project.stateStack?.id === id) return project.stateStack;
  const ci = project.ciStacks.find((stack) => stack.id === id);
  if (ci) return { id, region: ci.app.region };
  const { app } = findStack(project, id);
  return { id, region: app.region };
}

/**
 * The stack of an app with an id.
 *
 * @throws UserError (exit 2) with its mistakes when it is not valid, or with the ids that exist
 */
export function findStack({ spec, resolution }: Project, id: string): Spec.Resolution["stacks"][number] {
  const found = resolution.stacks.find((stack) => stack.id === id);
  if (found) return found;
  const mistakes = resolution.problems.filter(({ stack }) => stack === id);
  if (mistakes.length > 0) throw new UserError(mistakes.map(spec.formatProblem).join("\n"), 2);
  const ids = resolution.stacks.map((stack) => stack.id);
  const advice = didYouMean(id, ids, "take one of these");
  throw new UserError(`There is no stack "${id}"; stacks: ${ids.join(", ") || "none"}; ${advice}`, 2);
}

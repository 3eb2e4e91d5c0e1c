import { mkdirSync } from "node:fs";
import { App } from "cdktf";
import { apps } from "./apps";
import { state } from "./apps/state";
import { ciStacksOf, formatProblem, resolveApps, resolveState } from "./modules/spec";
import { turnOffCreationTraces } from "./modules/terraform/creation-traces";
import { guardLocalStates } from "./modules/terraform/local-states";
import { backendAt, stateBackend, withStateSetting } from "./modules/terraform/state-backend";
import { buildStack, CiStack, StateStack } from "./stacks";

/**
 * Synthesizes every stack of every app. A stack with a mistake is left out and reported on stderr, so that it never
 * blocks the deploy of another; `tiers check` is the command that fails for it. States beside the project are copied
 * first of all that a deploy does to them.
 *
 * Environment: CDKTF_OUTDIR (folder of the result, set by cdktf), TIERS_STATE ("local" or "s3://<bucket>?region=<region>",
 * replaces the state section of every app, never that of the state stack), TIERS_DEBUG (any value shows where an error comes from).
 */
function main(): void {
  const { CDKTF_OUTDIR: outdir = "cdktf.out", TIERS_STATE: stateSetting } = process.env;
  const { stacks, problems } = resolveApps(apps);
  const { stateStack, problems: stateProblems } = resolveState(state);
  for (const problem of [...problems, ...stateProblems]) process.stderr.write(`${formatProblem(problem)}\n`);

  mkdirSync(outdir, { recursive: true });
  turnOffCreationTraces();
  const app = new App({ outdir });
  const placed = stateSetting ? stacks.map((stack) => withStateSetting(stack, stateSetting)) : stacks;
  for (const stack of placed) buildStack(app, stack);
  const ciStacks = ciStacksOf(placed);
  for (const stack of ciStacks) new CiStack(app, stack);
  if (stateStack) new StateStack(app, stateStack);
  app.synth();

  const owners = [...placed, ...ciStacks].map((stack) => ({ id: stack.id, backend: stateBackend(stack) }));
  if (stateStack) owners.push({ id: stateStack.id, backend: backendAt(stateStack) });
  for (const warning of guardLocalStates(outdir, owners)) process.stderr.write(`Warning: ${warning}\n`);
}

try {
  main();
} catch (error) {
  const { message = String(error), stack } = error as Partial<Error>;
  process.stderr.write(`Error: ${process.env.TIERS_DEBUG ? stack : message}\n`);
  process.exitCode = 1;
}

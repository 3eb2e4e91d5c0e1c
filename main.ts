import { mkdirSync } from "node:fs";
import { App } from "cdktf";
import { apps } from "./apps";
import { state } from "./apps/state";
import { formatProblem, resolveApps, resolveState } from "./modules/spec";
import { turnOffCreationTraces } from "./modules/terraform/creation-traces";
import { withStateSetting } from "./modules/terraform/state-backend";
import { buildStack, StateStack } from "./stacks";

/**
 * Synthesizes every stack of every app. A stack with a mistake is left out and reported on stderr, so that it never
 * blocks the deploy of another; `tiers check` is the command that fails for it.
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
  for (const stack of stacks) buildStack(app, stateSetting ? withStateSetting(stack, stateSetting) : stack);
  if (stateStack) new StateStack(app, stateStack);
  app.synth();
}

try {
  main();
} catch (error) {
  const { message = String(error), stack } = error as Partial<Error>;
  process.stderr.write(`Error: ${process.env.TIERS_DEBUG ? stack : message}\n`);
  process.exitCode = 1;
}

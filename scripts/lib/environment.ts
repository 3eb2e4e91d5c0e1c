/** Environments for children: what is added, and what of the user's must not reach them. */

/** Keeps children quiet, non-interactive, and out of the user's home folder. */
const QUIET_CHILD = {
  CI: "1",
  CHECKPOINT_DISABLE: "1",
  DISABLE_VERSION_CHECK: "1",
  CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
} as const;

/** Variables that would make a simulated run depend on the user's own Terraform, CDKTF or AWS settings. */
const FOREIGN = /^(TF_|CDKTF_|AWS_|TIERS_STATE$)/;

/** The environment of a child that works on the real stack, with the user's own settings. */
export function childEnv(base: NodeJS.ProcessEnv, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...base, ...QUIET_CHILD, ...extra };
}

/**
 * The environment of the app's own synthesis. Terraform variables are hidden from it, as `cdktf synth` does: a stack's
 * shape must not depend on them.
 */
export function synthEnv(base: NodeJS.ProcessEnv, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return childEnv(without(base, /^TF_VAR_/), extra);
}

/** The environment of a simulated run: nothing of the user's Terraform, CDKTF or AWS settings. */
export function simulatedEnv(base: NodeJS.ProcessEnv, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return childEnv(without(base, FOREIGN), extra);
}

function without(env: NodeJS.ProcessEnv, names: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)));
}

import type { ResolvedStack } from "../spec";

/** Where the state of a stack lies, as Terraform's backend block says it. */
export type StateBackend =
  | { readonly type: "local"; readonly path: string }
  | {
      readonly type: "s3";
      readonly bucket: string;
      readonly key: string;
      readonly region: string;
      readonly encrypt: true;
      readonly use_lockfile: true;
      readonly kms_key_id?: string;
    };

/**
 * Replaces where a stack keeps its state, as the TIERS_STATE setting asks for one run.
 *
 * @param setting "local", or "s3://<bucket>" with an optional "?region=<region>" (default: the app's region)
 * @throws Error when the setting is neither
 */
export function withStateSetting(stack: ResolvedStack, setting: string): ResolvedStack {
  return { ...stack, app: { ...stack.app, state: parseStateSetting(setting, stack.app.region) } };
}

function parseStateSetting(setting: string, region: string): ResolvedStack["app"]["state"] {
  if (setting === "local") return { backend: "local", region };
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?(?:\?region=([a-z]{2}(?:-[a-z]+)+-\d))?$/.exec(setting);
  if (!match) {
    throw new Error(
      `TIERS_STATE is "${setting}"; allowed: "local" or "s3://<bucket>[?region=<region>]"; correct or unset the variable`,
    );
  }
  return { backend: "s3", bucket: match[1], region: match[2] ?? region };
}

/** The local state of a stack, as seen from the stack's own directory. */
export const localStatePath = (id: string): string => `../../../terraform.${id}.tfstate`;

/** The key of a stack's state in a bucket. */
export const stateKey = (name: string, id: string): string => `${name}/${id}.tfstate`;

/** A stack as far as its state is concerned. */
export interface StatefulStack {
  readonly id: string;
  /** The app's name, or whose state bucket it is. */
  readonly name: string;
  readonly state: ResolvedStack["app"]["state"];
}

/** The backend of an app's stack, its ci stack included; see {@link backendAt}. */
export const stateBackend = ({ id, app }: Pick<ResolvedStack, "id" | "app">): StateBackend =>
  backendAt({ id, name: app.name, state: app.state });

/**
 * The backend of a stack. The local path is relative to the stack's own directory (cdktf.out/stacks/<id>), so the state
 * lands beside cdktf.json, survives a new synth, and is the same for `cdktf deploy` and plain Terraform.
 *
 * @throws Error when an S3 state has no bucket; the specification's own rules report that first
 */
export function backendAt({ id, name, state }: StatefulStack): StateBackend {
  if (state.backend === "local") {
    return { type: "local", path: localStatePath(id) };
  }
  if (state.bucket === undefined) throw new Error(`${id}: an S3 state needs a bucket`);
  return {
    type: "s3",
    bucket: state.bucket,
    key: stateKey(name, id),
    region: state.region,
    encrypt: true,
    use_lockfile: true,
    ...(state.kmsKeyId === undefined ? {} : { kms_key_id: state.kmsKeyId }),
  };
}

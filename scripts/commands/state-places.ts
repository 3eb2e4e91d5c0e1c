/** Where the states of the stacks lie, from the specification and the options of a command. */
import * as path from "node:path";
import type * as Spec from "../../modules/spec";
import { STATE_STACK_ID } from "../../modules/spec/stack-rules";
import { copiesFolder, keepCopy } from "../../modules/terraform/state-copies";
import type * as Backends from "../../modules/terraform/state-backend";
import { childEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { readIfThere } from "../lib/write";
import { LocalPlace, type Place, S3Place } from "../state";
import { type Context, findStack, type Project } from "./context";

/** A stack as far as its state is concerned. */
export interface StateOwner extends Backends.StatefulStack {
  /** Region of the stack itself. */
  readonly region: string;
  /** Other stacks whose state is declared in the same line of the specification. */
  readonly siblings: readonly string[];
  /** The file that declares it. */
  readonly file: string;
}

/**
 * The stack with an id, of an app, of its CI or of the state bucket, with its state as TIERS_STATE asks for it.
 *
 * @throws UserError (exit 2) when there is none or it has a mistake
 */
export function findOwner({ env }: Context, project: Project, id: string): StateOwner {
  const { stateStack, resolution } = project;
  if (id === STATE_STACK_ID) {
    if (stateStack) return { ...stateStack, siblings: [], file: "apps/state.ts" };
    throw new UserError(stateMistakes(project), 2);
  }
  // The ci stack keeps its state where the app's other stacks do.
  const [of = id] = project.ciStacks.filter((ci) => ci.id === id).flatMap(({ stacks }) => stacks.map((one) => one.id));
  const stack = findStack(project, of);
  const { withStateSetting } = require("../../modules/terraform/state-backend") as typeof Backends;
  const { app } = env.TIERS_STATE ? withStateSetting(stack, env.TIERS_STATE) : stack;
  const all = [...resolution.stacks, ...project.ciStacks];
  const siblings = all.filter((other) => other.app.name === app.name && other.id !== id);
  return {
    id,
    name: app.name,
    region: app.region,
    state: app.state,
    siblings: siblings.map((other) => other.id),
    file: `the file of app ${app.name} in apps/`,
  };
}

/** Why there is no stack of the state bucket. */
export function stateMistakes({ resolution, spec }: Project): string {
  const mistakes = resolution.problems.filter(({ stack }) => stack === STATE_STACK_ID);
  return mistakes.length > 0
    ? mistakes.map(spec.formatProblem).join("\n")
    : `No state bucket is declared. Write in apps/state.ts: export const state = defineState({ name: "<whose>", region: "<region>" });`;
}

/** The place that the specification names. */
export const declaredPlace = (context: Context, owner: StateOwner): Place => placeFor(context, owner, owner.state);

/** The local place of a stack, whatever the specification names. */
export const localPlace = (context: Context, owner: StateOwner): Place =>
  placeFor(context, owner, { backend: "local", region: owner.region });

export interface S3Options {
  bucket?: string;
  region?: string;
}

export type StateSettings = Spec.ResolvedStack["app"]["state"];

/**
 * What an app has to say so that its state lies in S3.
 *
 * @throws UserError (exit 2) when there is no bucket
 */
export function s3Settings({ paths }: Context, owner: StateOwner, project: Project, given: S3Options): StateSettings {
  const declared = owner.state.backend === "s3" ? owner.state : undefined;
  const made = madeBucket(paths.root, project);
  const bucket = given.bucket ?? declared?.bucket ?? made?.bucket;
  if (bucket === undefined) {
    throw new UserError("Which bucket? Add --bucket <name>, or make one with tiers state bootstrap.", 2);
  }
  const known = bucket === declared?.bucket ? declared.region : bucket === made?.bucket ? made.region : undefined;
  const kmsKeyId = bucket === declared?.bucket ? declared.kmsKeyId : undefined;
  return { backend: "s3", bucket, region: given.region ?? known ?? owner.region, kmsKeyId };
}

interface MadeBucket {
  bucket: string;
  region: string;
}

/** The bucket of the state stack: its own state lies in it, or tells of it, or has left its mark on the way into it. */
function madeBucket(root: string, { stateStack }: Project): MadeBucket | undefined {
  if (stateStack?.state.bucket !== undefined) return { ...stateStack.state, bucket: stateStack.state.bucket };
  const text = readIfThere(path.join(root, `terraform.${STATE_STACK_ID}.tfstate`)) ?? "{}";
  const { terraform_version: mark = "", outputs = {} } = JSON.parse(text) as {
    terraform_version?: string;
    outputs?: Record<string, { value: string } | undefined>;
  };
  const bucket = outputs.state_bucket?.value ?? /s3:\/\/([^/]+)\//.exec(mark)?.[1];
  const region = outputs.state_region?.value ?? stateStack?.region;
  return bucket === undefined || region === undefined ? undefined : { bucket, region };
}

/** The place of a stack's state that goes with some settings. */
export function placeFor({ paths, env }: Context, owner: StateOwner, state: StateSettings): Place {
  const { backendAt } = require("../../modules/terraform/state-backend") as typeof Backends;
  const backend = backendAt({ ...owner, state });
  if (backend.type === "s3") return new S3Place(backend);
  // The path is relative to the directory of the stack.
  const file = path.resolve(paths.output, "stacks", owner.id, backend.path);
  return new LocalPlace(file, owner.id, childEnv(env));
}

/** Keeps copies of a stack's states on this disk. */
export function keeper({ paths }: Context, id: string): (text: string) => string | undefined {
  return (text) => keepCopy(copiesFolder(paths.root, id), text, new Date());
}

/** The Terraform JSON as it ships: written by the built main.js, read back from disk. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { plainText } from "../../modules/terraform/escape";
import { TEST_OUTPUT } from "./synth";

const ROOT = process.cwd();

/** Terraform JSON of one stack. */
export interface StackJson {
  readonly terraform: Record<string, unknown>;
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly data?: Record<string, Record<string, Record<string, unknown>>>;
  readonly variable?: Record<string, Record<string, unknown>>;
  readonly output?: Record<string, { value: unknown; description?: string }>;
  readonly provider?: Record<string, Record<string, unknown>[]>;
}

/**
 * Synthesizes every stack with the built app.
 *
 * @param outdir folder of the result
 * @param options other working directory and environment, to show that neither matters
 */
export function synthesizeShipped(outdir: string, options: { cwd?: string; env?: Record<string, string> } = {}): void {
  fs.rmSync(outdir, { recursive: true, force: true });
  execFileSync(process.execPath, [path.join(ROOT, "dist", "main.js")], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env.PATH ?? "", ...options.env, CDKTF_OUTDIR: outdir },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

let shippedTexts: ReadonlyMap<string, string> | undefined;

/**
 * The JSON text of every shipped stack by its id. TIERSTACK_SHIPPED_DIR names a folder to read instead of synthesizing, so
 * that the conformance check can hand a changed copy to the tests.
 */
export function shippedStackTexts(): ReadonlyMap<string, string> {
  if (shippedTexts) return shippedTexts;
  const given = process.env.TIERSTACK_SHIPPED_DIR;
  const outdir = given ?? path.join(TEST_OUTPUT, `shipped-${process.pid}`, "cdktf.out");
  if (given === undefined) synthesizeShipped(outdir);
  shippedTexts = readStacks(outdir);
  if (given === undefined) fs.rmSync(path.dirname(outdir), { recursive: true, force: true });
  return shippedTexts;
}

/** One shipped stack, parsed. */
export function shippedStack(id: string): StackJson {
  const text = shippedStackTexts().get(id);
  if (text === undefined) throw new Error(`No stack ${id}; there are ${[...shippedStackTexts().keys()].join(", ")}`);
  return JSON.parse(text) as StackJson;
}

/** Reads every stack of an output folder. */
export function readStacks(outdir: string): Map<string, string> {
  const folder = path.join(outdir, "stacks");
  const read = (id: string): [string, string] => [id, fs.readFileSync(path.join(folder, id, "cdk.tf.json"), "utf8")];
  return new Map(fs.readdirSync(folder).sort().map(read));
}

/** The text of one file of a host's configuration, as Terraform hands it on (doubled signs undone). */
export function hostFile(stack: StackJson, key: string): string {
  const object = Object.values(stack.resource.aws_s3_object ?? {}).find((candidate) => candidate.key === key);
  if (typeof object?.content !== "string") throw new Error(`The stack ships no ${key}`);
  return plainText(object.content);
}

/** Every text in a JSON value with its path. */
export function textsOf(value: unknown, at = ""): { at: string; text: string }[] {
  if (typeof value === "string") return [{ at, text: value }];
  if (Array.isArray(value)) return value.flatMap((entry, index) => textsOf(entry, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [
    { at: `${at}.${key} (key)`, text: key },
    ...textsOf(entry, at === "" ? key : `${at}.${key}`),
  ]);
}

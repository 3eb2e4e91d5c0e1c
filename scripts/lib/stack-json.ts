/** Reads the Terraform JSON of a synthesized stack. */
import * as path from "node:path";
import { UserError } from "./errors";
import { readFile } from "./write";

/** A JSON object of unknown shape. */
export type Json = Record<string, unknown>;

/** Resource blocks by type and name. */
export type Blocks = Record<string, Record<string, Json>>;

/** The parts of cdk.tf.json that commands look at. */
export interface StackJson {
  terraform?: { backend?: Record<string, Json> };
  provider?: Record<string, Json[]>;
  resource?: Blocks;
  data?: Blocks;
  output?: Record<string, { description?: string; sensitive?: boolean; value?: unknown }>;
}

/** Name of the one configuration file of a stack. */
export const STACK_FILE = "cdk.tf.json";

/**
 * Reads the configuration of a stack's directory.
 *
 * @throws UserError (exit 2) when the file cannot be read or is no JSON object
 */
export function readStack(directory: string): StackJson {
  return parseJson(path.join(directory, STACK_FILE));
}

/**
 * Reads a JSON file that must hold an object.
 *
 * @throws UserError (exit 2) that names the file
 */
export function parseJson(file: string): Json {
  const text = readFile(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not valid JSON: ${(error as Error).message}`, 2);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UserError(`${file} does not hold a JSON object.`, 2);
  }
  return value as Json;
}

/** Where the state of a stack lies. */
export type Backend =
  | { type: "local"; path: string }
  | { type: "s3"; bucket: string; key: string; region: string; encrypt: boolean; lock: boolean };

/**
 * The backend of a stack, in the terms of Terraform.
 *
 * @throws UserError when the configuration names a backend that no stack of this project uses
 */
export function backendOf(stack: StackJson): Backend {
  const [type = "none", settings = {}] = Object.entries(stack.terraform?.backend ?? {})[0] ?? [];
  const text = (name: string): string => (typeof settings[name] === "string" ? settings[name] : "");
  if (type === "local") return { type, path: text("path") };
  if (type === "s3") {
    return {
      type,
      bucket: text("bucket"),
      key: text("key"),
      region: text("region"),
      encrypt: settings.encrypt === true,
      lock: settings.use_lockfile === true,
    };
  }
  throw new UserError(`The backend "${type}" is not supported; use "local" or "s3".`, 2);
}

/** The region of the stack's AWS provider; undefined when it is not written literally. */
export function regionOfStack({ provider }: StackJson): string | undefined {
  const region = provider?.aws?.find(({ alias }) => alias === undefined)?.region;
  return typeof region === "string" && !region.includes("${") ? region : undefined;
}

/** How many blocks each type has, by type in alphabetical order. */
export function countByType(blocks: Blocks = {}): Record<string, number> {
  const types = Object.keys(blocks).sort();
  return Object.fromEntries(types.map((type) => [type, Object.keys(blocks[type] ?? {}).length]));
}

/** Every resource block with its address, in the order of the file. */
export function* resourceBlocks(stack: StackJson): Generator<{ address: string; type: string; block: Json }> {
  for (const [type, byName] of Object.entries(stack.resource ?? {})) {
    for (const [name, block] of Object.entries(byName)) yield { address: `${type}.${name}`, type, block };
  }
}

/** What the state of a deployed stack says: where its host and backups are, and every other output. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./errors";
import { readStack, regionOfStack, STACK_FILE } from "./stack-json";
import { terraform, terraformJson } from "./terraform";
import { emptyFolder, removeIfEmpty, writeFileAtomic } from "./write";

/** Key of the newest backup's manifest, which the host publishes when it has read the backup back, never before. */
export const MANIFEST_KEY = "backups/manifest.json";

export interface Deployed {
  region: string;
  /** EC2 instance of the host. */
  instanceId: string;
  /** Bucket of the backups. */
  bucket: string;
  /** Every output of the stack by name. */
  outputs: Readonly<Record<string, unknown>>;
}

/**
 * Reads the outputs of a stack's state. Terraform runs in a folder that holds the backend alone, as deep as the stack's own,
 * so that it needs no provider and leaves the stack's directory alone.
 *
 * @param stackDirectory - the synthesized stack: `<output folder>/stacks/<id>`
 * @throws UserError (exit 2) when the stack is not deployed
 */
export async function deployedHost(stackDirectory: string, env: NodeJS.ProcessEnv): Promise<Deployed> {
  const stack = readStack(stackDirectory);
  const outputs = await outputsOf(stackDirectory, { terraform: { backend: stack.terraform?.backend } }, env);
  const id = path.basename(stackDirectory);
  const text = (name: string): string => {
    const value = outputs[name]?.value;
    if (typeof value === "string" && value !== "") return value;
    throw new UserError(
      `The stack ${id} is not deployed: its state has no output "${name}". Deploy it first: npx cdktf deploy ${id}`,
      2,
    );
  };
  const region = regionOfStack(stack);
  if (region === undefined) throw new UserError(`The region of the stack ${id} is not written in its provider.`, 2);
  return {
    region,
    instanceId: text("instance_id"),
    bucket: text("backup_bucket"),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
  };
}

type Outputs = Record<string, { value?: unknown }>;

async function outputsOf(stackDirectory: string, backend: object, env: NodeJS.ProcessEnv): Promise<Outputs> {
  const base = path.dirname(path.dirname(path.dirname(stackDirectory)));
  const parent = path.join(base, ".cache", `outputs-${process.pid}`);
  const cwd = path.join(parent, path.basename(stackDirectory));
  emptyFolder(cwd);
  try {
    writeFileAtomic(path.join(cwd, STACK_FILE), `${JSON.stringify(backend, null, 2)}\n`);
    await terraform(["init", "-input=false", "-no-color"], { cwd, env });
    return await terraformJson<Outputs>(["output", "-json", "-no-color"], { cwd, env });
  } finally {
    fs.rmSync(cwd, { recursive: true, force: true });
    removeIfEmpty(parent);
  }
}

/** An output that maps names to texts; empty when the deployed stack has no such output yet. */
export const namesIn = ({ outputs }: Deployed, output: string): Readonly<Record<string, string>> =>
  (outputs[output] ?? {}) as Record<string, string>;

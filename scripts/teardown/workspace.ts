/** The copy of a stack's directory in which a teardown works; the shipped one is only read. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../lib/errors";
import { STACK_FILE, type StackJson } from "../lib/stack-json";
import { asUserError, emptyFolder, removeIfEmpty, writeFileAtomic } from "../lib/write";

export interface Workspace {
  /** The copy, as deep below the project as the original, so that a relative state path means the same file. */
  directory: string;
  journal: string;
  /** Where the copy of the state with this serial goes. */
  stateCopy(serial: number): string;
  lock: string;
}

/**
 * The places of a teardown. `<base>/cdktf.out/stacks/<id>` is copied to `<base>/.teardown/stacks/<id>`.
 *
 * @throws UserError (exit 2) when the directory does not lie in an output folder
 */
export function workspaceOf(stackDirectory: string): Workspace {
  const id = path.basename(stackDirectory);
  const stacks = path.dirname(stackDirectory);
  if (path.basename(stacks) !== "stacks" || !fs.existsSync(path.join(stackDirectory, STACK_FILE))) {
    throw new UserError(
      `${stackDirectory} is not a synthesized stack; allowed: <output folder>/stacks/<stack> with a ${STACK_FILE} in it. ` +
        "Run npm run synth first.",
      2,
    );
  }
  const base = path.join(path.dirname(path.dirname(stacks)), ".teardown");
  return {
    directory: path.join(base, "stacks", id),
    journal: path.join(base, `${id}.json`),
    stateCopy: (serial) => path.join(base, `${id}.serial-${serial}.tfstate`),
    lock: path.join(base, `${id}.lock`),
  };
}

/** Files of a stack's directory that belong to an earlier run of Terraform, not to the stack. */
const LEFT_BY_TERRAFORM = new Set([".terraform", "plan"]);

/** Copies the stack's directory anew. */
export function copyStack(from: string, workspace: Workspace): void {
  emptyFolder(workspace.directory);
  try {
    fs.cpSync(from, workspace.directory, {
      recursive: true,
      filter: (source) => path.dirname(source) !== from || !LEFT_BY_TERRAFORM.has(path.basename(source)),
    });
  } catch (error) {
    throw asUserError(error, workspace.directory);
  }
}

/** Removes the folders of the teardown that hold nothing, of this stack or another. */
export function removeEmptyFolders({ directory, journal }: Workspace): void {
  for (const folder of [path.dirname(directory), path.dirname(journal)]) removeIfEmpty(folder);
}

/** Replaces the copy's configuration. */
export function writeCopy(workspace: Workspace, stack: StackJson): void {
  writeFileAtomic(path.join(workspace.directory, STACK_FILE), `${JSON.stringify(stack, null, 2)}\n`);
}

/** Keeps the state as it is now; a copy with the same serial is already the same. */
export function keepState(workspace: Workspace, serial: number, state: string): string {
  const file = workspace.stateCopy(serial);
  if (!fs.existsSync(file)) writeFileAtomic(file, state, { mode: 0o600 });
  return file;
}

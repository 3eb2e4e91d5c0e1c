/** Puts workflows into a repository, or tells how those there differ. */
import * as path from "node:path";
import * as fs from "node:fs";
import { readIfThere, writeFileAtomic } from "../lib/write";
import { type StackWithCi, subjectOf } from "./subject";
import { KINDS, workflowOf, workflowPath } from "./workflows";
import { workflowText } from "./yaml";

/** A file that belongs into the app's repository. */
export interface WorkflowFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Undefined for one that has to go. */
  readonly content: string | undefined;
}

/** What stands on top of every file, by which it is known again. */
const headerOf = (id: string): string[] => [
  `Written by "tiers ci ${id}" from the specification of the app: change that, then run the command again.`,
  "Do not edit: the next run overwrites it, and the plan of a pull request fails where it differs.",
];

/** Every file that a stack may have, in the order of {@link KINDS}. */
export function workflowFiles(stack: StackWithCi, root: string): WorkflowFile[] {
  const subject = subjectOf(stack, root);
  return KINDS.map((kind) => {
    const workflow = workflowOf(subject, kind);
    const content = workflow && workflowText(headerOf(stack.id), workflow);
    return { path: workflowPath(stack.id, kind), content };
  });
}

/** How a file in a repository compares with what it has to be. */
export type Status = "same" | "missing" | "different" | "needless";

export interface Compared extends WorkflowFile {
  readonly status: Status;
}

/** Compares files with those in a repository. One that has to go counts only when it was written by this command. */
export function compareFiles(files: readonly WorkflowFile[], folder: string): Compared[] {
  return files.flatMap((file): Compared[] => {
    const there = readIfThere(path.join(folder, file.path));
    if (file.content === undefined) return isOurs(there) ? [{ ...file, status: "needless" }] : [];
    const status = there === undefined ? "missing" : there === file.content ? "same" : "different";
    return [{ ...file, status }];
  });
}

const isOurs = (text: string | undefined): boolean => text?.startsWith('# Written by "tiers ci ') ?? false;

/** Makes the files in a repository what they have to be. */
export function writeFiles(files: readonly Compared[], folder: string): void {
  for (const { path: relative, content, status } of files) {
    const file = path.join(folder, relative);
    if (content === undefined) fs.rmSync(file);
    else if (status !== "same") writeFileAtomic(file, content);
  }
}

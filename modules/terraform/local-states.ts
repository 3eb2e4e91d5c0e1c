import * as fs from "node:fs";
import * as path from "node:path";
import { localStatePath, type StateBackend } from "./state-backend";
import { copiesFolder, keepCopy, MOVED } from "./state-copies";

/** A stack that is about to be synthesized, and where its state lies. */
export interface PlacedStack {
  readonly id: string;
  readonly backend: StateBackend;
}

/** What Terraform leaves in a stack's directory when it could not save the state. */
const ERRORED = "errored.tfstate";

/**
 * Looks after the states beside the project before a deploy may change them: keeps a copy of each, and of what Terraform
 * could not save.
 *
 * @param outdir folder of the synthesis; `cdktf deploy` synthesizes into the project's own, others into theirs
 * @returns warnings: a copy that could not be made, or a local state that the stack no longer uses and that was not moved
 */
export function guardLocalStates(outdir: string, stacks: readonly PlacedStack[]): string[] {
  return stacks.flatMap(({ id, backend }) => {
    const directory = path.resolve(outdir, "stacks", id);
    const file = path.resolve(directory, localStatePath(id));
    try {
      for (const each of [file, path.join(directory, ERRORED)]) keep(each, copiesFolder(path.dirname(file), id));
      return backend.type === "s3" ? leftBehind(id, file) : [];
    } catch (error) {
      return [`${id}: no copy of its state was kept: ${(error as Error).message}`];
    }
  });
}

function keep(file: string, folder: string): void {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats) keepCopy(folder, fs.readFileSync(file, "utf8"), stats.mtime);
}

/** Deploying with an empty state would make everything a second time. */
function leftBehind(id: string, file: string): string[] {
  if (!fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, "utf8");
  const isUsed = text.includes('"instances"') && !text.includes(`"terraform_version": "${MOVED}`);
  if (!isUsed) return [];
  const name = path.basename(file);
  return [
    `${id}: its state is to lie in S3, but ${name} still holds resources. Before you deploy: tiers state move ${id} --to s3`,
  ];
}

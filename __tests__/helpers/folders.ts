/** Folders that tests write to: inside the project, ignored by git, removed afterwards. */
import * as fs from "node:fs";
import * as path from "node:path";

export const ROOT = path.resolve(__dirname, "../..");

/** An empty folder below `.simulated/`; the name must be unique among the tests. */
export function makeFolder(name: string): string {
  const folder = path.join(ROOT, ".simulated", `test-${name}`);
  removeFolder(folder);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

export const removeFolder = (folder: string): void => fs.rmSync(folder, { recursive: true, force: true });

/** Every file below a folder, relative and sorted. */
export function filesIn(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

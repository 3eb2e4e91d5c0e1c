import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Older copies of a state that stay on disk; the oldest beyond this number goes. */
export const KEPT_COPIES = 20;

/** How the Terraform version of a state begins whose content has moved elsewhere; see ADR 011. */
export const MOVED = "MOVED:";

/** Folder of the copies of a stack's states, beside the project's local states; git ignores it. */
export const copiesFolder = (root: string, stack: string): string => path.join(root, ".state", stack);

/**
 * Keeps a state as it is now, readable by its owner only; one that is kept already is not kept twice. Copies are named
 * by serial and content, and are as old as the state was.
 *
 * @param modified when the state was written
 * @returns the file of the copy; undefined when the text is no state: empty, or the mark of one that moved
 */
export function keepCopy(folder: string, text: string, modified: Date): string | undefined {
  const name = copyName(text);
  if (name === undefined) return undefined;
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, text, { mode: 0o600 });
    fs.utimesSync(temporary, modified, modified);
    fs.renameSync(temporary, file);
  }
  forgetOldest(folder, file);
  return file;
}

function copyName(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const { serial, terraform_version: version } = parsed(text);
  if (typeof version === "string" && version.startsWith(MOVED)) return undefined;
  return `${typeof serial === "number" ? `serial-${serial}` : "unreadable"}.${digest}.tfstate`;
}

function parsed(text: string): { serial?: unknown; terraform_version?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** The copies in a folder, newest first. */
export function copiesIn(folder: string): { file: string; modified: Date }[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".tfstate"))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, modified: fs.statSync(file).mtime }))
    .sort(
      (a, b) => b.modified.getTime() - a.modified.getTime() || b.file.localeCompare(a.file, "en", { numeric: true }),
    );
}

/** The copy that was just asked for stays, however old its content is. */
function forgetOldest(folder: string, asked: string): void {
  for (const { file } of copiesIn(folder).slice(KEPT_COPIES)) if (file !== asked) fs.rmSync(file);
}

/** Writes files so that a reader sees the old content or the new one, never half of it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./errors";

export interface WriteOptions {
  /** Permission bits of a new file. @default 0o644 */
  mode?: number;
  /** Whether an existing file may be replaced. @default true */
  overwrite?: boolean;
}

/**
 * Writes a whole file at once, making its folder when needed.
 *
 * @throws UserError (exit 2) when the file exists and must not be replaced, or cannot be written
 */
export function writeFileAtomic(file: string, content: string, options: WriteOptions = {}): void {
  makeFolder(path.dirname(file));
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, content, { mode: options.mode ?? 0o644 });
    if (options.overwrite === false) {
      // link() fails on an existing name, rename() would replace it.
      fs.linkSync(temporary, file);
      fs.unlinkSync(temporary);
    } else {
      fs.renameSync(temporary, file);
    }
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw asUserError(error, file);
  }
}

/**
 * Reads a text file.
 *
 * @throws UserError (exit 2) that names the file and the reason
 */
export function readFile(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw asUserError(error, file);
  }
}

/**
 * Reads a text file; undefined when there is none.
 *
 * @throws UserError (exit 2) when it is there and cannot be read
 */
export const readIfThere = (file: string): string | undefined => (fs.existsSync(file) ? readFile(file) : undefined);

/**
 * Makes an empty folder, removing what was there.
 *
 * @throws UserError (exit 2) when the folder cannot be made
 */
export function emptyFolder(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw asUserError(error, folder);
  }
  makeFolder(folder);
}

/** Removes a folder that is there and holds nothing; any other stays as it is. */
export function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch (error) {
    if (!STAYS.has((error as NodeJS.ErrnoException).code ?? "")) throw asUserError(error, folder);
  }
}

/** What a system says about a folder that is not empty, or not there. */
const STAYS = new Set(["ENOTEMPTY", "EEXIST", "ENOENT"]);

/**
 * Makes a folder and those above it.
 *
 * @throws UserError (exit 2) when that is not possible
 */
export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    const inTheWay = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw inTheWay ? new UserError(`${folder} is a file, not a folder.`, 2) : asUserError(error, folder);
  }
}

const REASONS: Record<string, (file: string) => string> = {
  EACCES: (file) => `No permission for ${file}. Change its owner or its mode, then try again.`,
  EPERM: (file) => `The system does not permit a change of ${file}. Change its owner or its mode, then try again.`,
  EROFS: (file) => `${file} is on a read-only file system. Work on a copy that can be written.`,
  ENOSPC: (file) => `No space left on the disk for ${file}. Free some, then try again.`,
  ENOENT: (file) => `${file} does not exist.`,
  EEXIST: (file) => `${file} exists and is not overwritten. Choose another name or remove it.`,
  EISDIR: (file) => `${file} is a folder, not a file.`,
  ENOTDIR: (file) => `A part of the path ${file} is a file, not a folder.`,
};

/** Turns an error of the file system into one line for the user; other errors stay what they are. */
export function asUserError(error: unknown, file: string): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
  return reason ? new UserError(reason(file), 2) : error;
}

/** Finds files of a kind by name and content, in the repository or in a folder of samples. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { workspace } from "./workspace";

/** A kind of source file. */
export interface Kind {
  /** What the reader calls it, in plural. */
  readonly name: string;
  matches(relative: string, folder: string): boolean;
}

const FIRST_BYTES = 64;

/** Whether a text begins like a script of a shell that ShellCheck knows. */
export const startsAsShell = (text: string): boolean => /^#!.*\b(ba|da|k)?sh\b/.test(text);

export const isShellName = (name: string): boolean => /\.(ba)?sh$/.test(name);

/** By extension, or by the first line of a file that has none. */
export const shellScripts: Kind = {
  name: "shell scripts",
  matches: (relative, folder) =>
    isShellName(relative) || (path.extname(relative) === "" && startsAsShell(beginning(path.join(folder, relative)))),
};

export const dockerfiles: Kind = {
  name: "Dockerfiles",
  matches: (relative) => /(^|\/)(Dockerfile|Containerfile)(\.[^/]+)?$|\.Dockerfile$/.test(relative),
};

export const workflows: Kind = {
  name: "workflows",
  matches: (relative) => /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(relative),
};

/** The files of a kind below a folder, as relative paths in alphabetical order. */
export function sources(kind: Kind, folder: string): string[] {
  const all = folder === workspace.project.root ? listedByGit(folder) : walk(folder);
  return all.filter((relative) => kind.matches(relative, folder)).sort();
}

/** All that is, or would be, part of the repository. The samples of the judges are looked at on their own. */
function listedByGit(root: string): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const samples = `${path.relative(root, workspace.samples)}/`;
  return listed.split("\0").filter((file) => file !== "" && !file.startsWith(samples) && isFile(path.join(root, file)));
}

const walk = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((relative) => isFile(path.join(folder, relative)));

/** Git lists deleted files until the deletion is committed, and links as files. */
const isFile = (file: string): boolean => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

function beginning(file: string): string {
  const descriptor = fs.openSync(file, "r");
  try {
    const buffer = Buffer.alloc(FIRST_BYTES);
    return buffer.toString("utf8", 0, fs.readSync(descriptor, buffer, 0, FIRST_BYTES, 0));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** What a release is built from: a commit, and whether the files are that commit. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../lib/errors";
import { run } from "../lib/process";
import { count } from "../lib/terminal";
import { findOnPath } from "../lib/tools";

export interface Source {
  /** Commit that is checked out, 40 hexadecimal digits. */
  commit: string;
  /** Tag of images built from it: the commit, or `<commit>-dirty-<12 hexadecimal digits of what differs>`. */
  tag: string;
  /** First line of the commit's message. */
  subject: string;
  /** Files that are not as in the commit, relative to the root of the repository. */
  dirty: string[];
}

export interface SourceOptions {
  env: NodeJS.ProcessEnv;
  /** Whether files may differ from the commit. @default false */
  allowDirty?: boolean;
}

/** A submodule's files count as well, whatever the repository's own settings leave out. */
const STATUS_WORDS = ["--porcelain=v1", "-z", "--untracked-files=all", "--ignore-submodules=none", "--no-renames"];
/** Files of a dirty tree that a message names. */
const SHOWN_FILES = 10;
/** Between the commit and the hash of what differs from it. */
const DIRTY = "-dirty-";
/** Digits of the hash of what differs from the commit. */
const DIRTY_DIGITS = 12;

/**
 * Reads the commit of the repository that a folder lies in. The whole repository has to be clean, not the folder alone:
 * the tag names the commit of all. Ignored files are not looked at.
 *
 * @throws UserError (exit 2) when the folder is in no repository, or when files differ and may not
 */
export async function readSource(folder: string, { env, allowDirty = false }: SourceOptions): Promise<Source> {
  if (!fs.existsSync(folder)) throw new UserError(`The source directory ${folder} does not exist.`, 2);
  if (findOnPath("git", env) === undefined) {
    throw new UserError("git was not found on PATH, and images are named by their commit. Install git.", 2);
  }
  const git = (...args: string[]): Promise<string> => gitText(folder, args, env);
  const root = (await git("rev-parse", "--show-toplevel")).trimEnd();
  const commit = (await git("rev-parse", "--verify", "HEAD^{commit}")).trim();
  const subject = (await git("log", "-1", "--format=%s", commit)).trim();
  const dirty = changedFiles(await git("status", ...STATUS_WORDS));
  if (dirty.length === 0) return { commit, tag: commit, subject, dirty };
  if (!allowDirty) throw new UserError(refusal(root, dirty), 2);
  return { commit, tag: `${commit}${DIRTY}${hashOf(root, dirty)}`, subject, dirty };
}

/**
 * Looks whether the files are still those that a tag names, as after a build that took its time.
 *
 * @throws UserError (exit 2) when they are not
 */
export async function requireSameSource(folder: string, { tag }: Source, env: NodeJS.ProcessEnv): Promise<void> {
  const now = await readSource(folder, { env, allowDirty: true });
  if (now.tag === tag) return;
  const named = now.dirty.slice(0, SHOWN_FILES).map((file) => `\n  ${file}`);
  throw new UserError(
    `The source changed while it was built: it was ${tag}, it is ${now.tag}. Nobody knows what the image holds, so it is ` +
      `taken away. Build again.${named.length > 0 ? ` Not as in the commit:${named.join("")}` : ""}`,
    2,
  );
}

/** Whether a tag names the image of files that were not as in their commit. */
export const isDirty = (tag: string): boolean => tag.includes(DIRTY);

async function gitText(folder: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await run("git", ["-C", folder, ...args], { env: { ...env, LC_ALL: "C" } });
  if (code === 0) return stdout;
  if (/not a git repository/.test(stderr)) {
    throw new UserError(`${folder} is in no git repository, and images are named by their commit. Give --source.`, 2);
  }
  if (args.includes("HEAD^{commit}")) {
    throw new UserError(`The git repository of ${folder} has no commit yet, and images are named by theirs.`, 2);
  }
  throw new UserError(`git ${args[0]} failed in ${folder}: ${stderr.trim() || `exit code ${code}`}`, 2);
}

/** The paths in `git status -z`: two letters, a space, the path. */
const changedFiles = (status: string): string[] =>
  status
    .split("\0")
    .filter(Boolean)
    .map((entry) => entry.slice(3))
    .sort();

function refusal(root: string, dirty: readonly string[]): string {
  const named = dirty.slice(0, SHOWN_FILES).map((file) => `\n  ${file}`);
  const more = dirty.length > SHOWN_FILES ? `\n  and ${count(dirty.length - SHOWN_FILES, "more file")}` : "";
  return (
    `${count(dirty.length, "file")} of ${root} ${dirty.length === 1 ? "is" : "are"} not as in the commit that would name the ` +
    `images. Commit or put aside, or add --allow-dirty for a tag of its own:${named.join("")}${more}`
  );
}

/** The same files with the same content give the same digits, wherever the repository lies. */
function hashOf(root: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) addFile(hash, root, file);
  return hash.digest("hex").slice(0, DIRTY_DIGITS);
}

function addFile(hash: ReturnType<typeof createHash>, root: string, file: string): void {
  const absolute = path.join(root, file);
  const found = fs.lstatSync(absolute, { throwIfNoEntry: false });
  const add = (kind: string, content: Buffer | string = ""): void => {
    hash.update(JSON.stringify([file, kind, Buffer.byteLength(content)])).update(content);
  };
  if (found === undefined) add("deleted");
  else if (found.isSymbolicLink()) add("link", fs.readlinkSync(absolute));
  else if (found.isFile()) add(found.mode & 0o100 ? "program" : "file", fs.readFileSync(absolute));
  else if (found.isDirectory()) {
    // A repository inside the repository: git names its folder only.
    const inside = fs.readdirSync(absolute).filter((name) => name !== ".git");
    for (const name of inside.sort()) addFile(hash, root, path.join(file, name));
  }
}

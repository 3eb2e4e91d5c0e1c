/** Turns the apps into Terraform directories by running the compiled project as a child. */
import * as fs from "node:fs";
import * as path from "node:path";
import { synthEnv } from "./environment";
import { UserError } from "./errors";
import { type ProjectPaths, stackDirectory } from "./paths";
import { run } from "./process";
import { asUserError, emptyFolder } from "./write";

export interface SynthOptions {
  /** Folder that gets `manifest.json` and `stacks/<id>/`; made when missing. */
  output: string;
  /** The environment of the user, or what is left of it. */
  env: NodeJS.ProcessEnv;
}

/**
 * Synthesizes every stack of every app into a folder; stacks with mistakes are left out by the app itself.
 *
 * @returns the ids of the stacks that were written, sorted
 * @throws UserError with the app's own words when it fails
 */
export async function synthesize(paths: ProjectPaths, options: SynthOptions): Promise<string[]> {
  emptyFolder(options.output);
  const { code, stderr } = await run(process.execPath, [paths.main], {
    cwd: paths.root,
    env: synthEnv(options.env, { CDKTF_OUTDIR: options.output, CDKTF_CONTEXT_JSON: "{}" }),
    title: "the synthesis",
  });
  if (code !== 0) throw new UserError(`The synthesis failed: ${thrownMessage(stderr) || `exit code ${code}`}`);
  return stacksIn(options.output);
}

/** The ids of the stacks in an output folder, sorted. */
export function stacksIn(output: string): string[] {
  const folder = path.join(output, "stacks");
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

/** What an uncaught error said, without the source line before it and the call stack after it. */
function thrownMessage(stderr: string): string {
  const lines = stderr.split("\n");
  const start = lines.findIndex((line) => /^(Uncaught )?\w*Error: /.test(line));
  const rest = lines.slice(Math.max(start, 0));
  const end = rest.findIndex((line) => /^\s+at /.test(line));
  return (end < 0 ? rest : rest.slice(0, end))
    .join("\n")
    .replace(/^(Uncaught )?\w*Error: /, "")
    .trim();
}

/**
 * Puts a fresh synthesis in the place of an older one, file by file, each at once: what Terraform keeps in a stack's
 * directory stays, and an interruption leaves whole files.
 *
 * @param removeOthers whether directories of stacks that are no longer built go
 */
export function publish(fresh: string, output: string, removeOthers: boolean): void {
  try {
    fs.mkdirSync(output, { recursive: true });
    moveFiles(fresh, output);
    if (!removeOthers) return;
    const kept = new Set(stacksIn(fresh));
    for (const id of stacksIn(output)) {
      if (!kept.has(id)) fs.rmSync(stackDirectory(output, id), { recursive: true });
    }
  } catch (error) {
    throw asUserError(error, output);
  }
}

function moveFiles(from: string, to: string): void {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) {
      fs.mkdirSync(target, { recursive: true });
      moveFiles(source, target);
    } else {
      fs.renameSync(source, target);
    }
  }
}

/** Keeps the compiled project in step with its sources. */
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "./environment";
import { UserError } from "./errors";
import type { ProjectPaths } from "./paths";
import { run } from "./process";

/** What the compiler reads. */
const SOURCES = ["main.ts", "apps", "stacks", "modules", "scripts", "tsconfig.json", "tsconfig.scripts.json"];

/**
 * Compiles the project when a source is newer than what was compiled, so that a command never works with an app that
 * is out of date.
 *
 * @throws UserError (exit 2) with the compiler's own lines when a source does not compile
 */
export async function ensureBuilt(paths: ProjectPaths, env: NodeJS.ProcessEnv): Promise<void> {
  const newest = newestSource(paths.root);
  if (newest <= builtAt(paths)) return;
  const compiler = path.join(paths.root, "node_modules", "typescript", "bin", "tsc");
  if (!fs.existsSync(compiler)) {
    throw new UserError(
      "The TypeScript compiler is not installed. Run npm ci in the project's root, then try again.",
      2,
    );
  }
  const { code, stdout, stderr } = await run(process.execPath, [compiler, "-p", "tsconfig.scripts.json"], {
    cwd: paths.root,
    env: childEnv(env),
    title: "the TypeScript compiler",
  });
  // The compiler writes only what changed, so the files that tell the age of the whole get that of the newest source.
  const compiled = new Date(Math.ceil(newest));
  if (code === 0) return outputs(paths).forEach((file) => fs.utimesSync(file, compiled, compiled));
  // The compiler writes its output even when it found mistakes; without this the next run would take it for good.
  if (fs.existsSync(paths.main)) fs.utimesSync(paths.main, 0, 0);
  throw new UserError(`The project does not compile:\n${(stdout + stderr).trim()}`, 2);
}

/** The compiled entries, whose age stands for that of everything. */
const outputs = (paths: ProjectPaths): string[] => [paths.main, path.join(paths.dist, "scripts", "tiers.js")];

/** Milliseconds since 1970 when the oldest part was compiled; 0 when something is missing. */
const builtAt = (paths: ProjectPaths): number => Math.min(...outputs(paths).map(modified));

function newestSource(root: string): number {
  return Math.max(...SOURCES.map((name) => newestIn(path.join(root, name))));
}

function newestIn(entry: string): number {
  if (!fs.existsSync(entry)) return 0;
  const stats = fs.statSync(entry);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...fs.readdirSync(entry).map((name) => newestIn(path.join(entry, name))));
}

function modified(file: string): number {
  return fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
}

/** A copy of the project for tests that change its files, or that must not see what other tests build. */
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../../scripts/lib/environment";
import { run, type RunResult } from "../../scripts/lib/process";
import { makeFolder, removeFolder, ROOT } from "./folders";

/** What a project consists of, besides its packages. */
const PARTS = [
  "main.ts",
  "apps",
  "stacks",
  "modules",
  "scripts",
  "tsconfig.json",
  "tsconfig.build.json",
  "tsconfig.scripts.json",
  "package.json",
  "cdktf.json",
  ".gitignore",
];

export interface ProjectCopy {
  root: string;
  /** Runs the built `tiers` with the arguments; the environment is the test's own with changes. */
  tiers(args: string[], env?: NodeJS.ProcessEnv, cwd?: string): Promise<RunResult>;
  remove(): void;
}

/** Copies and compiles the project. */
export async function copyProject(name: string): Promise<ProjectCopy> {
  const root = makeFolder(name);
  for (const part of PARTS) fs.cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const built = await run(process.execPath, [compiler, "-p", "tsconfig.scripts.json"], { cwd: root, env: process.env });
  if (built.code !== 0) throw new Error(`The copy does not compile:\n${built.stdout}`);
  const entry = path.join(root, "dist", "scripts", "tiers.js");
  return {
    root,
    tiers: (args, env = {}, cwd = root) =>
      run(process.execPath, [entry, ...args], { cwd, env: childEnv(process.env, env) }),
    remove: () => removeFolder(root),
  };
}

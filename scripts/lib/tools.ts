/** Finds other programs and their versions. */
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "./environment";
import { run } from "./process";

/** The file that a command name stands for on PATH, or undefined. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/** Whether the file exists and may be run. */
export function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Milliseconds that a program may take to tell its version. */
const VERSION_TIMEOUT_MS = 15_000;

/** The first version number that a program prints, such as "1.11.4"; undefined when it fails or prints none. */
export async function versionOf(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const options = { env: childEnv(env), timeoutMs: VERSION_TIMEOUT_MS, title: path.basename(file) };
    const { code, stdout, stderr } = await run(file, args, options);
    return code === 0 ? /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] : undefined;
  } catch {
    return undefined;
  }
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer; missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

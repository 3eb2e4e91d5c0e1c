/** What the tests of this folder need of Linux: processes in /proc, and a terminal made by `script` of util-linux. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import * as fs from "node:fs";
import { findOnPath } from "../../scripts/lib/tools";

/**
 * Says what is missing, instead of a failure further on that nobody understands.
 *
 * @param programs that a test starts
 * @throws Error on another system, or when a program is not there
 */
export function requireLinux(
  programs: readonly string[] = [],
  { platform = process.platform, env = process.env }: { platform?: NodeJS.Platform; env?: NodeJS.ProcessEnv } = {},
): void {
  if (platform !== "linux") {
    throw new Error(`This test reads /proc and is for Linux, not for ${platform}: run it in a Linux container.`);
  }
  const missing = programs.filter((name) => findOnPath(name, env) === undefined);
  if (missing.length > 0) throw new Error(`This test needs ${missing.join(", ")} of util-linux on PATH.`);
}

/** Ids of the processes whose command line names a folder. */
export function processesOf(folder: string): string[] {
  requireLinux();
  const ids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => {
    try {
      return fs.readFileSync(`/proc/${id}/cmdline`, "utf8").includes(folder);
    } catch {
      // It ended in the meantime.
      return false;
    }
  });
}

/** Starts a command on a terminal of its own, as a person does; what is written to its stdin is typed. */
export function onTerminal(
  command: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): ChildProcessWithoutNullStreams {
  requireLinux(["script"]);
  return spawn("script", ["-qec", command.join(" "), "/dev/null"], options);
}

/** Keeps two runs of the same command from working in the same folder. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./errors";
import { asUserError, makeFolder } from "./write";

/**
 * Holds a lock file while the work runs. A lock whose process no longer exists is taken over.
 *
 * @param what what is locked, in words for the message
 * @throws UserError when another process holds the lock
 */
export async function withLock<T>(file: string, what: string, work: () => Promise<T>): Promise<T> {
  acquire(file, what);
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function acquire(file: string, what: string): void {
  makeFolder(path.dirname(file));
  try {
    if (!isAlive(holder(file))) fs.rmSync(file, { force: true });
    fs.writeFileSync(file, String(process.pid), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw asUserError(error, file);
    throw new UserError(`${what} is in use by process ${holder(file) ?? "?"}. Wait for it to end, then try again.`);
  }
}

function holder(file: string): number | undefined {
  try {
    return Number(fs.readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

const isAlive = (pid: number | undefined): boolean => pid !== undefined && isRunning(pid);

/** Whether a process with this id runs on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

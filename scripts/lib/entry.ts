/** How a development command that is no part of `tiers` starts and ends. */
import { UserError } from "./errors";
import { catchInterrupts } from "./process";

/** Runs a command's work; an error becomes one line and an exit code. */
export async function runEntry(work: () => Promise<void>): Promise<void> {
  catchInterrupts(() => process.stderr.write("\nStopping.\n"));
  try {
    await work();
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  }
}

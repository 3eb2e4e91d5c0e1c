#!/usr/bin/env node
/** The `tiers` command line: finds the command, runs it, turns errors into lines and exit codes. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands/table";
import { UserError } from "./lib/errors";
import { projectRoot } from "./lib/paths";
import { catchInterrupts } from "./lib/process";

const EXIT_CODES = `
Exit codes:
  0  done
  1  something failed, or was interrupted
  2  wrong usage or input, or a required tool is missing; nothing was changed
  3  could not be told
`;

function version(): string {
  const file = path.join(projectRoot(), "package.json");
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version;
}

/** Only the command that is asked for is loaded. */
function createProgram(words: readonly string[]): Command {
  const program = new Command("tiers")
    .description("One typed app specification, three AWS tiers, each one self-contained Terraform directory.")
    .version(version())
    .exitOverride()
    .showHelpAfterError("Run tiers --help to see what there is.")
    .addHelpText("after", EXIT_CODES);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.summary);
    if (words.includes(entry.name)) entry.load().configure(command);
  }
  return program;
}

/** Prints what went wrong and returns the exit code. */
function explain(error: unknown): number {
  // Commander has printed its own message; its code for help and version is 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const debug = Boolean(process.env.TIERS_DEBUG);
  if (error instanceof UserError) {
    process.stderr.write(`error: ${error.message}\n`);
    if (debug) process.stderr.write(`${error.stack}\n`);
    return error.exitCode;
  }
  const { message = String(error), stack } = error as Partial<Error>;
  process.stderr.write(`error: ${message.split("\n")[0]}\n`);
  process.stderr.write(debug ? `${stack}\n` : "This is a fault of tiers; set TIERS_DEBUG=1 for details.\n");
  return 1;
}

async function main(): Promise<void> {
  catchInterrupts(() => process.stderr.write("\nStopping; what was begun is cleaned up.\n"));
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const words = process.argv.slice(2);
  try {
    const program = createProgram(words);
    if (words.length === 0) program.help({ error: true });
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    process.exitCode = explain(error);
  }
}

void main();

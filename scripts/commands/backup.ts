import type { Command } from "commander";
import type { ResolvedApp } from "../../modules/spec";
import { describeBackups, listBackups } from "../backup";
import { confirmByName } from "../lib/ask";
import { UserError } from "../lib/errors";
import { forDeployedStack, HostFailure, type HostOptions, openHost, runHostProgram } from "./host-target";

const HELP = `
Backups lie in the stack's bucket; list reads them there. Everything else runs on the host, through Systems Manager, and
fails when it fails there. A restore to live asks for the stack's name. Each of them has --help and --json.

Example:
  tiers backup list mvp
  tiers backup now mvp
  tiers backup restore mvp --to scratch --id 20261121T020000Z
  tiers backup restore mvp --to live --yes --json
`;

/** Seconds that a command may run on the host; the timers' own limit is the same. */
const LIMIT_SECONDS = 6 * 3600;

interface Options extends HostOptions {
  acceptSmaller?: boolean;
  to?: string;
  id?: string;
  database?: string;
  yes?: boolean;
  safetyBackup?: string;
}

export function configure(command: Command): void {
  command.addHelpText("after", HELP);
  subcommand(command, "list", "show the backups, the newest first").action((stack: string, options: Options) =>
    list(stack, options),
  );
  subcommand(command, "now", "make a backup, read it back, publish it")
    .option("--accept-smaller", "also publish a dump that shrank below half of the last one")
    .action((stack: string, options: Options) =>
      onHost(stack, options, "backup", ["now", ...(options.acceptSmaller ? ["--accept-smaller"] : [])]),
    );
  subcommand(command, "verify", "download a backup, compare it with its manifest, decode it")
    .option("--id <id>", "which backup (default: the newest)", backupId)
    .action((stack: string, options: Options) =>
      onHost(stack, options, "backup", ["verify", ...(options.id ? [options.id] : [])]),
    );
  subcommand(command, "drill", "restore the newest backup into a scratch container and compare its rows").action(
    (stack: string, options: Options) => onHost(stack, options, "backup", ["drill"]),
  );
  subcommand(command, "restore", "restore a backup beside the live databases, or in their place")
    .requiredOption("--to <target>", "scratch or live", target)
    .option("--id <id>", "which backup (default: the newest that is no safety backup)", backupId)
    .option("--database <name>", "only this database (default: all of the backup)", databaseName)
    .option("--no-safety-backup <reason>", "do not back up first what a restore to live replaces")
    .option("--yes", "do not ask")
    .action((stack: string, options: Options) => restore(stack, options));
}

function subcommand(command: Command, name: string, summary: string): Command {
  return forDeployedStack(command.command(name).description(summary));
}

async function list(stack: string, options: Options): Promise<void> {
  const { context, deployed } = await openHost(stack, options, checkHasBackups);
  const backups = await context.reporter.step("read the manifests", () => listBackups(deployed));
  if (options.json) return context.print(JSON.stringify({ stack, bucket: deployed.bucket, backups }, null, 2));
  if (backups.length > 0) return context.print(describeBackups(backups, new Date()));
  context.print(`There is no backup in s3://${deployed.bucket}/backups/ yet. Make one: tiers backup now ${stack}`);
}

async function restore(stack: string, options: Options): Promise<void> {
  const { to = "", id, database, safetyBackup } = options;
  if (to === "live" && !options.yes) {
    await confirmByName(stack, `This replaces the live database${database ? ` ${database}` : "s"} of ${stack}.`);
  }
  const words = [
    "--to",
    to,
    ...(id ? ["--id", id] : []),
    ...(database ? ["--database", database] : []),
    ...(typeof safetyBackup === "string" ? ["--no-safety-backup", safetyBackup] : []),
    ...(to === "live" ? ["--yes"] : []),
  ];
  await onHost(stack, options, "restore", words);
}

/** Runs one of the host's programs; its exit code becomes this command's. */
async function onHost(stack: string, options: Options, program: string, args: readonly string[]): Promise<void> {
  const host = await openHost(stack, options, checkHasBackups);
  const { context } = host;
  const result = await runHostProgram(host, program, args, LIMIT_SECONDS);
  if (options.json) {
    context.print(JSON.stringify({ stack, ...result }, null, 2));
  } else {
    for (const line of result.stderr.trimEnd().split("\n")) if (line) context.reporter.note(line);
    if (result.stdout) context.print(result.stdout.trimEnd());
  }
  if (result.code !== 0) throw new HostFailure(program, result.code);
}

function checkHasBackups({ database }: ResolvedApp): void {
  if (database.mode === "own") return;
  throw new UserError(
    `The stack runs no database on its host (database.mode is "${database.mode}"), so it has no backups.`,
    2,
  );
}

function target(value: string): string {
  if (value === "scratch" || value === "live") return value;
  throw new UserError(`--to is "${value}"; allowed: scratch, live.`, 2);
}

function backupId(value: string): string {
  if (/^\d{8}T\d{6}Z$/.test(value)) return value;
  throw new UserError(`--id is "${value}"; allowed: an id as tiers backup list shows it, such as 20261121T020000Z.`, 2);
}

function databaseName(value: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(value)) return value;
  throw new UserError(`--database is "${value}"; allowed: the name of a database of the stack.`, 2);
}

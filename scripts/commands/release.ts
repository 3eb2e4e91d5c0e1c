import type { Command } from "commander";
import { UserError } from "../lib/errors";
import { line } from "../release";
import { deploy, rollback } from "./release-deploy";
import { build, push } from "./release-images";
import { history, job, maintenance } from "./release-host";
import { forDeployedStack } from "./host-target";

const HELP = `
build and push work with Docker (buildx) or Podman; the tag is the commit of the source directory, all 40 digits. deploy
turns the tag into digests and asks the host, through Systems Manager, for one transaction: lock, backup when a job is
due, pull, jobs, start, look at health, and the images before when that fails. The host goes on by itself when this
machine does not. Each of them has --help and --json.

Example:
  tiers release build mvp --source ../shop
  tiers release push mvp --source ../shop
  tiers release deploy mvp --source ../shop
  tiers release rollback mvp
  tiers release history mvp
`;

export function configure(command: Command): void {
  command.addHelpText("after", HELP);
  configureImages(command);
  configureDeploy(command);
  configureHost(command);
}

function configureImages(command: Command): void {
  const building = command
    .command("build")
    .description("build the images of services for the host, named by the commit")
    .argument("<stack>", "id of the stack")
    .option("--json", "print the result as JSON");
  forSource(forBuilder(withServices(building, "all that are built from source")))
    .option("--verbose", "show what the builder says as it comes")
    .addHelpText("after", example("build mvp backend --source ../shop --verbose"))
    .action(build);
  const pushing = forDeployedStack(subcommand(command, "push", "push built images to the stack's repositories"));
  forSource(forBuilder(withServices(pushing, "all that are built from source")))
    .option("--tag <tag>", "push what was built under this tag (default: the commit's)", tag)
    .option("--keep-existing", "take what a repository has under the tag of a commit for pushed, as when CI runs again")
    .addHelpText("after", example("push mvp --source ../shop --json"))
    .action(push);
}

function configureDeploy(command: Command): void {
  const deploying = subcommand(command, "deploy", "run pushed images on the host; when that fails, those before");
  forReleaser(forSource(withServices(forDeployedStack(deploying), "all")))
    .option("--tag <tag>", "tag of the images (default: the commit of the source directory)", imageTag)
    .option("--no-backup", "make no backup before jobs that change the database")
    .addHelpText("after", example("deploy mvp --tag 3f1c9d2e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e worker"))
    .action(deploy);
  const goingBack = subcommand(command, "rollback", "run the images of an earlier release; the database stays");
  forReleaser(forDeployedStack(goingBack))
    .option("--to <id>", "images that ran after this release (default: before the newest)", releaseIdOption)
    .addHelpText("after", example("rollback mvp --to 20261121T203106Z-1a2b"))
    .action(rollback);
}

function configureHost(command: Command): void {
  forDeployedStack(subcommand(command, "history", "show the releases, the newest first"))
    .option("--count <number>", "how many (1 to 50)", countOption, 10)
    .addHelpText("after", example("history mvp --count 20"))
    .action(history);
  forDeployedStack(subcommand(command, "job", "run one job now, with its service's released image"))
    .argument("<name>", "name of the job")
    .addHelpText("after", example("job mvp migrate"))
    .action(job);
  forDeployedStack(subcommand(command, "maintenance", "answer every request with a page that says so, or end that"))
    .argument("<action>", "on, off or status", maintenanceAction)
    .option("--message <text>", "text of the page", message)
    .addHelpText("after", example(`maintenance mvp on --message "Back at 14:00 UTC"`))
    .action(maintenance);
}

const subcommand = (command: Command, name: string, summary: string): Command =>
  command.command(name).description(summary);

const example = (words: string): string => `\nExample:\n  tiers release ${words}\n`;

const withServices = (command: Command, all: string): Command =>
  command.argument("[service...]", `services (default: ${all})`);

const forSource = (command: Command): Command =>
  command
    .option("--source <directory>", "git repository of the app, or a folder in it", ".")
    .option("--allow-dirty", "also when files differ from the commit; the tag then says so");

const forBuilder = (command: Command): Command =>
  command.option("--builder <name>", "docker or podman (default: TIERS_BUILDER, else whichever is there)");

const forReleaser = (command: Command): Command =>
  command
    .option("--message <text>", "why, for the history (default of deploy: the commit's first line)", message)
    .option("--by <who>", "who, for the lock and the history (default: this user on this machine)", by);

const message = (value: string): string => line("--message", value);
const by = (value: string): string => line("--by", value);

/** A tag that leaves room for the prefix of released images: ECR takes 128 characters. */
function tag(value: string): string {
  if (/^\w[\w.-]{0,118}$/.test(value)) return value;
  throw new UserError(`--tag is "${value}"; allowed: letters, digits, "_", "." and "-", at most 119.`, 2);
}

function imageTag(value: string): string {
  if (value !== "latest") return tag(value);
  throw new UserError(`--tag is "latest", which moves; allowed: the tag of one image, such as its commit.`, 2);
}

function releaseIdOption(value: string): string {
  if (/^\w[\w.-]{0,63}$/.test(value)) return value;
  throw new UserError(`--to is "${value}"; allowed: an id as tiers release history shows it.`, 2);
}

function countOption(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 50) return number;
  throw new UserError(`--count is "${value}"; allowed: 1 to 50.`, 2);
}

function maintenanceAction(value: string): string {
  if (["on", "off", "status"].includes(value)) return value;
  throw new UserError(`maintenance is "${value}"; allowed: on, off, status.`, 2);
}

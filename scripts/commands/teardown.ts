import * as path from "node:path";
import type { Command } from "commander";
import { confirmByName } from "../lib/ask";
import { childEnv } from "../lib/environment";
import { shown, stackDirectory } from "../lib/paths";
import { count } from "../lib/terminal";
import { describeLeftovers, describeRedeploy, describeSecrets, teardown, type TeardownResult } from "../teardown";
import { createContext, findTarget, loadProject } from "./context";
import { synthesizeAll } from "./synth";

const HELP = `
Destroys everything that the stack's state holds, but keeps what holds data: volumes, buckets and secrets leave the state
and stay in the account. Protections stay in the shipped JSON; they are lifted in a copy. The state is copied to
.teardown/ before anything changes. Interrupted, it goes on when it is run again.

Example:
  tiers teardown mvp
  tiers teardown mvp --delete-data --delete-backups
  tiers teardown mvp --directory /srv/terraform/stacks/mvp --yes --json
`;

interface Options {
  deleteData?: boolean;
  deleteBackups?: boolean;
  directory?: string;
  yes?: boolean;
  json?: boolean;
}

export function configure(command: Command): void {
  command
    .argument("<stack>", "id of the stack")
    .option("--delete-data", "also delete volumes, after a last snapshot of each, and secrets at once")
    .option("--delete-backups", "also delete buckets with everything in them")
    .option("--directory <path>", "directory of the synthesized stack (default: synthesized anew into cdktf.out)")
    .option("--yes", "do not ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((stack: string, options: Options) => takeAway(stack, options));
}

async function takeAway(stack: string, options: Options): Promise<void> {
  const context = createContext(options);
  const { paths, env, reporter } = context;
  const directory = options.directory ? path.resolve(options.directory) : await freshDirectory(stack, context);
  const result = await teardown({
    stackDirectory: directory,
    env: childEnv(env),
    reporter,
    deleteData: options.deleteData === true,
    deleteBackups: options.deleteBackups === true,
    confirm: async (description) => {
      reporter.note(description);
      if (!options.yes) await confirmByName(stack, `This cannot be undone.`);
    },
  });
  const stateCopy = shown(paths.root, result.stateCopy);
  context.print(options.json ? JSON.stringify({ ...result, stateCopy }, null, 2) : inWords({ ...result, stateCopy }));
}

/** The stack as the sources describe it now. */
async function freshDirectory(stack: string, context: ReturnType<typeof createContext>): Promise<string> {
  const project = await loadProject(context);
  findTarget(project, stack);
  await context.reporter.step("synthesize", () => synthesizeAll(context, project));
  return stackDirectory(context.paths.output, stack);
}

function inWords(result: TeardownResult): string {
  const { stack, destroyed, cancelledSpotRequests, leftovers, earlierLeftovers, secretParameters, region, stateCopy } =
    result;
  const parts = [
    `Stack ${stack} is gone: ${count(destroyed, "resource")} destroyed.`,
    cancelledSpotRequests.length > 0 ? `Spot requests cancelled: ${cancelledSpotRequests.join(", ")}` : "",
    `The state as it was: ${stateCopy} (it may hold secrets).`,
    describeLeftovers(leftovers, earlierLeftovers),
    describeSecrets(secretParameters, region),
    describeRedeploy(stack, leftovers),
  ];
  return parts.filter(Boolean).join("\n\n");
}

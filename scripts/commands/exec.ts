import type { Command } from "commander";
import { containerOf, findPlugin, holdSession, shellSession } from "../day-two";
import { UserError } from "../lib/errors";
import { type HostOptions, openHost } from "./host-target";

const HELP = `
Opens a session through Systems Manager; no SSH, no open port. Without a service it is a shell on the host, whose user may
do everything by sudo. With a service it is a shell, or the command after --, in that service's container. AWS keeps who
opened a session and when; it does not keep what is typed, unless the account says so.

Example:
  tiers exec mvp
  tiers exec mvp backend
  tiers exec mvp -- sudo /opt/webrana/bin/status
  tiers exec mvp postgres -- psql -U postgres
`;

export function configure(command: Command): void {
  command
    .argument("<stack>", "id of the stack")
    .argument("[service]", "service, postgres, cache or proxy (default: the host itself)")
    .argument("[command...]", "after --: the command (default: a shell)")
    .option("--directory <path>", "directory of the synthesized stack (default: synthesized anew into cdktf.out)")
    .addHelpText("after", HELP)
    .action((stack: string, _service: unknown, _words: unknown, options: HostOptions, self: Command) =>
      exec(stack, splitWords(self.args.slice(1), process.argv), options),
    );
}

/** What stands before -- is the service, what stands after it the command. */
function splitWords(operands: readonly string[], argv: readonly string[]): { service?: string; command: string[] } {
  const at = argv.indexOf("--");
  const after = at < 0 ? 0 : argv.length - at - 1;
  const before = operands.slice(0, operands.length - after);
  if (before.length > 1) {
    throw new UserError(
      `"${before[1]}" is too much: one service; a command stands after --, as in: exec mvp api -- ls`,
      2,
    );
  }
  return { service: before[0], command: operands.slice(operands.length - after) };
}

async function exec(
  stack: string,
  { service, command }: ReturnType<typeof splitWords>,
  options: HostOptions,
): Promise<void> {
  const plugin = await findPlugin(process.env);
  const { context, app, deployed } = await openHost(stack, options, (found) => {
    if (service !== undefined) containerOf(found, service);
  });
  const container = service === undefined ? undefined : containerOf(app, service);
  const code = await holdSession(deployed, shellSession(container, command), plugin, context.env);
  if (code !== 0) throw new UserError(`session-manager-plugin ended with code ${code}; what it said stands above.`);
}

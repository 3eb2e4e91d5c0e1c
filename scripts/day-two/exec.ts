/** Shells on the host and in its containers. */
import { quoted } from "../lib/host-command";
import type { SessionRequest } from "./session";

/** Runs one command with a terminal; a session's user is no root, and may be by sudo. */
const INTERACTIVE_COMMAND = "AWS-StartInteractiveCommand";

/** What a shell is asked of in a container: the one that every image with a shell has. */
const CONTAINER_SHELL = ["sh"];

/**
 * A session on the host, or in one of its containers.
 *
 * @param container - name of the container. @default - the host itself
 * @param command - program and arguments. @default - a shell
 */
export function shellSession(container: string | undefined, command: readonly string[]): SessionRequest {
  const what = command.length > 0 ? command.join(" ") : "a shell";
  if (container === undefined) {
    return command.length > 0 ? commandSession(command, `tiers: ${what}`) : { reason: "tiers: a shell on the host" };
  }
  const words = ["sudo", "docker", "exec", "--interactive", "--tty", container];
  return commandSession(
    [...words, ...(command.length > 0 ? command : CONTAINER_SHELL)],
    `tiers: ${what} in ${container}`,
  );
}

/** A session that runs one command of the host and ends with it. */
export const commandSession = (words: readonly string[], reason: string): SessionRequest => ({
  document: INTERACTIVE_COMMAND,
  parameters: { command: [words.map(quoted).join(" ")] },
  reason,
});

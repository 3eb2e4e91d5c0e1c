/** Which release it is and who makes it: what the host's lock and history say, and how the host is asked. */
import { randomBytes } from "node:crypto";
import { UserError } from "../lib/errors";
import { MOST_BY } from "../lib/user";

/** "20261121T203106Z-1a2b": sorts by time, and two at the same second differ. */
export function releaseId(now: Date, random: Buffer = randomBytes(2)): string {
  return `${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${random.toString("hex")}`;
}

/** Bytes of a message, as many as the host takes. */
const MOST_MESSAGE = 200;

/**
 * A text that goes to the host. Systems Manager would put a parameter's value where two braces open.
 *
 * @throws UserError (exit 2) when it is no single line, or too long
 */
export function line(option: "--message" | "--by", value: string): string {
  const most = option === "--by" ? MOST_BY : MOST_MESSAGE;
  if (/^[^\p{Cc}]*$/u.test(value) && Buffer.byteLength(value) <= most && !value.includes("{{")) return value;
  throw new UserError(`${option} is not a single line of at most ${most} bytes without "{{".`, 2);
}

/** A commit's subject as a message that {@link line} takes: what does not fit is cut off. */
export function messageOf(subject: string): string {
  const oneLine = subject.replaceAll(/\p{Cc}/gu, " ").replaceAll(/\{(?=\{)/g, "{ ");
  const fitting = Buffer.from(oneLine).subarray(0, MOST_MESSAGE).toString("utf8");
  return fitting.length < oneLine.length ? fitting.replace(/\ufffd+$/, "") : fitting;
}

/**
 * Arguments of the host's program for a release.
 *
 * @param who - `message` may be empty
 * @param further - what is to run, and options of the action
 */
export function releaseWords(
  action: "deploy" | "rollback",
  { id, by, message = "" }: { id: string; by: string; message?: string },
  further: readonly string[],
): string[] {
  return [action, "--id", id, "--by", by, ...(message ? ["--message", message] : []), "--json", ...further];
}

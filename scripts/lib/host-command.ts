/** Runs a command on a stack's host through Systems Manager, as root, and waits for its end. */
import { setTimeout as pause } from "node:timers/promises";
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { UserError } from "./errors";
import { stopIfInterrupted } from "./process";
import type { Deployed } from "./deployed";
import { asking, mayPass, quietSdk } from "./aws";

export interface HostCommand {
  /** Program and arguments; quoted for the host's shell here. */
  words: readonly string[];
  /** What is shown in Systems Manager's history. */
  comment: string;
  /** Seconds that it may run on the host. */
  timeoutSeconds: number;
  /** Called at each look with the seconds that have passed. */
  onWait?(seconds: number): void;
}

export interface HostResult {
  /** Exit code of the program. */
  code: number;
  /** The first 24,000 characters: Systems Manager keeps no more. */
  stdout: string;
  /** The first 8,000 characters. */
  stderr: string;
}

/** How a program of the host ends when somebody else is at work there. */
export const HOST_BUSY = 75;

/** What a program of the host printed as JSON; undefined when it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export interface HostCommandOptions {
  /** @default - the user's own credentials and endpoint settings */
  client?: SSMClient;
  /** Milliseconds between two looks; the first ones follow each other faster. @default 2000 */
  pollMs?: number;
}

/** The host has no way to have run the command: it is not there, or did not fetch it. */
export class HostUnreached extends UserError {}

/** Seconds that the host's agent has to fetch the command; the least that Systems Manager takes is 30. */
const DELIVERY_SECONDS = 60;
/** Milliseconds between the first two looks: many commands take less than a second. */
const FIRST_LOOK_MS = 250;
/** Seconds beyond all limits of Systems Manager after which the wait is given up. */
const SPARE_SECONDS = 60;
/** Ends of a command that no agent has begun. */
const NEVER_BEGUN = new Set(["DeliveryTimedOut", "Undeliverable", "InvalidPlatform", "AccessDenied"]);
const DONE = new Set(["Success", "Failed", "Cancelled", "TimedOut"]);
const NEEDS = ["ssm:DescribeInstanceInformation", "ssm:SendCommand", "ssm:GetCommandInvocation"];

/**
 * Runs a command on the host; one that fails there is a result, not an exception.
 *
 * @throws HostUnreached when the host cannot have run it; UserError when it is not known, or when the time ran out
 */
export async function runOnHost(
  { region, instanceId }: Pick<Deployed, "region" | "instanceId">,
  command: HostCommand,
  { client = defaultClient(region), pollMs = 2000 }: HostCommandOptions = {},
): Promise<HostResult> {
  try {
    return await asking(`The host ${instanceId}`, NEEDS, async () => {
      await requireOnline(client, instanceId);
      const id = await send(client, instanceId, command);
      return toResult(instanceId, id, command, await wait(client, instanceId, id, command, pollMs));
    });
  } finally {
    client.destroy();
  }
}

function defaultClient(region: string): SSMClient {
  quietSdk();
  return new SSMClient({ region });
}

async function requireOnline(client: SSMClient, instanceId: string): Promise<void> {
  const { InstanceInformationList: known = [] } = await client.send(
    new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values: [instanceId] }] }),
  );
  const host = known.find(({ InstanceId: id }) => id === instanceId);
  if (host === undefined) {
    throw new HostUnreached(
      `The host ${instanceId} is not known to Systems Manager. A new host takes some minutes; otherwise look whether it ` +
        "runs, has a way to the internet, and still has the role that the stack gave it.",
    );
  }
  if (host.PingStatus !== "Online") {
    const last = host.LastPingDateTime ? `, last heard of ${host.LastPingDateTime.toISOString()}` : "";
    throw new HostUnreached(
      `The host ${instanceId} is not online in Systems Manager (${host.PingStatus}${last}). Start it, or look at its status checks.`,
    );
  }
}

async function send(client: SSMClient, instanceId: string, command: HostCommand): Promise<string> {
  const { Command: sent } = await client.send(
    new SendCommandCommand({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: [instanceId],
      Comment: command.comment.slice(0, 100),
      TimeoutSeconds: DELIVERY_SECONDS,
      Parameters: {
        commands: [command.words.map(quoted).join(" ")],
        executionTimeout: [String(command.timeoutSeconds)],
      },
    }),
  );
  if (!sent?.CommandId) throw new UserError(`Systems Manager gave the command for ${instanceId} no id.`);
  return sent.CommandId;
}

/** A word that a shell reads as it is. */
export const quoted = (word: string): string =>
  /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

async function wait(
  client: SSMClient,
  instanceId: string,
  id: string,
  command: HostCommand,
  pollMs: number,
): Promise<GetCommandInvocationCommandOutput | undefined> {
  const started = Date.now();
  const limit = (command.timeoutSeconds + DELIVERY_SECONDS + SPARE_SECONDS) * 1000;
  let untilNext = Math.min(FIRST_LOOK_MS, pollMs);
  while (Date.now() - started < limit) {
    const found = await look(client, instanceId, id);
    if (found && DONE.has(found.Status ?? "")) return found;
    command.onWait?.((Date.now() - started) / 1000);
    await pause(untilNext);
    untilNext = Math.min(2 * untilNext, pollMs);
    interruptedAt(id);
  }
  return undefined;
}

/** An interrupted wait stops nothing on the host. */
function interruptedAt(id: string): void {
  try {
    stopIfInterrupted();
  } catch {
    throw new UserError(`Interrupted: the host goes on with it (command ${id} of Systems Manager).`);
  }
}

/**
 * Undefined right after the command was sent, when it is not known everywhere yet, and when AWS did not answer: the host goes
 * on, so the next look may find its end.
 */
async function look(
  client: SSMClient,
  instanceId: string,
  id: string,
): Promise<GetCommandInvocationCommandOutput | undefined> {
  try {
    return await client.send(new GetCommandInvocationCommand({ CommandId: id, InstanceId: instanceId }));
  } catch (error) {
    if ((error as Error).name === "InvocationDoesNotExist" || mayPass(error)) return undefined;
    throw error;
  }
}

function toResult(
  instanceId: string,
  id: string,
  { timeoutSeconds }: HostCommand,
  answer: GetCommandInvocationCommandOutput | undefined,
): HostResult {
  const {
    ResponseCode: code = -1,
    StandardOutputContent: stdout = "",
    StandardErrorContent: stderr = "",
  } = answer ?? {};
  if (answer?.Status === "Success" || (answer?.Status === "Failed" && code > 0)) return { code, stdout, stderr };
  const why = answer?.StatusDetails || answer?.Status || "no answer";
  const message =
    `The command did not end on the host ${instanceId}: ${why} (command ${id} of Systems Manager, at most ` +
    `${timeoutSeconds} s).${stderr ? `\n${stderr.trimEnd()}` : ""}`;
  throw NEVER_BEGUN.has(why) ? new HostUnreached(message) : new UserError(message);
}

/** Container logs in CloudWatch: one group per container, read as one stream in the order of time. */
import { setTimeout as pause } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { asking, quietSdk } from "../lib/aws";

/** Where the lines of one container lie. */
export interface LogGroup {
  service: string;
  /** Name of the group in CloudWatch. */
  name: string;
}

export interface LogLine {
  /** Milliseconds since 1970, as the container's engine said. */
  time: number;
  service: string;
  message: string;
  /** Unique within its group. */
  id: string;
}

/** What reading logs needs; to be set by a test. */
export interface LogOptions {
  region: string;
  /** Milliseconds since 1970: earlier lines are left out. */
  from: number;
  /** @default - the user's own credentials and endpoint settings */
  client?: CloudWatchLogsClient;
}

export interface FollowOptions extends LogOptions {
  /** Ends the following. */
  signal: AbortSignal;
  /** Told of each failed look; the next one covers its time too. */
  onTrouble: (error: unknown) => void;
  /** Milliseconds between two looks. @default 2000 */
  pollMs?: number;
  /** The present. @default Date.now */
  now?: () => number;
}

/**
 * Milliseconds for which every look reads again what was read before. Lines reach CloudWatch seconds after they were
 * written, in batches, and one stream's later line may be there before another's earlier one.
 */
const OVERLAP_MS = 120_000;

const NEEDS = ["logs:FilterLogEvents"];

/**
 * The lines of all groups from a moment until now, the oldest first.
 *
 * @throws UserError when a group cannot be read
 */
export async function* readLogs(groups: readonly LogGroup[], options: LogOptions): AsyncGenerator<LogLine> {
  const client = options.client ?? defaultClient(options.region);
  try {
    yield* merged(groups.map((group) => linesOf(client, group, options.from)));
  } finally {
    client.destroy();
  }
}

/**
 * The same, and then every line that comes, until the signal. A line that reaches CloudWatch up to two minutes late is
 * not lost; it comes after younger ones then. No line comes twice.
 *
 * @throws UserError when the first look fails; a later failure is told and tried again
 */
export async function* followLogs(groups: readonly LogGroup[], options: FollowOptions): AsyncGenerator<LogLine> {
  const { signal, onTrouble, pollMs = 2000, now = Date.now } = options;
  const client = options.client ?? defaultClient(options.region);
  const seen = new Map<string, number>();
  let from = options.from;
  try {
    for (let looks = 0; !signal.aborted; looks += 1) {
      const started = now();
      try {
        for await (const line of merged(groups.map((group) => linesOf(client, group, from)))) {
          if (signal.aborted) return;
          if (markSeen(seen, line)) yield line;
        }
        from = Math.max(options.from, started - OVERLAP_MS);
        forget(seen, from);
      } catch (error) {
        if (looks === 0) throw error;
        onTrouble(error);
      }
      await pause(pollMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    client.destroy();
  }
}

function defaultClient(region: string): CloudWatchLogsClient {
  quietSdk();
  return new CloudWatchLogsClient({ region });
}

/** False when the line was there before. */
function markSeen(seen: Map<string, number>, { service, id, time }: LogLine): boolean {
  const key = `${service} ${id}`;
  if (seen.has(key)) return false;
  seen.set(key, time);
  return true;
}

/** Lines before the next look's beginning cannot come again. */
function forget(seen: Map<string, number>, before: number): void {
  for (const [key, time] of seen) if (time < before) seen.delete(key);
}

/** One group's lines, page by page. CloudWatch sorts them by time; stand-ins sort by stream first. */
async function* linesOf(client: CloudWatchLogsClient, group: LogGroup, from: number): AsyncGenerator<LogLine> {
  let next: string | undefined;
  do {
    const input: FilterLogEventsCommandInput = { logGroupName: group.name, startTime: from, nextToken: next };
    const answer = await asking(
      `The log group ${group.name}`,
      NEEDS,
      () => client.send(new FilterLogEventsCommand(input)),
      {
        service: "CloudWatch",
        byName: { ResourceNotFoundException: "it does not exist; apply the stack to make it anew" },
      },
    );
    const events = (answer.events ?? []).sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
    for (const { timestamp = 0, message = "", eventId = "" } of events) {
      yield { time: timestamp, service: group.service, message: message.replace(/\n+$/, ""), id: eventId };
    }
    next = answer.nextToken;
  } while (next !== undefined);
}

/** Several sorted streams as one; of two lines of the same moment, the earlier stream's comes first. */
async function* merged(streams: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  for (;;) {
    let earliest: { at: number; line: LogLine } | undefined;
    for (const [at, head] of heads.entries()) {
      if (!head.done && (earliest === undefined || head.value.time < earliest.line.time)) {
        earliest = { at, line: head.value };
      }
    }
    const stream = earliest && streams[earliest.at];
    if (!earliest || !stream) return;
    yield earliest.line;
    heads[earliest.at] = await stream.next();
  }
}

/** A line for people: time, the container when there are several, the message. */
export function describeLine({ time, service, message }: LogLine, width: number): string {
  const who = width > 0 ? `${service.padEnd(width)} | ` : "";
  return `${new Date(time).toISOString()} ${who}${message}`;
}

/** What a host says of a release, and the same for people. */
import { z } from "zod";
import { UserError } from "../lib/errors";
import { jsonIn } from "../lib/host-command";
import { table } from "../lib/terminal";

const report = z.object({
  id: z.string(),
  action: z.enum(["deploy", "rollback"]),
  by: z.string(),
  message: z.string(),
  startedAt: z.string(),
  seconds: z.number(),
  /**
   * "released": the new images run. "taken back": they were not well, those before run again. "failed": nothing was changed,
   * or those before are not well either. "refused": another one holds the lock, or there is nothing valid to do.
   */
  result: z.enum(["released", "taken back", "failed", "refused"]),
  /** Why it was not released. */
  reason: z.string(),
  /** By service; empty for a service that ran nothing. */
  images: z.record(z.string(), z.object({ before: z.string(), after: z.string() })),
  /** Backup that was made on the way. */
  backup: z.string(),
  /** Jobs of the release that ran. */
  jobs: z.array(z.string()),
  /** Who holds the lock, when refused. */
  holder: z.string(),
});

/** One release as a host reports it. */
export type Report = z.infer<typeof report>;

/** Bytes of an answer from which on one that cannot be read was cut off: Systems Manager keeps 24,000 characters at most. */
const CUT_BYTES = 20_000;

/**
 * Reads the report of a deploy or a rollback.
 *
 * @throws UserError (exit 3) when it is none: what the host did cannot be told
 */
export const parseReport = (text: string): Report => parse(report, text);

/** Reads the history. @throws UserError (exit 3) when it is none */
export const parseHistory = (text: string): Report[] => parse(z.array(report), text);

function parse<T>(schema: z.ZodType<T>, text: string): T {
  const content = jsonIn(text);
  if (content === undefined && Buffer.byteLength(text) >= CUT_BYTES) {
    throw new UserError("The host's answer is longer than Systems Manager keeps. Ask for less with --count.", 3);
  }
  const found = schema.safeParse(content);
  if (found.success) return found.data;
  const shown = text.trim().slice(0, 200) || "nothing";
  throw new UserError(`The host's answer is not what this version of tiers knows: ${shown}`, 3);
}

const RESULTS: Readonly<Record<Report["result"], string>> = {
  released: "released",
  "taken back": "taken back",
  failed: "FAILED",
  refused: "refused",
};

/** A report as lines: what became of it, each service's image before and after, what was done on the way. */
export function describeReport(stack: string, one: Report): string {
  const { id, result, seconds, images, backup, jobs, reason } = one;
  const rows = Object.entries(images).map(([service, { before, after }]) => [
    service,
    before === after ? `${short(after)} as before` : `${short(before)} -> ${short(after)}`,
  ]);
  const further = [
    ...(backup ? [["backup", backup]] : []),
    ...(jobs.length > 0 ? [["jobs", jobs.join(", ")]] : []),
    ...(reason ? [["reason", reason]] : []),
  ];
  const head = `${RESULTS[result]} ${id} on ${stack} in ${seconds.toFixed(0)} s`;
  const body = [...rows, ...further];
  return body.length > 0 ? `${head}\n${table(body)}` : head;
}

/** The history as a table, in the order given. */
export function describeHistory(reports: readonly Report[]): string {
  const rows = reports.map(({ id, action, result, by, images, message, reason }) => [
    id,
    action,
    RESULTS[result],
    by,
    Object.entries(images)
      .filter(([, { before, after }]) => before !== after)
      .map(([service, { after }]) => `${service} ${short(after)}`)
      .join(", ") || "no image changed",
    [message, reason && `(${reason})`].filter(Boolean).join(" "),
  ]);
  return table([["id", "action", "result", "by", "images", "message"], ...rows], "");
}

/** An image by what tells it apart: the first digits of its digest, else its last part. */
function short(reference: string): string {
  if (reference === "" || reference === "none") return "nothing";
  return /@sha256:([0-9a-f]{12})/.exec(reference)?.[1] ?? reference.split("/").at(-1) ?? reference;
}

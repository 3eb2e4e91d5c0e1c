/** What the host's programs report, as JSON. */
import { z } from "zod";
import { UserError } from "../lib/errors";
import { type HostResult, jsonIn } from "../lib/host-command";

const serviceState = z.object({
  name: z.string(),
  /** As Docker says, such as "running healthy"; "not there" without a container. */
  state: z.string(),
  /** What runs. */
  image: z.string(),
  /** What is released; empty for what the stack itself runs. */
  released: z.string(),
});

const hostStatus = z.object({
  stack: z.string(),
  services: z.array(serviceState),
  disks: z.array(z.object({ mount: z.string(), usedPercent: z.number(), sizeBytes: z.number() })),
  units: z.array(z.object({ name: z.string(), state: z.string() })),
  backup: z.object({ lastSeconds: z.number().nullable(), lastDrillSeconds: z.number().nullable() }),
  maintenance: z.boolean(),
  rebootDue: z.boolean(),
  /** What somebody has to do something about, one sentence each. */
  missing: z.array(z.string()),
});

/** The answer of `bin/status --json`. */
export type HostStatus = z.infer<typeof hostStatus>;

const check = z.object({ name: z.string(), result: z.enum(["ok", "failed", "unknown"]), detail: z.string() });

/** One thing that was looked at. */
export type Check = z.infer<typeof check>;

const hostSmoke = z.object({ checks: z.array(check) });

/** @throws UserError when it is not what `bin/status --json` answers */
export const parseHostStatus = (result: HostResult): HostStatus => parse("status", hostStatus, result);

/** @throws UserError when it is not what `bin/smoke --json` answers */
export const parseHostSmoke = (result: HostResult): Check[] => parse("smoke", hostSmoke, result).checks;

function parse<T>(program: string, shape: z.ZodType<T>, { code, stdout, stderr }: HostResult): T {
  const parsed = shape.safeParse(jsonIn(stdout));
  if (parsed.success) return parsed.data;
  const said = stderr.trimEnd().split("\n").at(-1);
  throw new UserError(`${program} on the host gave no report (exit code ${code}${said ? `): ${said}` : ")."}`);
}

import type { Command } from "commander";
import type { ResolvedApp } from "../../modules/spec";
import {
  commandSession,
  containerOf,
  describeLine,
  findPlugin,
  followLogs,
  holdSession,
  type LogGroup,
  type LogLine,
  readLogs,
} from "../day-two";
import { namesIn } from "../lib/deployed";
import { UserError } from "../lib/errors";
import {
  forDeployedStack,
  HostFailure,
  type HostOptions,
  type HostTarget,
  openHost,
  runHostProgram,
} from "./host-target";

const HELP = `
Shows the logs of all containers, or of one service, the oldest line first. A job's lines are among its service's. With
observability.logs "local" the host is asked: without --follow for its last lines, with it by a session.
With --json each line is an object of its own: time, service, message.

Example:
  tiers logs mvp
  tiers logs mvp backend --since 30m
  tiers logs mvp --follow
  tiers logs mvp backend --since 1d --json | jq -r .message
`;

interface Options extends HostOptions {
  follow?: boolean;
  /** Milliseconds. */
  since?: number;
}

const DEFAULT_SINCE_MS = 3_600_000;
/** Seconds that the host may take to show its last lines. */
const HOST_SECONDS = 60;
/** Systems Manager keeps no more of a program's output. */
const KEPT_CHARACTERS = 24_000;

export function configure(command: Command): void {
  forDeployedStack(command)
    .argument("[service]", "service, postgres, cache or proxy (default: all of them)")
    .option("-f, --follow", "go on with new lines until Ctrl-C")
    .option("--since <time>", "how far back: 90s, 30m, 6h, 2d (default: 1h)", duration)
    .addHelpText("after", HELP)
    .action((stack: string, service: string | undefined, options: Options) => logs(stack, service, options));
}

async function logs(stack: string, service: string | undefined, options: Options): Promise<void> {
  const host = await openHost(stack, options, (app) => check(app, service, options));
  if (host.app.observability.logs === "local")
    return options.follow ? followHost(host, service) : hostLogs(host, service, options);
  await cloudLogs(host, service, options);
}

function check(app: ResolvedApp, service: string | undefined, { follow, since, json }: Options): void {
  if (service !== undefined) containerOf(app, service);
  if (app.observability.logs !== "local") return;
  if (since !== undefined) {
    throw new UserError(`--since is for logs in CloudWatch; observability.logs of this app is "local".`, 2);
  }
  if (follow && json) {
    throw new UserError("--json does not go with --follow when logs stay on the host: the session is a terminal.", 2);
  }
}

async function cloudLogs(host: HostTarget, service: string | undefined, options: Options): Promise<void> {
  const { context, deployed } = host;
  const groups = groupsOf(host).filter((group) => service === undefined || group.service === service);
  if (groups.length === 0)
    throw new UserError(`The stack ${host.stack} has no log group for it yet: deploy it again.`, 2);
  const width = groups.length > 1 ? Math.max(...groups.map((group) => group.service.length)) : 0;
  const show = (line: LogLine): void => context.print(options.json ? asJson(line) : describeLine(line, width));
  const reading = { region: deployed.region, from: Date.now() - (options.since ?? DEFAULT_SINCE_MS) };
  if (!options.follow) {
    for await (const line of readLogs(groups, reading)) show(line);
    return;
  }
  await untilInterrupted(async (signal) => {
    const onTrouble = (error: unknown): void => context.reporter.warn(`${(error as Error).message} Going on.`);
    for await (const line of followLogs(groups, { ...reading, signal, onTrouble })) show(line);
  });
}

const asJson = ({ time, service, message }: LogLine): string =>
  JSON.stringify({ time: new Date(time).toISOString(), service, message });

/** The stack's groups in the order of their containers. */
function groupsOf({ deployed }: HostTarget): LogGroup[] {
  const names = namesIn(deployed, "log_groups");
  return Object.entries(names).map(([service, name]) => ({ service, name }));
}

/** Ctrl-C is how following ends: no mistake. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    await work(ending.signal);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

async function hostLogs(host: HostTarget, service: string | undefined, options: Options): Promise<void> {
  const { context } = host;
  const { code, stdout, stderr } = await runHostProgram(
    host,
    "logs",
    service === undefined ? [] : [service],
    HOST_SECONDS,
  );
  for (const line of stderr.split("\n").filter(Boolean)) context.reporter.note(line);
  for (const line of stdout.trimEnd().split("\n").filter(Boolean))
    context.print(options.json ? hostLineAsJson(line) : line);
  if (stdout.length >= KEPT_CHARACTERS) {
    context.reporter.warn("There is more: Systems Manager cuts what a host says. Read one service, or use --follow.");
  }
  if (code !== 0) throw new HostFailure("logs", code);
}

/** Compose writes "container  | message". */
function hostLineAsJson(line: string): string {
  const [, service = "", message = line] = /^(\S+)\s+\| ?(.*)$/.exec(line) ?? [];
  return JSON.stringify({ service, message });
}

async function followHost(host: HostTarget, service: string | undefined): Promise<void> {
  const { appDir, context, deployed } = host;
  const plugin = await findPlugin(context.env);
  const words = ["sudo", `${appDir}/bin/logs`, "--follow", ...(service === undefined ? [] : [service])];
  await holdSession(deployed, commandSession(words, "tiers: logs --follow"), plugin, context.env);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(value: string): number {
  const [, number = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? 0);
  if (milliseconds > 0) return milliseconds;
  throw new UserError(`--since is "${value}"; allowed: a number and s, m, h or d, such as 90s, 30m, 6h, 2d.`, 2);
}

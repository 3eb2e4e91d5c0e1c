import type { Command } from "commander";
import { EDGE_NETWORK, INTERNAL_NETWORK } from "../../modules/containers/compose";
import { CACHE_PORT, DATABASE_PORT } from "../../modules/containers/environment";
import { CACHE, POSTGRES, runsCache, runsPostgres } from "../../modules/containers/names";
import type { ResolvedApp } from "../../modules/spec";
import {
  addressIn,
  addressQuestion,
  chooseLocalPort,
  containerOf,
  findPlugin,
  holdSession,
  readCommand,
  tunnelSession,
  type TunnelTarget,
} from "../day-two";
import { namesIn } from "../lib/deployed";
import { UserError } from "../lib/errors";
import { runOnHost } from "../lib/host-command";
import { type HostOptions, type HostTarget, openHost } from "./host-target";

const HELP = `
Leads a port of this machine (127.0.0.1) to a container of the stack, through Systems Manager: no SSH, no open port. What
to connect with is printed; passwords are not. The tunnel lasts until Ctrl-C, or until the container is made anew.

Example:
  tiers tunnel mvp db
  tiers tunnel mvp backend --local-port 9000
`;

interface Options extends HostOptions {
  localPort?: number;
}

/** Seconds that the host may take to tell the address. */
const HOST_SECONDS = 30;

export function configure(command: Command): void {
  command
    .argument("<stack>", "id of the stack")
    .argument("<target>", "db, cache or a service")
    .option("--local-port <number>", "port of this machine (default: the container's own, or the next free one)", port)
    .option("--directory <path>", "directory of the synthesized stack (default: synthesized anew into cdktf.out)")
    .addHelpText("after", HELP)
    .action((stack: string, target: string, options: Options) => tunnel(stack, target, options));
}

async function tunnel(stack: string, name: string, options: Options): Promise<void> {
  const plugin = await findPlugin(process.env);
  const host = await openHost(stack, options, (app) => void portOf(app, name));
  const { context, deployed } = host;
  const target = targetOf(host, name);
  const localPort = await chooseLocalPort(options.localPort, target.port);
  const address = await context.reporter.step(`ask ${host.name} where ${name} is`, () => addressOf(host, target));
  for (const line of waysIn(host, name, localPort)) context.print(line);
  const code = await holdSession(deployed, tunnelSession(address, target, localPort), plugin, context.env);
  if (code !== 0) throw new UserError(`session-manager-plugin ended with code ${code}; what it said stands above.`);
}

async function addressOf({ deployed, name }: HostTarget, target: TunnelTarget): Promise<string> {
  const { code, stdout, stderr } = await runOnHost(deployed, {
    words: addressQuestion(target),
    comment: `tiers: where ${target.name} of ${name} is`,
    timeoutSeconds: HOST_SECONDS,
  });
  if (code !== 0)
    throw new UserError(`The host does not tell where ${target.name} is: ${stderr.trim() || `exit code ${code}`}`);
  return addressIn(stdout, target);
}

/** @throws UserError (exit 2) when the stack has no such port */
function portOf(app: ResolvedApp, name: string): number {
  if (name === "db" && runsPostgres(app)) return DATABASE_PORT;
  if (name === "cache" && runsCache(app)) return CACHE_PORT;
  if (name === "db" || name === "cache") {
    const what = name === "db" ? `database.mode is "${app.database.mode}"` : `cache.mode is "${app.cache.mode}"`;
    throw new UserError(`The host of ${app.name} runs no ${name}: ${what}.`, 2);
  }
  const service = app.services[name];
  if (service === undefined) containerOf(app, name);
  if (service?.port !== undefined) return service.port;
  throw new UserError(`${name} listens on no port that the specification knows; take db, cache or a service.`, 2);
}

function targetOf({ app, name: project }: HostTarget, name: string): TunnelTarget {
  const isData = name === "db" || name === "cache";
  return {
    name,
    container: containerOf(app, name === "db" ? POSTGRES : name === "cache" ? CACHE : name),
    network: `${project}_${isData ? INTERNAL_NETWORK : EDGE_NETWORK}`,
    port: portOf(app, name),
  };
}

/** What to connect with, line by line; a password is named by where it lies. */
function waysIn({ app, deployed }: HostTarget, name: string, localPort: number): string[] {
  if (name === "cache") return [`${app.cache.engine}-cli -h 127.0.0.1 -p ${localPort}`];
  if (name !== "db") return [`http://127.0.0.1:${localPort}/`];
  const { database } = app;
  const roles = [
    { role: database.user, base: database.name, secret: database.passwordSecret },
    ...Object.entries(database.ownRoles).map(([role, secret]) => ({ role, base: role, secret })),
  ];
  const sources = namesIn(deployed, "secret_sources");
  return roles.flatMap(({ role, base, secret }) => {
    const source = sources[secret];
    const command =
      source && readCommand({ store: app.secrets[secret]?.store ?? "ssm", id: source, region: deployed.region });
    return [
      `psql "host=127.0.0.1 port=${localPort} dbname=${base} user=${role}"`,
      ...(command ? [`  its password: ${command}`] : []),
    ];
  });
}

function port(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= 65535) return number;
  throw new UserError(`--local-port is "${value}"; allowed: 1 to 65535.`, 2);
}

import * as dns from "node:dns/promises";
import type { Command } from "commander";
import { runsPostgres } from "../../modules/containers/names";
import { publicHosts } from "../../modules/edge/public-hosts";
import { isOn } from "../../modules/spec";
import {
  checkBackup,
  checkFromHere,
  checksOfHost,
  describeSmoke,
  parseHostSmoke,
  readBackupAge,
  smokeCode,
  smokePlan,
  type SmokeReport,
  told,
} from "../day-two";
import { UserError } from "../lib/errors";
import { forDeployedStack, type HostOptions, type HostTarget, openHost, runHostProgram } from "./host-target";

const HELP = `
Looks whether the app works. From here: where each public name leads, its certificate, the redirect to https, the health
path of each service that a name leads to, and ports beside the proxy. On the host: the same through the proxy, the database,
the cache, each service. In AWS: the last verified backup.
Ends with 0 when all is well, 1 when something failed, 3 when something could not be told: so also while a public name does
not lead to the host yet. --direct asks the host's address whatever the names lead to, as before a change of DNS.

Example:
  tiers smoke mvp
  tiers smoke mvp --direct --json
`;

interface Options extends HostOptions {
  direct?: boolean;
}

/** Seconds that the host may take. */
const HOST_SECONDS = 180;

export function configure(command: Command): void {
  forDeployedStack(command)
    .option("--direct", "ask the host's address, wherever the public names lead")
    .addHelpText("after", HELP)
    .action((stack: string, options: Options) => smoke(stack, options));
}

async function smoke(stack: string, options: Options): Promise<void> {
  const host = await openHost(stack, options);
  const { app, context, deployed } = host;
  const publicIp = addressOf(host);
  const plan = smokePlan(app, servedDomain(host), publicIp);
  const here = await context.reporter.step("ask from here", () =>
    checkFromHere(plan, {
      publicIp,
      tls: isOn(app.ingress.tls),
      behindCdn: app.ingress.origin === "cloudflare",
      direct: options.direct ?? false,
      now: new Date(),
      resolve,
    }),
  );
  const answer = await told(async () => parseHostSmoke(await runHostProgram(host, "smoke", ["--json"], HOST_SECONDS)));
  const there = checksOfHost(answer);
  const hostTold = answer.trouble === undefined;
  const backup = runsPostgres(app)
    ? checkBackup(await told(() => readBackupAge(deployed, new Date())), app.backup.maxAgeHours, hostTold)
    : [];
  finish(host, options, {
    stack,
    checks: [
      ...here.map((check) => ({ ...check, from: "here" as const })),
      ...backup.map((check) => ({ ...check, from: "aws" as const })),
      ...there.map((check) => ({ ...check, from: "host" as const })),
    ],
    leftToHost: plan.leftToHost,
  });
}

function finish({ context, stack }: HostTarget, { json }: Options, report: SmokeReport): void {
  const code = smokeCode(report);
  context.print(json ? JSON.stringify({ ...report, code }, null, 2) : describeSmoke(report));
  const count = (result: string): number => report.checks.filter((check) => check.result === result).length;
  if (code === 1) throw new UserError(`${stack}: ${count("failed")} of ${report.checks.length} checks failed.`);
  if (code === 3)
    throw new UserError(`${stack}: ${count("unknown")} of ${report.checks.length} checks could not tell.`, 3);
}

function addressOf({ deployed, stack }: HostTarget): string {
  const { public_ip: address } = deployed.outputs;
  if (typeof address === "string" && address !== "") return address;
  throw new UserError(`The state of ${stack} has no output "public_ip"; deploy it again.`, 2);
}

/** The domain that a variable may have put in place of the specification's: the records of the deployed stack tell it. */
function servedDomain({ app, deployed }: HostTarget): string | undefined {
  const records = (deployed.outputs.dns_records ?? []) as { name?: string }[];
  const at = publicHosts(app).findIndex(({ label }) => label !== undefined);
  const served = at < 0 ? undefined : records[at]?.name;
  const label = publicHosts(app)[at]?.label ?? "";
  if (served === undefined || !served.startsWith(label === "" ? "" : `${label}.`)) return app.dns.domain;
  return label === "" ? served : served.slice(label.length + 1);
}

async function resolve(name: string): Promise<string[]> {
  try {
    return (await dns.lookup(name, { family: 4, all: true })).map(({ address }) => address);
  } catch (error) {
    if (["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

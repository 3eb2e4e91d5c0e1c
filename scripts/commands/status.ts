import type { Command } from "commander";
import { runsPostgres } from "../../modules/containers/names";
import {
  describeStatus,
  parseHostStatus,
  readAlarms,
  readBackupAge,
  readInstance,
  readReleased,
  statusCode,
  statusOf,
  told,
} from "../day-two";
import { namesIn } from "../lib/deployed";
import { UserError } from "../lib/errors";
import { readStack } from "../lib/stack-json";
import { forDeployedStack, type HostOptions, type HostTarget, openHost, runHostProgram } from "./host-target";

const HELP = `
Shows what runs and what is missing: the instance, the containers with their images, disks, the last verified backup, the
alarms. What AWS knows is shown also when the host does not answer.
Ends with 0 when nothing is missing, 1 when something is or an alarm rings, 3 when something could not be told.

Example:
  tiers status mvp
  tiers status mvp --json | jq .wrong
`;

/** Seconds that the host may take to look at itself. */
const HOST_SECONDS = 90;

export function configure(command: Command): void {
  forDeployedStack(command)
    .addHelpText("after", HELP)
    .action((stack: string, options: HostOptions) => status(stack, options));
}

async function status(stack: string, options: HostOptions): Promise<void> {
  const host = await openHost(stack, options);
  const { app, context, deployed } = host;
  const [instance, alarms, released, backup] = await context.reporter.step("ask AWS", () =>
    Promise.all([
      told(() => readInstance(deployed)),
      told(() => readAlarms(deployed, alarmNames(host))),
      told(() => readReleased(deployed, namesIn(deployed, "released_image_parameters"))),
      runsPostgres(app) ? told(() => readBackupAge(deployed, new Date())) : undefined,
    ]),
  );
  const said = await told(async () => parseHostStatus(await runHostProgram(host, "status", ["--json"], HOST_SECONDS)));
  const found = statusOf(stack, { instance, alarms, released, backup, host: said });
  context.print(options.json ? JSON.stringify(found, null, 2) : describeStatus(found));
  const code = statusCode(found);
  if (code === 3) throw new UserError(`Of ${stack}, ${found.untold.length} part(s) could not be told.`, 3);
  if (code === 1) throw new UserError(`${stack} needs somebody: ${found.wrong.length} thing(s) are wrong.`);
}

/** Every alarm of the stack, also those that an existing system gave a name of its own. */
function alarmNames({ directory }: HostTarget): string[] {
  const alarms = Object.values(readStack(directory).resource?.aws_cloudwatch_metric_alarm ?? {});
  return alarms.flatMap(({ alarm_name: name }) => (typeof name === "string" ? [name] : []));
}

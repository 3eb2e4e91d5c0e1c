import type { ContainerContext } from "../../containers/context";
import { jobContainerName } from "../../containers/names";
import type { Job } from "../../spec";
import { lines } from "./text";

/** A unit's name and its text. */
export interface Unit {
  readonly name: string;
  readonly text: string;
}

type Schedule = Extract<Job["when"], { schedule: unknown }>["schedule"];

const COMPOSE = "/usr/bin/docker compose --env-file images.env";

/** Time for images to be pulled and every health check to pass at a first start. */
const START_TIMEOUT_SECONDS = 1200;

/** The unit that runs the app, and a service and a timer per scheduled job. */
export function systemdUnits(context: ContainerContext, stack: string): Unit[] {
  return [appUnit(context, stack), ...scheduledJobs(context, stack)];
}

const appUnitName = ({ app }: ContainerContext): string => `${app.name}.service`;

/** Refuses to start without the mounted data volume, the released images and the secrets; says which one is missing. */
function appUnit(context: ContainerContext, stack: string): Unit {
  const { appDir, dataDir, environmentDir, imagesFile } = context.layout;
  return {
    name: appUnitName(context),
    text: lines(
      "[Unit]",
      `Description=${stack}: all containers of the app`,
      "Requires=docker.service",
      "After=docker.service network-online.target",
      "Wants=network-online.target",
      `RequiresMountsFor=${dataDir}`,
      `AssertPathIsMountPoint=${dataDir}`,
      `AssertPathExists=${imagesFile}`,
      `AssertPathExists=${environmentDir}`,
      "",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `WorkingDirectory=${appDir}`,
      `ExecStartPre=/usr/bin/systemd-tmpfiles --create ${appDir}/tmpfiles.conf`,
      `ExecStart=${COMPOSE} up --detach --wait --remove-orphans`,
      `ExecReload=${COMPOSE} up --detach --wait --remove-orphans`,
      `ExecStop=${COMPOSE} stop`,
      `TimeoutStartSec=${START_TIMEOUT_SECONDS}`,
      `TimeoutStopSec=${stopSeconds(context)}`,
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ),
  };
}

/** Services stop one after the other in the order of their dependencies: the sum of all grace periods, and a minute. */
function stopSeconds({ app }: ContainerContext): number {
  const services = Object.values(app.services).reduce((sum, { stopGraceSeconds }) => sum + stopGraceSeconds, 0);
  return services + 90 + 30 + 30 + 60;
}

function scheduledJobs(context: ContainerContext, stack: string): Unit[] {
  return Object.entries(context.app.jobs).flatMap(([name, job]) =>
    typeof job.when === "string"
      ? []
      : [jobService(context, stack, name, job), jobTimer(context, stack, name, job.when.schedule)],
  );
}

const jobUnitName = ({ app }: ContainerContext, job: string): string => `${app.name}-${jobContainerName(job)}`;

/** The container has a fixed name: a job never runs twice at once, and one that ran out of time is removed. */
function jobService(context: ContainerContext, stack: string, name: string, job: Job): Unit {
  const unit = jobUnitName(context, name);
  return {
    name: `${unit}.service`,
    text: lines(
      "[Unit]",
      `Description=${stack}: job ${name}`,
      `Requisite=${appUnitName(context)}`,
      `After=${appUnitName(context)}`,
      "",
      "[Service]",
      "Type=oneshot",
      `WorkingDirectory=${context.layout.appDir}`,
      `ExecStart=${COMPOSE} run --rm --no-deps -T --name ${unit} ${jobContainerName(name)}`,
      `ExecStopPost=-/usr/bin/docker rm --force ${unit}`,
      `TimeoutStartSec=${job.timeoutSeconds}`,
    ),
  };
}

function jobTimer(context: ContainerContext, stack: string, name: string, schedule: Schedule): Unit {
  return {
    name: `${jobUnitName(context, name)}.timer`,
    text: lines(
      "[Unit]",
      `Description=${stack}: when job ${name} runs`,
      "",
      "[Timer]",
      timerSettings(schedule),
      "AccuracySec=1s",
      "",
      "[Install]",
      "WantedBy=timers.target",
    ),
  };
}

const WEEKDAYS = {
  monday: "Mon",
  tuesday: "Tue",
  wednesday: "Wed",
  thursday: "Thu",
  friday: "Fri",
  saturday: "Sat",
  sunday: "Sun",
} as const;

/** A schedule as a systemd timer. What was missed while the host was down is made up for once, except by intervals. */
export function timerSettings(schedule: Schedule): string[] {
  if ("everyMinutes" in schedule) {
    return [`OnActiveSec=${schedule.everyMinutes}min`, `OnUnitActiveSec=${schedule.everyMinutes}min`];
  }
  const when =
    "dailyAt" in schedule
      ? `*-*-* ${schedule.dailyAt}:00 UTC`
      : `${WEEKDAYS[schedule.weeklyOn]} *-*-* ${schedule.at}:00 UTC`;
  return [`OnCalendar=${when}`, "Persistent=true"];
}

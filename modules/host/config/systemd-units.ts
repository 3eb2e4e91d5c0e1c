import type { ContainerContext } from "../../containers/context";
import { imageVariable, jobContainerName } from "../../containers/names";
import type { Job } from "../../spec";
import { lines } from "./text";

/** A unit's name and its text. */
export interface Unit {
  readonly name: string;
  readonly text: string;
}

type Schedule = Extract<Job["when"], { schedule: unknown }>["schedule"];

/** Time for images to be pulled and every health check to pass at a first start; jobs of a release have their own. */
const START_TIMEOUT_SECONDS = 1800;
/** Between two tries to start after a failure that may pass, such as a registry that does not answer. */
const RETRY_SECONDS = 60;
/** What `libexec/start` ends with when the app itself is at fault: another try would change nothing. */
const APP_FAILED = 3;
/** What `libexec/job` ends with when the job is at work already. */
const RUNS_ALREADY = 75;
/** What `libexec/job` has to end a job whose time is over, before its unit is ended. */
const JOB_END_SECONDS = 60;

/** The unit that runs the app, and a service and a timer per scheduled job. */
export function systemdUnits(context: ContainerContext, stack: string): Unit[] {
  return [appUnit(context, stack), ...scheduledJobs(context, stack)];
}

const appUnitName = ({ app }: ContainerContext): string => `${app.name}.service`;

/**
 * Starts what can run and says what is missing. Docker, the secrets and the images are wanted, not required: a restart of
 * Docker leaves the containers alone, and a call to AWS that failed is made again with the next try.
 */
function appUnit(context: ContainerContext, stack: string): Unit {
  const { app, layout } = context;
  const required = ["data", "containers"].map((part) => `${app.name}-${part}.service`).join(" ");
  const wanted = ["docker.service", `${app.name}-secrets.service`, `${app.name}-images.service`].join(" ");
  return {
    name: appUnitName(context),
    text: lines(
      "[Unit]",
      `Description=${stack}: all containers of the app`,
      `Requires=${required}`,
      `Wants=${wanted}`,
      `After=${required} ${wanted}`,
      `RequiresMountsFor=${layout.dataDir}`,
      `AssertPathIsMountPoint=${layout.dataDir}`,
      "",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `ExecStart=${layout.appDir}/libexec/start`,
      `ExecReload=${layout.appDir}/libexec/start`,
      `ExecStop=${layout.appDir}/libexec/stop`,
      "Restart=on-failure",
      `RestartSec=${RETRY_SECONDS}`,
      `RestartPreventExitStatus=${APP_FAILED}`,
      `TimeoutStartSec=${START_TIMEOUT_SECONDS + deployJobSeconds(context)}`,
      `TimeoutStopSec=${stopSeconds(context)}`,
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ),
  };
}

function deployJobSeconds({ app }: ContainerContext): number {
  return Object.values(app.jobs).reduce(
    (sum, { when, timeoutSeconds }) => sum + (when === "deploy" ? timeoutSeconds : 0),
    0,
  );
}

/** Services stop one after the other in the order of their dependencies: the sum of all grace periods, and a minute. */
export function stopSeconds({ app }: ContainerContext): number {
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

/** A job never runs twice at once: one that a person has started goes on, and this run is left out. */
function jobService(context: ContainerContext, stack: string, name: string, job: Job): Unit {
  const script = `${context.layout.appDir}/libexec/job`;
  return {
    name: `${jobUnitName(context, name)}.service`,
    text: lines(
      "[Unit]",
      `Description=${stack}: job ${name}`,
      "# Not of the app itself: a job of one service does not wait for another that is unwell.",
      `Requisite=${context.app.name}-containers.service`,
      `After=${appUnitName(context)}`,
      "",
      "[Service]",
      "Type=oneshot",
      "# Nothing to run before the service has been released.",
      `ExecCondition=/bin/grep -q ^${imageVariable(job.service)}= ${context.layout.imagesFile}`,
      `ExecStart=${script} ${name}`,
      `ExecStopPost=-${script} --after ${name}`,
      `SuccessExitStatus=${RUNS_ALREADY}`,
      `TimeoutStartSec=${job.timeoutSeconds + JOB_END_SECONDS}`,
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

import type { ContainerContext } from "../../containers/context";
import { runsPostgres } from "../../containers/names";
import { timerSettings, type Unit } from "./systemd-units";
import { lines } from "./text";

/** Longest backup: one that takes longer would still run into the working day. It ends, and the next one is due. */
const BACKUP_TIMEOUT_SECONDS = 6 * 3600;
/** Longest drill: a download, a restore and a count of what the longest backup holds. */
const DRILL_TIMEOUT_SECONDS = 6 * 3600;
/** From the backup to the drill, which proves the newest one. */
const DRILL_AFTER_HOURS = 4;
/** A drill a week leaves the alarm one day for a second try, when it allows this many days; else there is one a day. */
const WEEKLY_FROM_DAYS = 8;

/** The timers that back up and prove it. Empty when the host runs no database of its own. */
export function backupUnits(context: ContainerContext, stack: string): Unit[] {
  const { app } = context;
  if (!runsPostgres(app)) return [];
  const drillAt = later(app.backup.dailyAt, DRILL_AFTER_HOURS);
  const drills =
    app.backup.drillMaxAgeDays >= WEEKLY_FROM_DAYS
      ? ({ weeklyOn: "wednesday", at: drillAt } as const)
      : { dailyAt: drillAt };
  return [
    service(context, "backup", `${stack}: backs up the databases`, "backup now --reason daily", BACKUP_TIMEOUT_SECONDS),
    timer(context, "backup", `${stack}: when the databases are backed up`, timerSettings(app.backup)),
    service(
      context,
      "drill",
      `${stack}: proves that the newest backup can be restored`,
      "backup drill",
      DRILL_TIMEOUT_SECONDS,
    ),
    timer(context, "drill", `${stack}: when a restore is proved`, timerSettings(drills)),
  ];
}

/** "23:30" and 4 hours are "03:30". */
function later(time: string, hours: number): string {
  const [hour = "", minute = ""] = time.split(":");
  return `${String((Number(hour) + hours) % 24).padStart(2, "0")}:${minute}`;
}

/**
 * Nothing depends on these units and no unit is told of a failure: the age of the last success is a metric, and its alarm
 * also rings when the unit was never started at all.
 */
function service({ app, layout }: ContainerContext, part: string, title: string, command: string, limit: number): Unit {
  return {
    name: `${app.name}-${part}.service`,
    text: lines(
      "[Unit]",
      `Description=${title}`,
      "# What was missed while the host was down is due at boot, when the database is still on its way.",
      `After=${app.name}-data.service docker.service ${app.name}.service network-online.target`,
      "",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${layout.appDir}/bin/${command}`,
      `TimeoutStartSec=${limit}`,
      "# Time to say what failed and to remove what is half done.",
      "TimeoutStopSec=120",
      "Nice=10",
      "CPUWeight=20",
      "IOWeight=20",
      "IOSchedulingClass=best-effort",
      "IOSchedulingPriority=7",
    ),
  };
}

function timer({ app }: ContainerContext, part: string, title: string, settings: readonly string[]): Unit {
  return {
    name: `${app.name}-${part}.timer`,
    text: lines(
      "[Unit]",
      `Description=${title}`,
      "",
      "[Timer]",
      ...settings,
      "AccuracySec=1min",
      "",
      "[Install]",
      "WantedBy=timers.target",
    ),
  };
}

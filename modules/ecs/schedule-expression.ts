import type { Job } from "../spec";

type Schedule = Extract<Job["when"], object>["schedule"];

/** A specification's schedule in the words of EventBridge Scheduler, in UTC. */
export function scheduleExpression(schedule: Schedule): string {
  if ("everyMinutes" in schedule) {
    const { everyMinutes } = schedule;
    return `rate(${everyMinutes} ${everyMinutes === 1 ? "minute" : "minutes"})`;
  }
  if ("dailyAt" in schedule) return `cron(${minuteAndHour(schedule.dailyAt)} * * ? *)`;
  return `cron(${minuteAndHour(schedule.at)} ? * ${schedule.weeklyOn.slice(0, 3).toUpperCase()} *)`;
}

/** "02:30" is "30 2". */
function minuteAndHour(time: string): string {
  const [hour, minute] = time.split(":").map(Number);
  return `${minute} ${hour}`;
}

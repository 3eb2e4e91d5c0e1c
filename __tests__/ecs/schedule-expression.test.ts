import { expect, test } from "vitest";
import { scheduleExpression } from "../../modules/ecs/schedule-expression";

test.each([
  [{ everyMinutes: 1 }, "rate(1 minute)"],
  [{ everyMinutes: 90 }, "rate(90 minutes)"],
  [{ dailyAt: "00:00" }, "cron(0 0 * * ? *)"],
  [{ dailyAt: "03:15" }, "cron(15 3 * * ? *)"],
  [{ weeklyOn: "sunday" as const, at: "23:05" }, "cron(5 23 ? * SUN *)"],
  [{ weeklyOn: "thursday" as const, at: "08:30" }, "cron(30 8 ? * THU *)"],
])("%j is %s", (schedule, expression) => {
  expect(scheduleExpression(schedule)).toBe(expression);
});

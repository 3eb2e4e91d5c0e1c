import { expect, test } from "vitest";
import { backupAlarms } from "../../modules/observability/backup-alarms";
import { alarmsOf, problemsOf } from "./fixtures";

const backupAge = (maxAgeHours: number) =>
  backupAlarms({ maxAgeHours, stack: "shop-growth", metricNamespace: "shop/growth" });

test("rings when no hour of the allowed age has a good report, because silence is as bad as age", () => {
  expect(backupAge(26)).toEqual([
    expect.objectContaining({
      key: "backup-age",
      namespace: "shop/growth",
      metric: "BackupAgeSeconds",
      dimensions: { Stack: "shop-growth" },
      statistic: "Maximum",
      periodSeconds: 3600,
      evaluationPeriods: 26,
      threshold: 26 * 3600,
      treatMissing: "breaching",
    }),
  ]);
  expect(backupAge(26)[0]).not.toHaveProperty("datapointsToAlarm");
});

test("is the host's alarm by key and metric, so that a move changes no name", () => {
  const onHost = alarmsOf()["backup-age"];
  const [onTask] = backupAge(26);
  expect([onTask?.key, onTask?.metric, onTask?.threshold]).toEqual([onHost?.key, onHost?.metric, onHost?.threshold]);
});

// The least and the most that the specification allows.
test.each([25, 168])("CloudWatch accepts %i hours", (hours) => {
  expect(backupAge(hours).flatMap(problemsOf)).toEqual([]);
});

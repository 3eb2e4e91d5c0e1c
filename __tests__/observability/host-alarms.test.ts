import { describe, expect, test } from "vitest";
import { alarmsOf, HOST_VARIANTS, hostApp, problemsOf } from "./fixtures";

describe("which alarms a host has", () => {
  const keys = (app = hostApp()) => Object.keys(alarmsOf(app));

  test("all eight by default, in the order of the dashboard", () => {
    expect(keys()).toEqual([
      "status-check",
      "cpu",
      "cpu-credits",
      "memory",
      "disk-data",
      "disk-root",
      "backup-age",
      "drill-age",
    ]);
  });

  test("no credits on a type that has none", () => {
    expect(keys(hostApp({ host: { burstable: false } }))).not.toContain("cpu-credits");
  });

  test.each(["external", "none"] as const)("no backups of a database that is %s", (mode) => {
    expect(keys(hostApp({ database: { mode } }))).toEqual([
      "status-check",
      "cpu",
      "cpu-credits",
      "memory",
      "disk-data",
      "disk-root",
    ]);
  });
});

test("the CPU alarm: more than 80 % on average in two periods of 300 seconds, of this instance", () => {
  expect(alarmsOf()["cpu"]).toMatchObject({
    namespace: "AWS/EC2",
    metric: "CPUUtilization",
    dimensions: { InstanceId: "i-0abc" },
    statistic: "Average",
    periodSeconds: 300,
    evaluationPeriods: 2,
    threshold: 80,
    comparison: "GreaterThanThreshold",
  });
});

test("the status check looks at every minute, because a dead host is the worst case", () => {
  expect(alarmsOf()["status-check"]).toMatchObject({
    namespace: "AWS/EC2",
    metric: "StatusCheckFailed",
    dimensions: { InstanceId: "i-0abc" },
    statistic: "Maximum",
    periodSeconds: 60,
    evaluationPeriods: 2,
    threshold: 1,
    comparison: "GreaterThanOrEqualToThreshold",
  });
});

test("nobody is told to start an interrupted Spot host by hand: only EC2 can", () => {
  const advice = (spot: boolean) => alarmsOf(hostApp({ host: { spot } }))["status-check"]?.description;
  expect(advice(true)).toContain("do not start it by hand");
  expect(advice(false)).toContain("If it is stopped, start it.");
  expect(advice(false)).not.toContain("Spot");
});

test("standard credits: fewer than 20 for two hours, longer than a new host takes to earn them", () => {
  const alarm = alarmsOf(hostApp({ host: { cpuCredits: "standard" } }))["cpu-credits"];
  expect(alarm).toMatchObject({ metric: "CPUCreditBalance", threshold: 20, comparison: "LessThanThreshold" });
  expect((alarm?.periodSeconds ?? 0) * (alarm?.evaluationPeriods ?? 0)).toBe(2 * 3600);
});

test("unlimited credits: what is owed, within reach of the smallest type", () => {
  expect(alarmsOf()["cpu-credits"]).toMatchObject({
    metric: "CPUSurplusCreditBalance",
    threshold: 144,
    comparison: "GreaterThanOrEqualToThreshold",
  });
});

test("memory and both disks: the host's own metrics, by stack and mount", () => {
  const { memory, "disk-data": data, "disk-root": root } = alarmsOf();
  expect(memory).toMatchObject({
    namespace: "shop/mvp",
    metric: "MemoryUsedPercent",
    dimensions: { Stack: "shop-mvp" },
    threshold: 90,
  });
  const disk = { namespace: "shop/mvp", metric: "DiskUsedPercent", statistic: "Maximum", threshold: 85 };
  expect(data).toMatchObject({ ...disk, dimensions: { Stack: "shop-mvp", Mount: "data" } });
  expect(root).toMatchObject({ ...disk, dimensions: { Stack: "shop-mvp", Mount: "root" } });
});

test("ages ring at what the app asks for", () => {
  const alarms = alarmsOf(hostApp({ backup: { maxAgeHours: 5, drillMaxAgeDays: 3 } }));
  expect(alarms["backup-age"]).toMatchObject({ metric: "BackupAgeSeconds", threshold: 5 * 3600 });
  expect(alarms["backup-age"]?.description).toContain("in the last 5 hours");
  expect(alarms["drill-age"]).toMatchObject({ metric: "RestoreDrillAgeSeconds", threshold: 3 * 86400 });
  expect(alarms["drill-age"]?.description).toContain("in the last 3 days");
});

describe("what silence means", () => {
  test.each([
    ["status-check", "missing", true],
    ["cpu", "missing", undefined],
    ["cpu-credits", "missing", undefined],
    ["memory", "missing", true],
    ["disk-data", "missing", undefined],
    ["disk-root", "missing", undefined],
    ["backup-age", "breaching", undefined],
    ["drill-age", "missing", true],
  ])("%s: %s, mail %s", (key, treatMissing, notifyWhenSilent) => {
    const alarm = alarmsOf()[key];
    expect([alarm?.treatMissing, alarm?.notifyWhenSilent]).toEqual([treatMissing, notifyWhenSilent]);
  });

  test.each(HOST_VARIANTS)("%s: when EC2 or the host itself falls silent, somebody is told", (_what, app) => {
    const telling = Object.values(alarmsOf(app)).filter(
      ({ treatMissing, notifyWhenSilent }) => treatMissing === "breaching" || notifyWhenSilent,
    );
    expect(new Set(telling.map(({ namespace }) => namespace))).toEqual(new Set(["AWS/EC2", "shop/mvp"]));
  });
});

describe.each(HOST_VARIANTS)("what CloudWatch accepts: %s", (_what, app) => {
  test.each(Object.values(alarmsOf(app)))("$key", (alarm) => {
    expect(problemsOf(alarm)).toEqual([]);
  });
});

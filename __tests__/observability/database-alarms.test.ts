import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { describe, expect, test } from "vitest";
import { Alarms } from "../../modules/observability/alarms";
import { databaseAlarms, type InstanceAlarmInput } from "../../modules/observability/database-alarms";
import { numberVariable } from "../../modules/terraform/variables";
import { resourcesOf, synth } from "../helpers/synth";
import { byKey, problemsOf, shopNames } from "./fixtures";

const INSTANCE: InstanceAlarmInput = {
  engine: "postgres",
  identifier: "shop-growth",
  maxConnections: 112,
  storageGiB: 20,
  burstable: true,
};
const instance = databaseAlarms(INSTANCE);
const cluster = databaseAlarms({ engine: "aurora-postgresql", identifier: "shop-growth", maxConnections: 189 });

test("an instance has storage, and credits when its class is burstable", () => {
  const keys = ["database-cpu", "database-connections", "database-memory", "database-storage"];
  expect(Object.keys(byKey(instance))).toEqual([...keys, "database-credits"]);
  expect(Object.keys(byKey(databaseAlarms({ ...INSTANCE, burstable: false })))).toEqual(keys);
});

test("a cluster grows its storage by itself, and has a capacity instead", () => {
  expect(Object.keys(byKey(cluster))).toEqual([
    "database-cpu",
    "database-connections",
    "database-memory",
    "database-capacity",
  ]);
});

test("an instance is watched by its identifier, a cluster by whichever instance writes", () => {
  for (const { namespace, dimensions } of instance) {
    expect([namespace, dimensions]).toEqual(["AWS/RDS", { DBInstanceIdentifier: "shop-growth" }]);
  }
  for (const { dimensions } of cluster) {
    expect(dimensions).toEqual({ DBClusterIdentifier: "shop-growth", Role: "WRITER" });
  }
});

describe("thresholds", () => {
  const of = (key: string) => byKey([...cluster.slice(-1), ...instance])[key];

  test.each([
    ["database-cpu", "CPUUtilization", "GreaterThanThreshold", 80],
    // More than 89 connections are at least 80 % of 112.
    ["database-connections", "DatabaseConnections", "GreaterThanThreshold", 89],
    ["database-memory", "FreeableMemory", "LessThanThreshold", 104_857_600],
    // A fifth of 20 GiB.
    ["database-storage", "FreeStorageSpace", "LessThanThreshold", 4 * 1024 ** 3],
    ["database-credits", "CPUCreditBalance", "LessThanThreshold", 20],
    ["database-capacity", "ACUUtilization", "GreaterThanThreshold", 90],
  ])("%s: %s %s %i", (key, metric, comparison, threshold) => {
    expect(of(key)).toMatchObject({ metric, comparison, threshold, treatMissing: "missing" });
  });

  test("credits: a new micro, which earns 12 an hour, has 20 before the alarm has looked at every period", () => {
    const { periodSeconds = 0, evaluationPeriods = 0 } = of("database-credits") ?? {};
    expect((12 / 3600) * periodSeconds * evaluationPeriods).toBeGreaterThan(20);
  });

  test("what follows from a variable is computed by Terraform", () => {
    const json = synth((stack) => {
      const alarms = databaseAlarms({
        ...INSTANCE,
        maxConnections: numberVariable(stack, "connections", { description: "c", default: 112 }),
        storageGiB: numberVariable(stack, "storage", { description: "s", default: 20 }),
      });
      new Alarms(stack, "alarm", { names: shopNames(), topicArn: "arn:topic", alarms });
    });
    const alarms = resourcesOf(json, CloudwatchMetricAlarm);
    expect(alarms["alarm_database_connections"]?.["threshold"]).toBe("${floor((var.connections * 0.8))}");
    expect(alarms["alarm_database_storage"]?.["threshold"]).toBe("${floor((var.storage * 214748364.8))}");
  });
});

test.each([...instance, ...cluster])("CloudWatch accepts $key", (alarm) => {
  expect(problemsOf(alarm)).toEqual([]);
});

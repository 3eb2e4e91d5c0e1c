import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  clusterInstanceParameters,
  clusterParameters,
  databaseFamily,
  type DatabaseParameter,
  instanceParameters,
} from "../../modules/data/database-parameters";
import { outputOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";
import { variable } from "./managed-stack";

const byName = (parameters: readonly DatabaseParameter[]) =>
  Object.fromEntries(parameters.map(({ name, value, applyMethod }) => [name, [value, applyMethod]]));

const LOGGING = {
  log_min_duration_statement: ["1000", "immediate"],
  log_lock_waits: ["1", "immediate"],
  log_temp_files: ["10240", "immediate"],
};
const TLS = { "rds.force_ssl": ["1", "pending-reboot"] };
const REPLICATION = { "rds.logical_replication": ["1", "pending-reboot"] };

test("families are named by engine and major version", () => {
  expect(databaseFamily("postgres", 17)).toBe("postgres17");
  expect(databaseFamily("aurora-postgresql", 16)).toBe("aurora-postgresql16");
});

describe("an RDS instance", () => {
  test("takes TLS only, is ready for logical replication, and logs what is slow", () => {
    const slots = { max_slot_wal_keep_size: ["2048", "immediate"] };
    expect(byName(instanceParameters(20))).toEqual({ ...TLS, ...REPLICATION, ...slots, ...LOGGING });
  });

  test.each([
    [20, "2048"],
    [55, "5632"],
    [500, "51200"],
    [5000, "51200"],
  ])("of %i GiB lets a replication slot hold back %s MiB, never more than 50 GiB", (gib, mib) => {
    expect(byName(instanceParameters(gib)).max_slot_wal_keep_size?.[0]).toBe(mib);
  });
});

test("storage that is a variable makes the slots follow it", () => {
  const json = synth((stack) => {
    const { numberValue } = variable(stack, "storage_gib", "number", 20);
    new TerraformOutput(stack, "slots", { value: byName(instanceParameters(numberValue)).max_slot_wal_keep_size?.[0] });
  });
  expect(outputOf(json, "slots")).toBe("${min(51200, floor((var.storage_gib * 102.4)))}");
});

describe("an Aurora cluster", () => {
  test("takes TLS only, and is ready for logical replication", () => {
    expect(byName(clusterParameters(false))).toEqual({ ...TLS, ...REPLICATION });
    expect(byName(clusterInstanceParameters())).toEqual(LOGGING);
  });

  test("that pauses has no logical replication, which would keep it awake", () => {
    expect(byName(clusterParameters(true))).toEqual(TLS);
  });
});

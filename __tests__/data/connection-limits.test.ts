import { TerraformOutput } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import {
  auroraConnectionLimit,
  classConnectionLimit,
  classMemoryMiB,
  connectionLimit,
} from "../../modules/data/connection-limits";
import { stringVariable } from "../../modules/terraform/variables";
import { outputOf } from "../helpers/inspect";
import { PlainTerraform } from "../helpers/plain-terraform";
import { synth } from "../helpers/synth";

const GIB = 1024;

test.each([
  [2, 189],
  [8, 823],
  [16, 1669],
  [32, 3360],
  [64, 5000],
])("%i GiB allow the %i connections that AWS publishes", (gib, connections) => {
  expect(connectionLimit(gib * GIB)).toBe(connections);
});

test("memory follows from kind and size, in every generation", () => {
  const memory = ["db.t4g.micro", "db.t3.medium", "db.m7g.large", "db.m8g.xlarge", "db.r6i.large"].map(classMemoryMiB);
  expect(memory).toEqual([1, 4, 8, 16, 16].map((gib) => gib * GIB));
  expect(["db.serverless", "db.x2g.large", "db.t4g.nano", "t4g.micro", "db.c7g.large"].map(classMemoryMiB)).toEqual(
    Array(5).fill(undefined),
  );
});

test("a class that is not known counts as the smallest, so that an alarm rings early", () => {
  expect(classConnectionLimit("db.t4g.micro")).toBe(83);
  expect(classConnectionLimit("db.x2g.large")).toBe(83);
  expect(classConnectionLimit("db.r5.24xlarge")).toBe(5000);
});

test.each([
  [0.5, 1, 189],
  [0.5, 2, 400],
  [0.5, 16, 2000],
  [1, 16, 3360],
  [1, 256, 5000],
])("an Aurora cluster of %f to %i units allows %i", (min, max, connections) => {
  expect(auroraConnectionLimit({ min, max })).toBe(connections);
});

describe("a class that is a Terraform variable", () => {
  const json = synth((stack) => {
    const instanceClass = stringVariable(stack, "class", { description: "Class", default: "db.t4g.micro" });
    new TerraformOutput(stack, "limit", { value: classConnectionLimit(instanceClass) });
  });
  const expression = String(outputOf(json, "limit"));
  const classes = ["t4g.micro", "t3.small", "m6g.2xlarge", "r7g.large", "m9i.48xlarge", "x2g.large"].map(
    (c) => `db.${c}`,
  );
  const output = Object.fromEntries(
    classes.map((name, i) => [`class_${i}`, { value: expression.replaceAll("var.class", `"${name}"`) }]),
  );
  const terraform = new PlainTerraform("connection-limits", { output });
  afterAll(() => terraform.remove());

  test("is looked up by Terraform, with the same results", () => {
    expect(expression).toContain("var.class");
    expect(Object.values(terraform.outputs())).toEqual(classes.map(classConnectionLimit));
  });
});

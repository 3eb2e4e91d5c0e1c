/** `tiers simulate` with faults, and beside a real provider's schemas, as a person runs it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../scripts/lib/environment";
import type { SimulatedRun } from "../../scripts/setup/simulated-run";
import { type Comparison, startSimulator } from "../../scripts/simulator";
import { filesIn } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { shippedStackTexts } from "../helpers/shipped";
import { makeFolder, must, removeFolder, Workspace } from "../simulator/support";

let project: ProjectCopy;
beforeAll(async () => void (project = await copyProject("simulate-faults")), 120_000);
afterAll(() => project.remove());

const LIMIT_MS = 180_000;

describe("tiers simulate --fault", () => {
  test("fails as told, mends what a person would mend, and leaves nothing behind", { timeout: LIMIT_MS }, async () => {
    const faults = [
      "create:aws_iam_role=die:after",
      "create:aws_ebs_volume=partial",
      "create:aws_s3_bucket=throttle:3",
      "read:aws_subnet=fail",
      "create:aws_instance=kill",
      "delete:aws_vpc=lose",
    ];
    const asked = faults.flatMap((fault) => ["--fault", fault]);
    const { code, stdout, stderr } = await project.tiers(["simulate", "mvp", "--json", ...asked]);
    expect([code, stderr]).toEqual([0, ""]);
    const run = JSON.parse(stdout) as SimulatedRun;
    const report = must(run.faults, "faults");
    expect(report.faults.map(({ fault, times }) => [fault, times])).toEqual([
      ["create:aws_iam_role:1=die:after", 1],
      ["create:aws_ebs_volume:1=partial", 1],
      ["create:aws_s3_bucket:1=throttle:3:1000", 1],
      ["read:aws_subnet:1=fail:InternalFailure", 1],
      ["create:aws_instance:1=kill:before", 1],
      ["delete:aws_vpc:1=lose", 1],
    ]);
    const mended = report.setbacks.flatMap(({ mendedBy }) => mendedBy);
    expect(mended).toContainEqual(expect.stringMatching(/^terraform untaint aws_ebs_volume\.\w+$/));
    expect(mended).toContainEqual(expect.stringMatching(/^terraform import aws_iam_role\.\w+ webrana-mvp-host$/));
    expect(report.setbacks.flatMap(({ leftOver }) => leftOver)).toEqual([]);
    const blamed = new Set(report.setbacks.flatMap((setback) => setback.faults));
    expect(blamed.size).toBe(faults.length);
    expect(run.leftovers?.map(({ type }) => type).sort()).toEqual(["aws_ebs_volume", "aws_s3_bucket"]);
    expect(filesIn(path.join(project.root, ".simulated"))).toEqual([]);
  });

  test("that is none: every mistake in a line of its own, and nothing is begun", async () => {
    const { code, stdout, stderr } = await project.tiers([
      "simulate",
      "mvp",
      "--fault",
      "create:aws_vpc",
      "--fault",
      "create:aws_vpc=explode",
    ]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^error: The fault "create:aws_vpc" is not understood: it has no "="; write /),
      expect.stringMatching(/^The fault "create:aws_vpc=explode" is not understood: "explode" is none of fail, /),
    ]);
    expect(filesIn(path.join(project.root, ".simulated"))).toEqual([]);
  });

  test("for a type that the stack does not have is told before Terraform runs", { timeout: LIMIT_MS }, async () => {
    const { code, stderr } = await project.tiers(["simulate", "mvp", "--fault", "create:aws_instances=fail"]);
    expect(code).toBe(2);
    expect(stderr).toContain('stack mvp has no aws_instances; did you mean "aws_instance"?');
    expect(stderr).not.toContain("terraform init");
  });
});

describe("tiers simulate --compare-schema", () => {
  let dir: string;
  beforeAll(() => void (dir = makeFolder("simulate-compare")));
  afterAll(() => removeFolder(dir));

  /** What Terraform prints in the directory of a stack. */
  async function printed(): Promise<string> {
    fs.mkdirSync(path.join(dir, "stack"));
    fs.writeFileSync(path.join(dir, "stack", "cdk.tf.json"), must(shippedStackTexts().get("mvp"), "mvp"));
    const simulator = await startSimulator({ dir, baseEnv: simulatedEnv(process.env) });
    try {
      const workspace = new Workspace({ dir, env: { ...simulatedEnv(process.env), ...simulator.env } }, "stack");
      await workspace.ok("init");
      return (await workspace.terraform("providers", "schema", "-json")).stdout;
    } finally {
      await simulator.stop();
    }
  }

  test("ends with 0 when all is equal, and with 1 and each difference when not", { timeout: LIMIT_MS }, async () => {
    const text = await printed();
    const file = path.join(dir, "schemas.json");
    fs.writeFileSync(file, text);
    const equal = await project.tiers(["simulate", "mvp", "--compare-schema", file]);
    expect(equal.code).toBe(0);
    expect(equal.stdout).toMatch(
      /^hashicorp\/aws and hashicorp\/random, the types of the stacks, \d+ compared: no difference\.\n$/,
    );
    expect(equal.stderr).toMatch(/Read \d+\.\d MB and compared \d+ types, with \d+\.\d MB of memory at most\./);

    const changed = JSON.parse(text) as {
      provider_schemas: Record<string, { resource_schemas: Record<string, { version: number }> }>;
    };
    const aws = must(changed.provider_schemas["registry.terraform.io/hashicorp/aws"], "aws");
    must(aws.resource_schemas.aws_subnet, "aws_subnet").version = 1;
    delete aws.resource_schemas.aws_eip;
    delete changed.provider_schemas["registry.terraform.io/hashicorp/random"];
    fs.writeFileSync(file, JSON.stringify(changed));
    const different = await project.tiers(["simulate", "mvp", "--compare-schema", file]);
    expect(different.code).toBe(1);
    expect(different.stdout.split("\n\n")).toEqual([
      "resource aws_eip\n  nothing in the provider, there simulated",
      "resource aws_subnet\n  version 1 in the provider, 0 simulated",
      "Not in the file, so not compared: hashicorp/random",
      expect.stringMatching(/compared: 2 differences in 2 types: 1 extra, 1 version\.\n$/),
    ]);

    const json = await project.tiers(["simulate", "--compare-schema", file, "--all", "--json"]);
    expect([json.code, json.stderr]).toEqual([1, ""]);
    const comparison = JSON.parse(json.stdout) as Comparison;
    expect(comparison.types).toBeGreaterThan(2_000);
    expect(comparison.counts.version).toBe(1);
  });

  test.each([
    ["a file that is not there", ["--compare-schema", "none.json"], "none.json does not exist."],
    ["a file of something else", ["--compare-schema", "package.json"], 'package.json has no "provider_schemas".'],
    ["--all without it", ["mvp", "--all"], "--all belongs to --compare-schema"],
    ["neither a stack nor a file", [], "missing required argument 'stack'"],
    ["an unknown stack", ["mvq", "--compare-schema", "package.json"], 'did you mean "mvp"?'],
  ])("%s ends with 2", async (_what, args, message) => {
    const { code, stdout, stderr } = await project.tiers(["simulate", ...args]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

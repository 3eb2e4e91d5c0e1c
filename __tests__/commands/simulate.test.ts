import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SimulatedRun } from "../../scripts/setup/simulated-run";
import { readWorldObjects } from "../../scripts/simulator/world";
import { filesIn } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";

let project: ProjectCopy;
beforeAll(async () => void (project = await copyProject("simulate")), 120_000);
afterAll(() => project.remove());

const LIMIT_MS = 180_000;
const simulated = (...parts: string[]): string => path.join(project.root, ".simulated", ...parts);

const simulate = (...args: string[]): Promise<SimulatedRun> => simulateStack("mvp", ...args);

async function simulateStack(...args: string[]): Promise<SimulatedRun> {
  const { code, stdout, stderr } = await project.tiers(["simulate", "--json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as SimulatedRun;
}

describe("tiers simulate", () => {
  test(
    "deploys, proves the second plan empty and tears down, on the shipped bytes, and leaves no file",
    { timeout: LIMIT_MS },
    async () => {
      const run = await simulate();
      expect(run).toMatchObject({ stack: "mvp", simulated: true, state: { backend: "local", overridden: false } });
      expect(run.resources.aws_instance).toBe(1);
      expect(run.outputs.find(({ name }) => name === "instance_id")).toMatchObject({
        description: expect.stringMatching(/\w/),
        value: expect.stringMatching(/^i-[0-9a-f]{17}$/),
      });
      expect(run.leftovers?.map(({ type }) => type).sort()).toEqual(["aws_ebs_volume", "aws_s3_bucket"]);
      expect(run.steps.map(({ title }) => title)).toEqual([
        "check the tools",
        "synthesize",
        "start the simulated AWS",
        "terraform init",
        "terraform validate",
        "terraform plan",
        expect.stringMatching(/^terraform apply of \d+ resources$/),
        "second terraform plan finds nothing to do",
        "read the state",
        expect.stringMatching(/^lift the protection of \d+ resources$/),
        "set aside 2 that hold data, with their 6 settings",
        expect.stringMatching(/^destroy \d+ resources$/),
      ]);
      expect(filesIn(simulated())).toEqual([]);
      expect(filesIn(project.root).filter((file) => file.endsWith(".tfstate"))).toEqual([]);
    },
  );

  test.each([
    ["rex-all-in-one", 1],
    ["fastapi-ec2", 0],
  ])("%s: the same, and its %d Spot requests go first", { timeout: LIMIT_MS }, async (stack, requests) => {
    const run = await simulateStack(stack);
    expect(run.steps.map(({ title }) => title)).toContain("second terraform plan finds nothing to do");
    expect(run.spotRequests).toHaveLength(requests);
    expect(run.leftovers?.map(({ type }) => type).sort()).toEqual(["aws_ebs_volume", "aws_s3_bucket"]);
  });

  test(
    "with --keep the world, the state and the directory stay to be looked at; an S3 state is overridden beside the JSON",
    { timeout: LIMIT_MS },
    async () => {
      const run = await simulate("--keep", "--state", "s3");
      expect(run.state).toEqual({ backend: "s3", overridden: true });
      expect(run.leftovers).toBeUndefined();
      expect([run.worldFile, run.stateFile]).toEqual([
        ".simulated/mvp/world.json",
        ".simulated/mvp/terraform.mvp.tfstate",
      ]);
      expect(readWorldObjects(path.join(project.root, run.worldFile)).map(({ type }) => type)).toContain(
        "aws_instance",
      );
      const json = fs.readFileSync(simulated("mvp", "cdktf.out", "stacks", "mvp", "cdk.tf.json"), "utf8");
      expect(JSON.parse(json)).toMatchObject({ terraform: { backend: { s3: { use_lockfile: true, encrypt: true } } } });
      expect(fs.existsSync(simulated("mvp.lock"))).toBe(false);
    },
  );

  test(
    "says in words what was made, that nothing is real, and how long each step took",
    { timeout: LIMIT_MS },
    async () => {
      const { code, stdout, stderr } = await project.tiers(["simulate", "mvp"], {
        AWS_PROFILE: "real",
        AWS_ACCESS_KEY_ID: "AKIAREAL",
      });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Resources \(\d+\):\n +1 {2}aws_cloudwatch_dashboard\n/);
      expect(stdout).toContain("Fixed public IPv4 address of the host\n    public_ip = ");
      expect(stdout).toMatch(/cdk\.tf\.json was the same before and after:\n {2}sha256 [0-9a-f]{64}\n/);
      expect(stdout).toContain("Nothing of this is real: AWS was simulated.");
      expect(stderr).toMatch(
        /^Credentials of your shell \(AWS_ACCESS_KEY_ID\) are ignored: nothing here reaches AWS\.\n {2}ok {3}check the tools +\d+\.\d s\nStack mvp on a simulated AWS\. Nothing of it is real\.\n {2}ok {3}synthesize +\d+\.\d s\n/,
      );
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      expect(stdout + stderr).not.toContain("AKIAREAL");
    },
  );
});

describe("a folder that cannot be written", () => {
  test("ends with one line and exit code 2", async () => {
    fs.rmSync(simulated(), { recursive: true, force: true });
    fs.writeFileSync(simulated(), "a file where the folder should be");
    try {
      const { code, stderr } = await project.tiers(["simulate", "mvp"]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`error: ${simulated()} is a file, not a folder.`)]);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(fs.readFileSync(simulated(), "utf8")).toBe("a file where the folder should be");
    } finally {
      fs.rmSync(simulated());
    }
  });
});

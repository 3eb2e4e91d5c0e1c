/** `tiers state move` of the stack of CI's roles: applied with a local state, moved to S3, in use there, and moved back. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatedEnv } from "../../scripts/lib/environment";
import { stackDirectory } from "../../scripts/lib/paths";
import type { RunResult } from "../../scripts/lib/process";
import { runTerraform } from "../../scripts/lib/terraform";
import { type Simulator, startSimulator } from "../../scripts/simulator";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { makeBucket } from "./support";

const SLOW = { timeout: 180_000 };
const STACK = "fastapi-ci";
const BUCKET = "ci-stack-state";
const PLACE = `s3://${BUCKET}/fastapi/${STACK}.tfstate`;
const LINE = `state: { backend: "s3", bucket: "${BUCKET}", region: "eu-central-1" },`;

let project: ProjectCopy;
let moto: Moto;
let simulator: Simulator;
/** The app's file as it ships. */
let shipped: string;

beforeAll(async () => {
  [project, moto] = await Promise.all([copyProject("state-ci-stack"), startMoto()]);
  await makeBucket(moto, BUCKET);
  const baseEnv = simulatedEnv(process.env);
  await tiers("synth");
  simulator = await startSimulator({ dir: project.root, scopes: [project.root], baseEnv });
  shipped = fs.readFileSync(appFile(), "utf8");
  await terraform(["init", "-no-color"]);
  await terraform(["apply", "-no-color", "-auto-approve"]);
}, MOTO_INSTALL_MS);
afterAll(async () => {
  await simulator?.stop();
  await moto?.stop();
  project?.remove();
});

const appFile = (): string => path.join(project.root, "apps", "fastapi.ts");
const directory = (): string => stackDirectory(path.join(project.root, "cdktf.out"), STACK);

/** A command that works on moto's S3 and has to succeed. */
async function tiers(...args: string[]): Promise<RunResult> {
  const settings = path.join(project.root, "empty.rc");
  fs.writeFileSync(settings, "");
  const env = { ...simulatedEnv(process.env), ...moto.env, TF_CLI_CONFIG_FILE: settings };
  const result = await project.tiers(args, env);
  expect(result.code, result.stderr).toBe(0);
  return result;
}

/** Terraform on the simulated AWS; a state in S3 lies at moto. */
async function terraform(args: string[], code = 0): Promise<string> {
  const { AWS_ENDPOINT_URL: url, TF_CLI_ARGS_init } = moto.env;
  const isS3 = fs.readFileSync(path.join(directory(), "cdk.tf.json"), "utf8").includes(`"s3": {`);
  const s3 = { AWS_ENDPOINT_URL_S3: url, AWS_ENDPOINT_URL_STS: url, TF_CLI_ARGS_init };
  const env = { ...simulatedEnv(process.env), ...simulator.env, ...(isS3 && s3) };
  const ran = await runTerraform(args, { cwd: directory(), env });
  expect(ran.code, ran.stdout + ran.stderr).toBe(code);
  return ran.stdout + ran.stderr;
}

/** Synthesizes with another text of the app, and connects Terraform to where the state is by that. */
async function withApp(text: string): Promise<void> {
  fs.writeFileSync(appFile(), text);
  await tiers("synth");
  await terraform(["init", "-no-color", "-reconfigure"]);
}

const resources = async (): Promise<string[]> =>
  (await terraform(["state", "list"])).split("\n").filter((line) => line.startsWith("aws_"));

test("it moves to the bucket, and says which stacks of the app follow the same line", SLOW, async () => {
  const before = await resources();
  expect(before.length).toBeGreaterThanOrEqual(5);
  const { stdout } = await tiers("state", "move", STACK, "--to", "s3", "--bucket", BUCKET, "--region", "eu-central-1");
  expect(stdout).toContain(`The state is moved: ${PLACE}, serial `);
  expect(stdout).toContain(LINE);
  expect(stdout).toContain("  tiers state move fastapi-ec2 --to s3");
  // Nobody goes on with the old place by accident.
  const refused = await terraform(["init", "-no-color", "-reconfigure"], 1);
  expect(refused.replaceAll(/\s+/g, " ")).toContain(`MOVED: this state is now in ${PLACE}`);

  await withApp(shipped.replace(`region: "ap-southeast-1",`, `$&\n  ${LINE}`));
  expect(await resources()).toEqual(before);
});

test(
  "there Terraform goes on: nothing changes but the right to read the states, which come to lie there",
  SLOW,
  async () => {
    const planned = await terraform(["plan", "-no-color"]);
    expect(planned).toContain("Plan: 2 to add, 0 to change, 0 to destroy.");
    expect(planned.match(/# aws_iam_role_policy\.\S+ will be created/g)).toHaveLength(2);
    await terraform(["apply", "-no-color", "-auto-approve"]);
    await terraform(["plan", "-no-color", "-detailed-exitcode"]);
    const { stdout } = await tiers("state", "history", STACK);
    expect(stdout.split("\n")[0]).toBe(`${PLACE} (* is the one that Terraform reads)`);
  },
);

test("it comes back to this disk with what was applied there", SLOW, async () => {
  const before = await resources();
  const { stdout } = await tiers("state", "move", STACK, "--to", "local", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    to: `terraform.${STACK}.tfstate`,
    already: false,
    change: { line: null },
  });
  await withApp(shipped);
  expect(await resources()).toEqual(before);
  // The states of the other stacks are still there, so the roles go on reading them.
  await terraform(["plan", "-no-color", "-detailed-exitcode", "-var", `state_bucket=${BUCKET}`]);
});

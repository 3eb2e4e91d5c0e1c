/** `tiers state` as a person uses it, in a copy of the project: bootstrap on a simulated AWS, states in moto's S3. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../scripts/lib/environment";
import { run, type RunResult } from "../../scripts/lib/process";
import { runTerraform } from "../../scripts/lib/terraform";
import { type Simulator, startSimulator } from "../../scripts/simulator";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { clientOf, makeBucket } from "../state/support";

let project: ProjectCopy;
let moto: Moto;
let simulator: Simulator;
let settings: string;

beforeAll(async () => {
  project = await copyProject("state-commands");
  moto = await startMoto();
  const { code, stderr } = await project.tiers(["synth"]);
  if (code !== 0) throw new Error(stderr);
  simulator = await startSimulator({
    dir: project.root,
    scopes: [project.root],
    baseEnv: simulatedEnv(process.env),
  });
  settings = path.join(project.root, "empty.rc");
  fs.writeFileSync(settings, "");
}, MOTO_INSTALL_MS);
afterAll(async () => {
  await simulator.stop();
  await moto.stop();
  project.remove();
});

/** A command that works on S3. */
const tiers = (...args: string[]): Promise<RunResult> =>
  project.tiers(args, { ...simulatedEnv(process.env), ...moto.env, TF_CLI_CONFIG_FILE: settings });
const bootstrap = (...args: string[]): Promise<RunResult> =>
  project.tiers(["state", "bootstrap", ...args], simulator.env);

const inRoot = (...names: string[]): string => path.join(project.root, ...names);
/** A state of the app's stack, as an apply would have left it. */
const STATE = {
  version: 4,
  terraform_version: "1.11.4",
  serial: 7,
  lineage: "11111111-2222-3333-4444-555555555555",
  outputs: { public_ip: { value: "203.0.113.9", type: "string" } },
  resources: [
    {
      mode: "managed",
      type: "aws_eip",
      name: "host",
      provider: `provider["registry.terraform.io/hashicorp/aws"]`,
      instances: [{ schema_version: 0, attributes: { id: "eipalloc-1" }, sensitive_attributes: [] }],
    },
  ],
  check_results: null,
};
const stateText = (changes: object = {}): string => `${JSON.stringify({ ...STATE, ...changes }, null, 2)}\n`;

describe("wrong usage ends with exit code 2 and one line", () => {
  test.each<[string, string[], string]>([
    ["no command", [], "Usage: tiers state"],
    ["no place to move to", ["move", "mvp"], "required option '--to <where>' not specified"],
    [
      "no bucket",
      ["move", "mvp", "--to", "s3"],
      "Which bucket? Add --bucket <name>, or make one with tiers state bootstrap.",
    ],
    ["an unknown stack", ["history", "mvq"], `There is no stack "mvq"`],
    ["no choice", ["restore", "mvp"], "exactly one of --serial, --id and --file"],
    ["two choices", ["restore", "mvp", "--serial", "1", "--id", "x"], "exactly one of --serial, --id and --file"],
    ["a serial that is no number", ["restore", "mvp", "--serial", "x"], "It must be a whole number."],
    ["a file that is not there", ["restore", "mvp", "--file", "none"], "none does not exist."],
    ["nothing to move", ["move", "mvp", "--to", "s3", "--bucket", "some-state"], "s3://some-state/webrana/mvp.tfstate"],
  ])("%s", async (_what, args, message) => {
    const { code, stderr, stdout } = await tiers("state", ...args);
    expect([code === 0, stdout + stderr]).toEqual([false, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("bootstrap asks, and nobody can answer here", async () => {
    const { code, stderr } = await bootstrap();
    expect([code, stderr]).toEqual([2, expect.stringContaining("Add --yes to go ahead without a question")]);
    expect(simulator.world()).toEqual([]);
    expect(fs.existsSync(inRoot("terraform.state.tfstate"))).toBe(false);
  });
});

describe("bootstrap", () => {
  let bucket: string;

  test("makes the bucket, says what to write, and keeps a copy of its own state", async () => {
    const { code, stdout, stderr } = await bootstrap("--yes");
    expect([code, stderr]).toEqual([0, expect.stringContaining("create aws_s3_bucket.state_bucket")]);
    bucket = /The bucket is (webrana-state-[0-9a-f]{8}) in ap-southeast-1\./.exec(stdout)?.[1] ?? "";
    expect(stdout).toContain(`state: { backend: "s3", bucket: "${bucket}", region: "ap-southeast-1" },`);
    expect(stdout).toContain(`TIERS_STATE='s3://${bucket}?region=ap-southeast-1'`);
    expect(stdout).toContain("tiers state move state --to s3");
    expect(simulator.world().map(({ type }) => type)).toContain("aws_s3_bucket_versioning");
    expect(fs.readdirSync(inRoot(".state", "state"))).toHaveLength(1);
    // The plan may hold secrets, so it does not stay.
    expect(fs.readdirSync(inRoot("cdktf.out", "stacks", "state")).sort()).toEqual([".terraform", "cdk.tf.json"]);
  });

  test("again changes nothing", async () => {
    const { code, stdout } = await bootstrap("--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bucket, region: "ap-southeast-1", changed: [] });
  });

  test("move finds the bucket by itself, and prints the line for the app", { timeout: 120_000 }, async () => {
    await makeBucket(moto, bucket);
    fs.writeFileSync(inRoot("terraform.mvp.tfstate"), stateText());
    const { code, stdout, stderr } = await tiers("state", "move", "mvp", "--to", "s3");
    expect([code, stderr]).toEqual([0, expect.stringContaining("read it back through Terraform")]);
    expect(stdout).toContain(`The state is moved: s3://${bucket}/webrana/mvp.tfstate, serial 7, 1 resource.`);
    expect(stdout).toContain(`the file of app webrana in apps/:\n  state: { backend: "s3", bucket: "${bucket}" },`);
    const key = { Bucket: bucket, Key: "webrana/mvp.tfstate" };
    const { Body: body } = await clientOf(moto.url).send(new GetObjectCommand(key));
    expect(await body?.transformToString()).toBe(stateText());
  });

  test("history, restore and the way back, with the app written as the line says", { timeout: 120_000 }, async () => {
    const app = inRoot("apps", "webrana.ts");
    const text = fs.readFileSync(app, "utf8");
    const line = `region: "ap-southeast-1",\n  state: { backend: "s3", bucket: "${bucket}" },`;
    fs.writeFileSync(app, text.replace(`region: "ap-southeast-1",`, line));

    const damaged = inRoot("damaged.json");
    fs.writeFileSync(damaged, stateText({ serial: 8, resources: [] }));
    const replaced = await tiers("state", "restore", "mvp", "--file", damaged, "--yes");
    expect([replaced.code, replaced.stderr]).toEqual([0, expect.stringContaining("  - aws_eip.host")]);
    const back = await tiers("state", "restore", "mvp", "--serial", "7", "--yes", "--json");
    expect(JSON.parse(back.stdout)).toMatchObject({ from: 7, serial: 9, resources: 1, unchanged: false });

    const { stdout } = await tiers("state", "history", "mvp");
    expect(stdout.split("\n").map((one) => /serial \d+|^s3.*$/.exec(one)?.[0])).toEqual(
      expect.arrayContaining([
        `s3://${bucket}/webrana/mvp.tfstate (* is the one that Terraform reads)`,
        "serial 9",
        "serial 8",
        "serial 7",
      ]),
    );
    expect(stdout).toMatch(/^ {2}\* {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}serial 9 {2}1 resource +11111111 /m);

    const home = await tiers("state", "move", "mvp", "--to", "local", "--json");
    expect(JSON.parse(home.stdout)).toMatchObject({ serial: 9, to: "terraform.mvp.tfstate", change: { line: null } });
    expect(fs.readFileSync(inRoot("terraform.mvp.tfstate"), "utf8")).toBe(stateText({ serial: 9 }));
    fs.writeFileSync(app, text);
  });

  test("the bucket's own state moves into the bucket", { timeout: 120_000 }, async () => {
    const { code, stdout, stderr } = await tiers("state", "move", "state", "--to", "s3");
    expect([code, stderr, stdout]).toEqual([
      0,
      expect.any(String),
      expect.stringContaining(`s3://${bucket}/webrana/state.tfstate`),
    ]);
    expect(stdout).toContain(`write in apps/state.ts:\n  state: { backend: "s3", bucket: "${bucket}" },`);
    const again = await tiers("state", "move", "state", "--to", "s3", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ already: true, to: `s3://${bucket}/webrana/state.tfstate` });
  });
});

test("a killed command lets go of a local state", async () => {
  const file = inRoot("terraform.held.tfstate");
  fs.writeFileSync(file, stateText());
  const holder = spawn(
    process.execPath,
    [
      "-e",
      `const { LocalPlace } = require("./dist/scripts/state");
       new LocalPlace(${JSON.stringify(file)}, "held", process.env).hold("test").then(() => console.log("held"));
       setInterval(() => {}, 1000);`,
    ],
    {
      cwd: project.root,
      env: { ...simulatedEnv(process.env), TF_CLI_CONFIG_FILE: settings },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(holder.stdout, "data");
  const remove = (...flags: string[]) => ["state", "rm", "-no-color", `-state=${file}`, ...flags, "aws_eip.host"];
  const options = { cwd: inRoot(".state"), env: { ...simulatedEnv(process.env), TF_CLI_CONFIG_FILE: settings } };
  const refused = await runTerraform(remove(), options);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("Operation: state-replace-provider")]);
  holder.kill("SIGKILL");
  await once(holder, "close");
  const allowed = await runTerraform(remove("-lock-timeout=20s"), options);
  expect([allowed.code, allowed.stdout]).toEqual([0, expect.stringContaining("Removed aws_eip.host")]);
});

describe("a synthesis looks after local states", () => {
  const synth = (env: NodeJS.ProcessEnv = {}): Promise<RunResult> =>
    run(process.execPath, ["dist/main.js"], {
      cwd: project.root,
      env: { ...simulatedEnv(process.env), CDKTF_OUTDIR: "cdktf.out", ...env },
    });
  const copies = (): string[] => fs.readdirSync(inRoot(".state", "mvp")).filter((name) => name.startsWith("serial-"));

  test("cdktf deploy begins with one: each new state is kept once, for its owner only", async () => {
    fs.writeFileSync(inRoot("terraform.mvp.tfstate"), stateText({ serial: 50 }));
    expect((await synth()).code).toBe(0);
    expect((await synth()).code).toBe(0);
    const [copy, ...others] = copies().filter((name) => name.startsWith("serial-50."));
    expect(others).toEqual([]);
    const file = inRoot(".state", "mvp", copy ?? "");
    expect(fs.readFileSync(file, "utf8")).toBe(stateText({ serial: 50 }));
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test("an app that says S3 while its local state still holds resources is warned about", async () => {
    const warned = await synth({ TIERS_STATE: "s3://some-state" });
    expect([warned.code, warned.stderr]).toEqual([
      0,
      "Warning: mvp: its state is to lie in S3, but terraform.mvp.tfstate still holds resources. Before you deploy: tiers state move mvp --to s3\n",
    ]);
    expect((await synth()).stderr).toBe("");
  });
});

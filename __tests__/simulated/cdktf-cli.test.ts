import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../scripts/lib/environment";
import { run, type RunResult } from "../../scripts/lib/process";
import { runTerraform } from "../../scripts/lib/terraform";
import { startSimulator, type Simulator } from "../../scripts/simulator";
import { ROOT } from "../helpers/folders";
import { MOTO_INSTALL_MS, startMoto, type Moto } from "../helpers/moto";
import { TEST_OUTPUT, withEnv } from "../helpers/synth";
import { synthesizeShipped } from "../helpers/shipped";

const BUCKET = "tierstack-test-state";
const CLI = path.join(ROOT, "node_modules", ".bin", "cdktf");

/** A run of the CDKTF command line on the shipped app, in a simulated account of its own. */
class CliRun {
  private constructor(
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
    private readonly simulator: Simulator,
  ) {}

  static async start(name: string, env: NodeJS.ProcessEnv = {}): Promise<CliRun> {
    const folder = path.join(TEST_OUTPUT, name);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    synthesizeShipped(path.join(folder, "cdktf.out"));
    const simulator = await startSimulator({ dir: folder, baseEnv: simulatedEnv(process.env) });
    return new CliRun(folder, { ...simulatedEnv(process.env), ...simulator.env, ...env }, simulator);
  }

  /** cdktf as a person calls it, with an output folder inside `.simulated`. */
  async cdktf(...args: string[]): Promise<RunResult> {
    const output = path.join(this.folder, "cdktf.out");
    return run(CLI, [...args, "--output", output, "--no-color"], { cwd: ROOT, env: this.env, timeoutMs: 120_000 });
  }

  get stateFile(): string {
    return path.join(this.folder, "terraform.mvp.tfstate");
  }

  /** Addresses in the state. */
  resources(): string[] {
    const { resources } = JSON.parse(fs.readFileSync(this.stateFile, "utf8")) as {
      resources: { type: string; name: string }[];
    };
    return resources.map(({ type, name }) => `${type}.${name}`);
  }

  async stop(): Promise<void> {
    await this.simulator.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

const said = ({ stdout, stderr }: RunResult): string => `${stdout}\n${stderr}`;

describe("cdktf with a local state", () => {
  let cli: CliRun;
  beforeAll(async () => {
    cli = await CliRun.start("cli-local");
  });
  afterAll(() => cli.stop());

  test("deploys the mvp stack, with its state beside cdktf.out", { timeout: 120_000 }, async () => {
    const result = await cli.cdktf("deploy", "mvp", "--auto-approve");
    expect(result.code, said(result)).toBe(0);
    expect(result.stdout).toContain("session_command = aws ssm start-session");
    expect(fs.existsSync(cli.stateFile)).toBe(true);
  });

  test("finds nothing to do after that", { timeout: 120_000 }, async () => {
    const result = await cli.cdktf("diff", "mvp");
    expect(result.code, said(result)).toBe(0);
    expect(said(result)).toContain("No changes. Your infrastructure matches the configuration.");
  });

  // The command line of CDKTF may end before it has printed all of a long plan, so the words are Terraform's own.
  test("a plain destroy is refused, naming what is protected, and nothing goes", { timeout: 120_000 }, async () => {
    const before = cli.resources();
    expect((await cli.cdktf("destroy", "mvp", "--auto-approve")).code).not.toBe(0);

    const directory = path.join(cli.folder, "cdktf.out", "stacks", "mvp");
    const refused = await runTerraform(["destroy", "-auto-approve", "-no-color"], { cwd: directory, env: cli.env });
    expect(refused.code).toBe(1);
    const words = refused.stderr.replace(/[\s│]+/g, " ");
    for (const address of ["aws_ebs_volume.data_volume", "aws_s3_bucket.backups_bucket"])
      expect(words).toContain(`Resource ${address} has lifecycle.prevent_destroy set`);
    expect(cli.resources()).toEqual(before);
    expect(before.length).toBeGreaterThan(50);
  });
});

describe("cdktf with an S3 state", () => {
  let moto: Moto;
  let cli: CliRun;
  beforeAll(async () => {
    moto = await startMoto();
    const made = await fetch(`${moto.url}/${BUCKET}`, { method: "PUT" });
    if (!made.ok) throw new Error(`The bucket could not be made: ${made.status}`);
    const { AWS_ENDPOINT_URL, TF_CLI_ARGS_init } = moto.env;
    cli = await CliRun.start("cli-s3", {
      TIERS_STATE: `s3://${BUCKET}?region=us-east-1`,
      AWS_ENDPOINT_URL_S3: AWS_ENDPOINT_URL,
      AWS_ENDPOINT_URL_STS: AWS_ENDPOINT_URL,
      TF_CLI_ARGS_init,
    });
  }, MOTO_INSTALL_MS);
  afterAll(async () => {
    await cli.stop();
    await moto.stop();
  });

  /** Moto does not check signatures, but answers nobody without one. */
  const object = (key: string): Promise<Response> =>
    fetch(`${moto.url}/${BUCKET}/${key}`, { headers: { authorization: "AWS test:test" } });

  test("deploys, keeps the state in the bucket only, and finds nothing to do", { timeout: 180_000 }, async () => {
    const deployed = await cli.cdktf("deploy", "mvp", "--auto-approve");
    expect(deployed.code, said(deployed)).toBe(0);
    expect(fs.existsSync(cli.stateFile)).toBe(false);
    const state = (await (await object("webrana/mvp.tfstate")).json()) as { resources: unknown[] };
    expect(state.resources.length).toBeGreaterThan(50);

    const diff = await cli.cdktf("diff", "mvp");
    expect(diff.code, said(diff)).toBe(0);
    expect(said(diff)).toContain("No changes.");
    expect((await object("webrana/mvp.tfstate.tflock")).status).toBe(404);
  });
});

describe("cdktf's own matchers on every shipped stack", () => {
  test("valid Terraform, and a plan that succeeds", { timeout: 120_000 }, async () => {
    const cli = await CliRun.start("cli-matchers");
    try {
      const output = path.join(cli.folder, "cdktf.out");
      withEnv(cli.env, () => {
        expect(output).toBeValidTerraform();
        expect(output).toPlanSuccessfully();
      });
    } finally {
      await cli.stop();
    }
  });
});

/** Real Terraform on a stack without providers, with its state in a file or in moto's S3. */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { copiesFolder, keepCopy } from "../../modules/terraform/state-copies";
import { simulatedEnv } from "../../scripts/lib/environment";
import { runTerraform, type TerraformResult } from "../../scripts/lib/terraform";
import { LocalPlace, type Place, S3Place } from "../../scripts/state";
import { makeFolder, removeFolder } from "../helpers/folders";
import type { Moto } from "../helpers/moto";
import { silent } from "../helpers/screen";

const REGION = "eu-central-1";
export const KEY = "acme/demo.tfstate";

/** A client of moto, without the process's own settings. */
export function clientOf(endpoint: string, key = { accessKeyId: "test", secretAccessKey: "test" }): S3Client {
  return new S3Client({ region: REGION, endpoint, forcePathStyle: true, credentials: key, maxAttempts: 1 });
}

export async function makeBucket(moto: Moto, bucket: string): Promise<void> {
  const client = clientOf(moto.url);
  await client.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
}

/** A folder and a bucket of their own for each test of a file; `name` keeps files apart. */
export function demos(name: string): (moto: Moto) => Promise<{ demo: Demo; bucket: string }> {
  let next = 0;
  return async (moto) => {
    next += 1;
    const bucket = `${name}-${next}-state`;
    await makeBucket(moto, bucket);
    return { bucket, demo: new Demo(`state-${name}-${next}`, moto) };
  };
}

/** A folder as a project has it: `cdktf.out/stacks/demo`, and the local state beside `cdktf.out`. */
export class Demo {
  readonly root: string;
  readonly directory: string;
  readonly file: string;
  readonly local: Place;
  readonly env: NodeJS.ProcessEnv;

  constructor(
    name: string,
    private readonly moto?: Moto,
  ) {
    this.root = makeFolder(name);
    this.directory = path.join(this.root, "cdktf.out", "stacks", "demo");
    this.file = path.join(this.root, "terraform.demo.tfstate");
    fs.mkdirSync(this.directory, { recursive: true });
    const settings = path.join(this.root, "terraform.rc");
    fs.writeFileSync(settings, "");
    this.env = { ...simulatedEnv(process.env), ...moto?.env, TF_CLI_CONFIG_FILE: settings };
    this.local = new LocalPlace(this.file, "demo", this.env);
  }

  s3(bucket: string, endpoint = this.moto?.url ?? ""): Place {
    return new S3Place(this.backend(bucket), clientOf(endpoint));
  }

  backend(bucket: string) {
    return { type: "s3", bucket, key: KEY, region: REGION, encrypt: true, use_lockfile: true } as const;
  }

  /** Writes the stack; `bucket` undefined keeps the state in the file. */
  configure(values: Record<string, string>, bucket?: string, slowSeconds = 0): void {
    const { type, ...s3 } = this.backend(bucket ?? "");
    const backend = bucket ? { [type]: s3 } : { local: { path: "../../../terraform.demo.tfstate" } };
    const [first = ""] = Object.values(values);
    const data = Object.fromEntries(Object.entries(values).map(([id, input]) => [id, { input }]));
    const slow = { provisioner: { "local-exec": { command: `touch started; sleep ${slowSeconds}` } } };
    const configuration = {
      terraform: { backend },
      ...(first === "" ? {} : { resource: { terraform_data: slowSeconds > 0 ? { ...data, slow } : data } }),
      output: { first: { value: first } },
    };
    fs.rmSync(path.join(this.directory, "started"), { force: true });
    fs.writeFileSync(path.join(this.directory, "cdk.tf.json"), JSON.stringify(configuration));
  }

  terraform(args: string[], env: NodeJS.ProcessEnv = {}): Promise<TerraformResult> {
    const { TF_CLI_ARGS_init: init, ...rest } = { ...this.env, ...env };
    const isS3 = fs.readFileSync(path.join(this.directory, "cdk.tf.json"), "utf8").includes('"s3"');
    const own = isS3 && init !== undefined ? { ...rest, TF_CLI_ARGS_init: init } : rest;
    return runTerraform(args, { cwd: this.directory, env: own });
  }

  /** Init and apply; both have to work. @returns the state as Terraform prints it */
  async apply(env: NodeJS.ProcessEnv = {}): Promise<string> {
    await this.must(["init", "-no-color", "-reconfigure"], env);
    await this.must(["apply", "-no-color", "-auto-approve"], env);
    return (await this.must(["state", "pull"], env)).replace(/\n$/, "");
  }

  async must(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, stdout, stderr } = await this.terraform(args, env);
    if (code !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Starts an apply that waits in its slow resource, and returns when it is there. */
  async startSlowApply(env: NodeJS.ProcessEnv = {}): Promise<Running> {
    const child = spawn("terraform", ["apply", "-no-color", "-auto-approve"], {
      cwd: this.directory,
      env: { ...this.env, TF_CLI_ARGS_init: undefined, ...env, CHECKPOINT_DISABLE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const running = new Running(child);
    const started = path.join(this.directory, "started");
    while (!fs.existsSync(started)) {
      if (child.exitCode !== null) throw new Error(`the apply ended with ${child.exitCode}: ${running.output()}`);
      await pause(50);
    }
    return running;
  }

  /** Serial of what lies in the file. */
  serial(): number {
    return (JSON.parse(fs.readFileSync(this.file, "utf8")) as { serial: number }).serial;
  }

  keep = (text: string): string | undefined => keepCopy(this.copies, text, new Date());

  get copies(): string {
    return copiesFolder(this.root, "demo");
  }

  /** What every engine function of this folder is called with. */
  get common() {
    return {
      keep: this.keep,
      proof: { folder: path.join(this.root, ".state", "demo.proof"), env: this.env },
      reporter: silent(),
    };
  }

  remove(): void {
    removeFolder(this.root);
  }
}

/** A Terraform that runs in the background. */
export class Running {
  private readonly said: Buffer[] = [];
  private readonly ended: Promise<number | null>;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (chunk: Buffer) => this.said.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => this.said.push(chunk));
    this.ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  }

  output(): string {
    return Buffer.concat(this.said).toString("utf8");
  }

  wait(): Promise<number | null> {
    return this.ended;
  }

  /** Ends it at once, with everything that it started. */
  async kill(): Promise<void> {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, "SIGKILL");
    await this.ended;
  }
}

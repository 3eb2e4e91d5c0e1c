/** What the simulator's tests share: a small knowledge, a small configuration, and Terraform in folders of their own. */
import * as fs from "node:fs";
import * as path from "node:path";
import { simulatedEnv } from "../../scripts/lib/environment";
import { runTerraform, type TerraformResult } from "../../scripts/lib/terraform";
import type { Knowledge, TypeFacts, TypeHooks, WorldObject } from "../../scripts/simulator/contract";
import { installedBindings } from "../../scripts/simulator/schema/library";
import { ScopeScanner } from "../../scripts/simulator/scope";
import { serve } from "../../scripts/simulator/serve";
import { readWorldObjects, WORLD_FILE, WorldFile } from "../../scripts/simulator/world";
import { type Config, sampleConfig } from "./sample";

export const ROOT = path.resolve(__dirname, "../..");
const ACCOUNT = "123456789012";

/** A new folder under .simulated/, removed with `removeFolder`. */
export function makeFolder(name: string): string {
  const dir = path.join(ROOT, ".simulated", `test-${name}`);
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  return dir;
}

export function removeFolder(dir: string): void {
  fs.rmSync(dir, { recursive: true, force: true });
}

type Facts = Record<string, Partial<TypeFacts>>;

const FACTS: Facts = {
  aws_vpc: { id: "vpc-{h17}", arn: "ec2:vpc/{id}", forceNew: ["cidr_block"], defaults: { enable_dns_support: true } },
  aws_subnet: { id: "subnet-{h17}", arn: "ec2:subnet/{id}", forceNew: ["vpc_id", "cidr_block", "availability_zone"] },
  aws_internet_gateway: { id: "igw-{h17}" },
  aws_route_table: { id: "rtb-{h17}", forceNew: ["vpc_id"] },
  aws_security_group: {
    id: "sg-{h17}",
    arn: "ec2:security-group/{id}",
    forceNew: ["name", "name_prefix", "description", "vpc_id"],
    defaults: { description: "Managed by Terraform", revoke_rules_on_delete: false },
  },
  aws_vpc_security_group_ingress_rule: { id: "sgr-{h17}", forceNew: ["security_group_id"] },
  aws_instance: {
    id: "i-{h17}",
    arn: "ec2:instance/{id}",
    forceNew: ["ami", "subnet_id", "root_block_device.encrypted"],
    defaults: { "root_block_device.delete_on_termination": true, get_password_data: false },
    computedBlocks: ["root_block_device", "metadata_options"],
  },
  aws_s3_bucket: { id: "{bucket}", arn: "s3--:{bucket}", forceNew: ["bucket"], defaults: { force_destroy: false } },
  aws_s3_bucket_versioning: { id: "{bucket}", forceNew: ["bucket"] },
  aws_iam_role: {
    id: "{name}",
    arn: "iam-:role/{name}",
    forceNew: ["name"],
    defaults: { path: "/", max_session_duration: 3600 },
    diffSuppressed: ["assume_role_policy"],
  },
  aws_secretsmanager_secret: { id: "{arn}", arn: "secretsmanager:secret:{name}-{s6}", forceNew: ["name"] },
  aws_secretsmanager_secret_version: { id: "{secret_id}|{version_id}", sensitive: ["secret_string"] },
  random_password: { id: "none", forceNew: ["length"], defaults: { special: true }, sensitive: ["result"] },
};

const NO_FACTS: TypeFacts = {
  forceNew: [],
  defaults: {},
  sensitive: [],
  computedBlocks: [],
  diffSuppressed: [],
};

const HOOKS: Record<string, TypeHooks> = {
  random_password: {
    apply: ({ result, ctx }) => ({ result: { ...result, result: `pw-${ctx.seed}`.slice(0, Number(result.length)) } }),
  },
};

/** Enough knowledge to test the engine, which must not depend on what is known about any type. */
function testKnowledge(): Knowledge {
  return {
    facts: (type) => ({ ...NO_FACTS, ...FACTS[type] }),
    hooks: (type) => HOOKS[type] ?? {},
    validate: () => [],
    checkApply: () => [],
    checkDestroy: () => [],
    dataSource: (type, config, ctx) =>
      type === "aws_caller_identity"
        ? { id: ctx.account, account_id: ctx.account }
        : { missing: `no fixture (asked with ${JSON.stringify(Object.keys(config))})` },
    replaces: () => undefined,
    importId: ({ id }) => id,
    seen: (world) => world,
    ephemeral: { random_password: { from: "resource", type: "random_password", drop: ["id", "keepers", "number"] } },
    computedListLength: () => 1,
  };
}

/** The simulated providers in this process, over one world. */
export interface TestRun {
  dir: string;
  env: NodeJS.ProcessEnv;
  worldFile: string;
  /** Log of the provider: one line for every change. */
  lines: string[];
  /** The objects of a type that exist now. */
  objects(type: string): WorldObject[];
  close(): void;
}

export async function startTestRun(name: string, knowledge: Knowledge = testKnowledge()): Promise<TestRun> {
  const dir = makeFolder(name);
  const worldFile = path.join(dir, WORLD_FILE);
  const scanner = new ScopeScanner([dir]);
  const lines: string[] = [];
  const served = await serve({
    bindings: installedBindings(path.join(ROOT, "node_modules")),
    knowledge,
    world: new WorldFile(worldFile, ACCOUNT),
    scope: () => scanner.scan(),
    seed: "test",
    log: (line) => lines.push(line),
  });
  return {
    dir,
    env: terraformEnv(dir, served.reattach),
    worldFile,
    lines,
    objects: (type) => readWorldObjects(worldFile).filter((o) => o.type === type),
    close: () => {
      served.close();
      removeFolder(dir);
    },
  };
}

function terraformEnv(dir: string, reattach: string): NodeJS.ProcessEnv {
  const settings = path.join(dir, "terraform.rc");
  fs.writeFileSync(settings, "disable_checkpoint = true\n");
  return simulatedEnv(process.env, { TF_REATTACH_PROVIDERS: reattach, TF_CLI_CONFIG_FILE: settings });
}

/** A value that must be there. */
export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not there`);
  return value;
}

/** A folder with one configuration, and Terraform in it. */
export class Workspace {
  readonly dir: string;

  constructor(
    readonly run: { dir: string; env: NodeJS.ProcessEnv },
    name: string,
  ) {
    this.dir = path.join(run.dir, name);
    fs.mkdirSync(this.dir, { recursive: true });
  }

  write(config: Config): void {
    fs.writeFileSync(path.join(this.dir, "cdk.tf.json"), JSON.stringify(config, null, 1));
  }

  /** The changed sample in a folder of its own, with the state of this one and in the same world. */
  async copy(name: string, change: (config: Config) => void = () => undefined): Promise<Workspace> {
    const workspace = new Workspace(this.run, name);
    const config = sampleConfig();
    change(config);
    workspace.write(config);
    fs.cpSync(path.join(this.dir, "terraform.tfstate"), path.join(workspace.dir, "terraform.tfstate"));
    await workspace.ok("init");
    return workspace;
  }

  terraform(...args: string[]): Promise<TerraformResult> {
    return runTerraform([...args, "-no-color"], { cwd: this.dir, env: this.run.env, timeoutMs: 60_000 });
  }

  /** Runs a command that must succeed. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.terraform(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(" ")}:\n${stdout}${stderr}`);
    return stdout;
  }

  async apply(config: Config): Promise<string> {
    this.write(config);
    return this.ok("apply", "-auto-approve");
  }

  /** Exit code of the plan: 0 without changes, 2 with some. */
  async planCode(): Promise<number> {
    const { code, stdout, stderr } = await this.terraform("plan", "-detailed-exitcode");
    if (code === 1) throw new Error(`terraform plan:\n${stdout}${stderr}`);
    return code;
  }

  /** The planned change of a resource. */
  async change(address: string): Promise<Change> {
    return must((await this.changes())[address], `a change of ${address}`);
  }

  /** The planned changes by address. */
  async changes(): Promise<Record<string, Change>> {
    await this.ok("plan", "-out=plan");
    const plan = JSON.parse(await this.ok("show", "-json", "plan")) as {
      resource_changes?: { address: string; change: Change }[];
    };
    return Object.fromEntries((plan.resource_changes ?? []).map((change) => [change.address, change.change]));
  }

  /** The values of a resource in the state. */
  async values(address: string): Promise<Record<string, unknown>> {
    const state = JSON.parse(await this.ok("show", "-json")) as {
      values?: { root_module: { resources?: { address: string; values: Record<string, unknown> }[] } };
    };
    const found = state.values?.root_module.resources?.find((r) => r.address === address);
    return must(found, `${address} in the state`).values;
  }

  async outputs(): Promise<Record<string, unknown>> {
    const outputs = JSON.parse(await this.ok("output", "-json")) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, output.value]));
  }
}

export interface Change {
  actions: string[];
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  after_unknown: Record<string, unknown>;
  after_sensitive: Record<string, unknown>;
  replace_paths?: unknown[];
}

/** Output with its frame and line breaks taken out, so that a message reads as one line. */
export function flat(result: TerraformResult): string {
  return `${result.stdout}${result.stderr}`.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
}

const STAGES = [["init"], ["validate"], ["plan"], ["apply", "-auto-approve"]] as const;

/** Where the first command fails, and with which words. */
export async function outcome(workspace: Workspace): Promise<{ stage: string; text: string }> {
  for (const [stage, ...options] of STAGES) {
    const result = await workspace.terraform(stage, ...options);
    if (result.code !== 0) return { stage, text: flat(result) };
  }
  return { stage: "none", text: "accepted" };
}

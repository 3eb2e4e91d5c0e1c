import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { isRunning } from "../../scripts/lib/lock";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../scripts/simulator";
import { sampleConfig } from "./sample";
import { makeFolder, removeFolder, ROOT, Workspace } from "./support";

/** The environment of a developer, without what a machine that runs tests may have. */
const BASE = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));

let dir: string;
const started: Simulator[] = [];
beforeAll(() => {
  dir = makeFolder("process");
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((simulator) => simulator.stop()));
});
afterAll(() => removeFolder(dir));

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ dir, baseEnv: BASE, ...options });
  started.push(simulator);
  return simulator;
}

async function ends(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if (!isRunning(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** A process that starts a simulator through the built code, prints its pid, then runs `then`. */
function parent(then: string): { child: ChildProcess; pid: Promise<number> } {
  const built = path.join(ROOT, "dist/scripts/simulator/index.js");
  const script = `require(${JSON.stringify(built)}).startSimulator({ dir: ${JSON.stringify(dir)} })
    .then((s) => { console.log(s.pid); ${then} })`;
  const child = spawn(process.execPath, ["-e", script], { env: BASE, stdio: ["ignore", "pipe", "inherit"] });
  const pid = new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(Number(line)));
  });
  return { child, pid };
}

describe("the process", () => {
  test("serves Terraform, keeps everything in its folder, and is gone after stop", async () => {
    const simulator = await start();
    const workspace = new Workspace({ dir, env: simulator.env }, "stack");
    workspace.write(sampleConfig());
    await workspace.ok("init");
    await workspace.ok("validate");
    expect(isRunning(simulator.pid)).toBe(true);
    await simulator.stop();
    expect(isRunning(simulator.pid)).toBe(false);
    expect(fs.readdirSync(dir).sort()).toEqual(["no-aws-profiles", "stack", "terraform.rc"]);
    await simulator.stop(); // a second time is no mistake
  });

  test("ends when the process that started it is killed", async () => {
    const { child, pid } = parent("setInterval(() => {}, 1000)");
    const server = await pid;
    expect(isRunning(server)).toBe(true);
    child.kill("SIGKILL");
    expect(await ends(server)).toBe(true);
  });

  test("does not keep the process that started it alive", async () => {
    const { child, pid } = parent("");
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(0);
    expect(await ends(await pid)).toBe(true);
  });

  test("outlives Ctrl-C, which is for Terraform first", async () => {
    const simulator = await start();
    process.kill(simulator.pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isRunning(simulator.pid)).toBe(true);
  });

  test("lets nobody else into its folder while it runs", async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(`is in use by process ${first.pid}`);
    await expect(start()).rejects.toThrow(UserError);
    await first.stop();
    await start();
  });

  test("takes over the folder of one that was killed", async () => {
    const first = await start();
    process.kill(first.pid, "SIGKILL");
    expect(await ends(first.pid)).toBe(true);
    const second = await start();
    expect(isRunning(second.pid)).toBe(true);
  });

  test("says in words what is wrong with the world file", async () => {
    const broken = makeFolder("process-broken");
    fs.writeFileSync(path.join(broken, "world.json"), "{");
    try {
      await expect(start({ dir: broken })).rejects.toThrow(/The world file .* cannot be read/);
    } finally {
      removeFolder(broken);
    }
  });

  test("shows the world", async () => {
    const folder = makeFolder("process-world");
    const object = { type: "aws_vpc", id: "vpc-1", region: "eu-central-1", attributes: {} };
    fs.writeFileSync(path.join(folder, "world.json"), JSON.stringify({ objects: [object] }));
    const simulator = await start({ dir: folder });
    expect(simulator.world()).toEqual([object]);
    await simulator.stop();
    removeFolder(folder);
  });
});

describe("the environment", () => {
  test("attaches Terraform, and carries nothing of the developer's AWS and Terraform settings", async () => {
    const own = {
      AWS_PROFILE: "work",
      AWS_CONFIG_FILE: "/home/me/.aws/config",
      TF_CLI_ARGS: "-x",
      TF_DATA_DIR: "/tmp/d",
    };
    const { env } = await start({ baseEnv: { ...BASE, ...own } });
    const attached = JSON.parse(env.TF_REATTACH_PROVIDERS ?? "") as Record<string, { Addr: { String: string } }>;
    expect(Object.keys(attached)).toEqual([
      "registry.terraform.io/hashicorp/aws",
      "registry.terraform.io/hashicorp/random",
    ]);
    for (const { Addr } of Object.values(attached)) expect(Addr.String).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(env).toMatchObject({
      CI: "1",
      CHECKPOINT_DISABLE: "1",
      CDKTF_SKIP_PROVIDER_LOCK: "true",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      AWS_ACCESS_KEY_ID: "simulated",
      AWS_SECRET_ACCESS_KEY: "simulated",
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: BASE.HOME,
    });
    for (const name of ["AWS_PROFILE", "TF_CLI_ARGS", "TF_DATA_DIR"]) expect(env).not.toHaveProperty(name);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) {
      expect(fs.readFileSync(env[name] ?? "", "utf8")).toBe("");
    }
    expect(fs.existsSync(env.TF_CLI_CONFIG_FILE ?? "")).toBe(true);
  });

  test("with real keys starts nothing", async () => {
    const before = fs.readdirSync(dir).sort();
    await expect(start({ baseEnv: { ...BASE, AWS_ACCESS_KEY_ID: "AKIAREAL" } })).rejects.toThrow(
      "Real AWS credentials are set in this shell (AWS_ACCESS_KEY_ID)",
    );
    expect(fs.readdirSync(dir).sort()).toEqual(before);
  });
});

/** docs/guides/mvp.md, followed command by command: the laptop in a copy of this project, the host in a box. */
import { spawn } from "node:child_process";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../scripts/lib/environment";
import { type Simulator, startSimulator } from "../../scripts/simulator";
import { installedVenv } from "../helpers/python-venv";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { Cloud } from "./rig/cloud";
import { type Step, stepsOf } from "./rig/guide";
import { ASSETS_MS, type Machine, machineIn } from "./rig/machine";
import { LaptopEndpoint } from "./rig/ssm-agent";

const STEPS = stepsOf("docs/guides/mvp.md");

describe("the guide of the mvp tier", () => {
  let project: ProjectCopy;
  let simulator: Simulator;
  let machine: Machine | undefined;
  let endpoint: LaptopEndpoint | undefined;
  let programs: string;

  beforeAll(async () => {
    project = await copyProject("guide");
    simulator = await startSimulator({ dir: project.root, scopes: [project.root], baseEnv: simulatedEnv(process.env) });
    programs = await installedVenv("awscli");
  }, ASSETS_MS);
  afterAll(async () => {
    await endpoint?.close();
    await machine?.close();
    await simulator?.stop();
    project?.remove();
  });

  test.each(STEPS.map((step, index) => ({ index, step, title: `${step.where}: ${step.commands.split("\n").at(-1)}` })))(
    "$index $title",
    { timeout: 400_000 },
    async ({ step }) => {
      const { code, output } = await follow(step);
      expect(code, output).toBe(step.note === "ends with 1" ? 1 : 0);
    },
  );

  test("nothing was followed but what the guide says", () => {
    expect(STEPS.filter(({ where }) => where === "host").length).toBeGreaterThanOrEqual(3);
    expect(STEPS.filter(({ where }) => where === "laptop").length).toBeGreaterThanOrEqual(8);
  });

  async function follow(step: Step): Promise<{ code: number; output: string }> {
    if (step.where === "by hand") return byHand(step);
    if (step.where === "laptop") return laptop(step.commands);
    const { box } = machine ?? (await firstBoot());
    if (step.where === "host") return outputOf(await box.run(step.commands, { seconds: 300 }));
    await box.waitFor(fromOutside(step.commands), 120);
    return { code: 0, output: "" };
  }

  /** What stands in the place of a step that needs a registry or a terminal. */
  async function byHand({ commands }: Step): Promise<{ code: number; output: string }> {
    if (!commands.includes("docker push")) return { code: 0, output: "" };
    const { box } = machine ?? (await firstBoot());
    const found = await laptop("terraform -chdir=cdktf.out/stacks/shop-mvp output -json repository_urls");
    const { api } = JSON.parse(found.output) as { api: string };
    return outputOf(await box.run(`docker tag rehearsal/app:1 ${api}:released-1`));
  }

  async function firstBoot(): Promise<Machine> {
    const cloud = await Cloud.around("eu-central-1", {
      world: () => simulator.world(),
      apply: () => Promise.reject(new Error("the guide applies by itself")),
      stop: () => Promise.resolve(),
    });
    machine = await machineIn("guide", cloud);
    endpoint = await LaptopEndpoint.open(machine.box, cloud.instanceId, cloud.moto.url);
    await machine.box.boot();
    await machine.firstBoot();
    return machine;
  }

  async function laptop(commands: string): Promise<{ code: number; output: string }> {
    const env = {
      ...process.env,
      ...simulator.env,
      PATH: `${programs}:${process.env.PATH}`,
      // npx remembers the folders that it has met; this one is new to it, as a newcomer's is.
      npm_config_cache: path.join(project.root, ".npm"),
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      ...(endpoint && { AWS_ENDPOINT_URL: endpoint.url }),
    };
    const ran = await shell(`set -euo pipefail\n${commands}`, project.root, env);
    if (commands.includes("terraform") && commands.includes("apply")) await machine?.cloud.publish();
    return ran;
  }

  /** The command as the public would run it, which trusts the rehearsal's certificate authority. */
  function fromOutside(commands: string): string {
    const root = "curl -fsSk https://localhost:15000/roots/0 > /run/public-root.pem";
    return `ip netns exec internet bash -c '${root} && export CURL_CA_BUNDLE=/run/public-root.pem && ${commands}'`;
  }
});

const outputOf = ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
  code,
  output: `${stdout}\n${stderr}`,
});

function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = spawn("bash", ["-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => out.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(out).toString() }));
  });
}

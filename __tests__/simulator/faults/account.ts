/** The shipped mvp stack in a simulated account of its own, where things go wrong. */
import * as fs from "node:fs";
import * as path from "node:path";
import { simulatedEnv } from "../../../scripts/lib/environment";
import { runTerraform, type TerraformResult } from "../../../scripts/lib/terraform";
import { type Simulator, startSimulator } from "../../../scripts/simulator";
import { objectKey } from "../../../scripts/simulator/engine/marker";
import { readStoredObjects } from "../../../scripts/simulator/world";
import { shippedStackTexts } from "../../helpers/shipped";
import { flat, makeFolder, must, removeFolder } from "../support";

interface StateJson {
  resources: { mode: string; type: string; instances: { private?: string; status?: string }[] }[];
}

export class FaultyAccount {
  private readonly dir: string;
  private readonly stack: string;
  private simulator: Simulator | undefined;

  /** @param faults texts, as on the command line */
  constructor(
    name: string,
    private readonly faults: string[],
  ) {
    this.dir = makeFolder(`faults-${name}`);
    this.stack = path.join(this.dir, "cdktf.out", "stacks", "mvp");
    fs.mkdirSync(this.stack, { recursive: true });
    fs.writeFileSync(path.join(this.stack, "cdk.tf.json"), must(shippedStackTexts().get("mvp"), "the stack mvp"));
  }

  get stateFile(): string {
    return path.join(this.dir, "terraform.mvp.tfstate");
  }

  /** Starts the simulator, again when a fault ended it, and prepares Terraform. */
  async start(): Promise<Simulator> {
    const { dir, faults } = this;
    await this.simulator?.stop();
    this.simulator = await startSimulator({ dir, faults, baseEnv: simulatedEnv(process.env) });
    if (!fs.existsSync(path.join(this.stack, ".terraform"))) await this.must("init");
    return this.simulator;
  }

  async terraform(...args: string[]): Promise<TerraformResult> {
    const simulator = this.simulator?.isAlive() ? this.simulator : await this.start();
    const env = { ...simulatedEnv(process.env), ...simulator.env };
    return runTerraform([...args, "-no-color"], { cwd: this.stack, env, timeoutMs: 60_000 });
  }

  async must(...args: string[]): Promise<string> {
    const result = await this.terraform(...args);
    if (result.code !== 0) throw new Error(`terraform ${args.join(" ")}: ${flat(result)}`);
    return result.stdout;
  }

  apply(): Promise<TerraformResult> {
    return this.terraform("apply", "-auto-approve");
  }

  /** What Terraform said of an apply that has to fail. */
  async failingApply(): Promise<string> {
    const result = await this.apply();
    if (result.code === 0) throw new Error("the apply succeeded");
    return flat(result);
  }

  /** Exit code of a plan: 0 when there is nothing to do, 2 when there is. */
  async planCode(): Promise<number> {
    return (await this.terraform("plan", "-detailed-exitcode")).code;
  }

  /** What exists although the state does not hold it. */
  async forgotten(): Promise<ReturnType<Simulator["forgotten"]>> {
    const simulator = this.simulator?.isAlive() ? this.simulator : await this.start();
    return simulator.forgotten(this.stateFile);
  }

  /**
   * Writes import blocks for what the state does not hold, so that the next apply takes it over.
   *
   * @param said what Terraform said: which creation of which resource failed
   */
  async importForgotten(said: string): Promise<void> {
    const forgotten = await this.forgotten();
    const failed = [...said.matchAll(/creating (aws_\w+): .*? with (\1\.[^,]+), on cdk\.tf\.json/g)];
    const blocks = failed.flatMap(([, type, address]) => {
      const object = forgotten.find((one) => one.type === type);
      return object ? [{ to: address, id: object.importId }] : [];
    });
    fs.writeFileSync(path.join(this.stack, "imports.tf.json"), JSON.stringify({ import: blocks }));
  }

  /** Keys of what exists in the account. */
  world(): string[] {
    return readStoredObjects(path.join(this.dir, "world.json"))
      .map(({ key, type }) => `${type} ${key}`)
      .sort();
  }

  /** Keys of what the state holds. */
  state(): string[] {
    return this.instances()
      .map(({ type, instance }) => `${type} ${objectKey(Buffer.from(instance.private ?? "", "base64"))}`)
      .sort();
  }

  tainted(): string[] {
    return this.instances()
      .filter(({ instance }) => instance.status === "tainted")
      .map(({ type }) => type);
  }

  private instances() {
    if (!fs.existsSync(this.stateFile)) return [];
    const { resources } = JSON.parse(fs.readFileSync(this.stateFile, "utf8")) as StateJson;
    return resources
      .filter(({ mode }) => mode === "managed")
      .flatMap(({ type, instances }) => instances.map((instance) => ({ type, instance })));
  }

  /** Lines of the simulator's log without their times. */
  log(): string[] {
    const lines = fs.readFileSync(path.join(this.dir, "simulator.log"), "utf8").trim().split("\n");
    return lines.map((line) => line.slice(line.indexOf(" ") + 1));
  }

  async close(): Promise<void> {
    await this.simulator?.stop();
    removeFolder(this.dir);
  }
}

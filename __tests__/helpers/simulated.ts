/** The real Terraform on synthesized stacks, in one simulated AWS account per test file. */
import * as fs from "node:fs";
import * as path from "node:path";
import { App, type TerraformStack } from "cdktf";
import { defineApp, formatProblem, resolveApps, type AppInput } from "../../modules/spec";
import { simulatedEnv } from "../../scripts/lib/environment";
import { runTerraform, type TerraformResult } from "../../scripts/lib/terraform";
import { startSimulator, type Simulator, type WorldObject } from "../../scripts/simulator";
import { buildStack } from "../../stacks";
import { TEST_OUTPUT, writeConstructs } from "./synth";

/** One change of a plan, as `terraform show -json` tells it. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
}

interface PlanJson {
  readonly resource_changes?: { address: string; change: { actions: string[] } }[];
}

const PLAN_FILE = "test.tfplan";

export class SimulatedAccount {
  private constructor(
    readonly folder: string,
    private readonly simulator: Simulator,
  ) {}

  /**
   * Starts an account in `.simulated/tests/<name>`, empty.
   *
   * @param name unique among the tests
   * @param apps apps whose stacks are synthesized at first; all types that later apps use must be among theirs
   */
  static start(name: string, apps: readonly AppInput[], fixturesFile?: string): Promise<SimulatedAccount> {
    return SimulatedAccount.open(name, (folder) => writeStacks(folder, apps), { fixturesFile });
  }

  /**
   * Starts an account in `.simulated/tests/<name>` for one stack of constructs, whose id is {@link CONSTRUCT_STACK}.
   *
   * @param name unique among the tests
   * @param faults what goes wrong in the account, as `tiers simulate --fault` reads it
   */
  static startWith(
    name: string,
    build: (stack: TerraformStack) => void,
    faults: readonly string[] = [],
  ): Promise<SimulatedAccount> {
    const write = (folder: string): void => writeConstructs(path.join(folder, "cdktf.out"), build);
    return SimulatedAccount.open(name, write, { faults });
  }

  private static async open(
    name: string,
    write: (folder: string) => void,
    options: { readonly fixturesFile?: string; readonly faults?: readonly string[] },
  ): Promise<SimulatedAccount> {
    const folder = path.join(TEST_OUTPUT, name);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    write(folder);
    const simulator = await startSimulator({ dir: folder, ...options, baseEnv: simulatedEnv(process.env) });
    return new SimulatedAccount(folder, simulator);
  }

  /** The environment for children that work in this account. */
  get env(): NodeJS.ProcessEnv {
    return { ...simulatedEnv(process.env), ...this.simulator.env };
  }

  get output(): string {
    return path.join(this.folder, "cdktf.out");
  }

  directory(stack: string): string {
    return path.join(this.output, "stacks", stack);
  }

  /** Everything that exists in the account. */
  world(): WorldObject[] {
    return this.simulator.world();
  }

  /** Synthesizes again, with changed apps. */
  synthesize(apps: readonly AppInput[]): void {
    writeStacks(this.folder, apps);
  }

  /** Synthesizes the stack of constructs again, with others. */
  rebuild(build: (stack: TerraformStack) => void): void {
    writeConstructs(this.output, build);
  }

  terraform(stack: string, ...args: string[]): Promise<TerraformResult> {
    return runTerraform([...args, "-no-color"], { cwd: this.directory(stack), env: this.env });
  }

  /** Like {@link terraform}, for a command that has to work. */
  async must(stack: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.terraform(stack, ...args);
    if (code !== 0)
      throw new Error(`terraform ${args.join(" ")} of ${stack} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  async init(stack: string): Promise<void> {
    await this.must(stack, "init");
  }

  async apply(stack: string, ...args: string[]): Promise<string> {
    return this.must(stack, "apply", "-auto-approve", ...args);
  }

  /** What a plan would change; empty when nothing. */
  async plan(stack: string, ...args: string[]): Promise<PlannedChange[]> {
    await this.must(stack, "plan", `-out=${PLAN_FILE}`, ...args);
    const plan = JSON.parse(await this.must(stack, "show", "-json", PLAN_FILE)) as PlanJson;
    return (plan.resource_changes ?? [])
      .map(({ address, change }) => ({ address, actions: change.actions }))
      .filter(({ actions }) => !["no-op", "read"].includes(actions.join()));
  }

  async outputs(stack: string): Promise<Record<string, unknown>> {
    const raw = JSON.parse(await this.must(stack, "output", "-json")) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(raw).map(([name, { value }]) => [name, value]));
  }

  /** Ends the account and removes its folder. */
  async stop(): Promise<void> {
    await this.simulator.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Synthesizes apps as main.ts does, into the account's folder. */
function writeStacks(folder: string, inputs: readonly AppInput[]): void {
  const { stacks, problems } = resolveApps(inputs.map(defineApp));
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
  const app = new App({ outdir: path.join(folder, "cdktf.out") });
  for (const stack of stacks) buildStack(app, stack);
  app.synth();
}

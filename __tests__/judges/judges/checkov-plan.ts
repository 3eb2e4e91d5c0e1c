/** Checkov over the plan that Terraform makes of a stack against the simulated AWS: adds what is judged in plans only. */
import * as fs from "node:fs";
import * as path from "node:path";
import { simulatedEnv } from "../../../scripts/lib/environment";
import { STACK_FILE } from "../../../scripts/lib/stack-json";
import { terraform, terraformJson } from "../../../scripts/lib/terraform";
import { emptyFolder, writeFileAtomic } from "../../../scripts/lib/write";
import { startSimulator } from "../../../scripts/simulator";
import type { Evaluation, Input, Judge } from "../lib/types";
import { workspace } from "../lib/workspace";
import { resourceFloor, scan } from "./checkov";

const folder = path.join(workspace.scratch, "checkov-plan");
/** Where Terraform runs; the state of a stack, which is never written, would lie three folders above. */
const runs = path.join(folder, "runs");
const plans = path.join(folder, "plans");

/** Plans the stack as it was shipped, byte for byte, and keeps the plan's JSON for checkov. */
async function writePlan({ label, file }: Input, env: NodeJS.ProcessEnv): Promise<void> {
  const cwd = path.join(runs, label);
  fs.mkdirSync(cwd, { recursive: true });
  fs.copyFileSync(file, path.join(cwd, STACK_FILE));
  await terraform(["init", "-no-color"], { cwd, env });
  await terraform(["plan", "-no-color", "-lock=false", "-out=plan"], { cwd, env });
  const plan = await terraformJson<object>(["show", "-json", "plan"], { cwd, env });
  writeFileAtomic(path.join(plans, label, "plan.json"), JSON.stringify(plan));
}

export const checkovPlan: Judge = {
  name: "checkov-plan",
  tool: "checkov",
  unit: "checks passed",
  floor: resourceFloor,
  async evaluate(inputs): Promise<ReadonlyMap<string, Evaluation>> {
    emptyFolder(folder);
    const simulator = await startSimulator({
      dir: path.join(workspace.project.simulated, "judges"),
      scopes: [runs],
      baseEnv: simulatedEnv(process.env),
    });
    try {
      for (const input of inputs) await writePlan(input, simulator.env);
    } finally {
      await simulator.stop();
    }
    return scan(plans, "terraform_plan", inputs);
  },
};

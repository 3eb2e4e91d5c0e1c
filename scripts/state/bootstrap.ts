/** Makes the bucket of the states with plain Terraform. */
import * as fs from "node:fs";
import * as path from "node:path";
import { stopIfInterrupted } from "../lib/process";
import { count, type Reporter } from "../lib/terminal";
import { terraform, terraformJson } from "../lib/terraform";

export interface BootstrapOptions {
  /** The synthesized state stack. */
  directory: string;
  /** The whole environment of Terraform. */
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
  /** Gets what will happen; throws a UserError when the user does not agree. */
  confirm(description: string): Promise<void>;
}

export interface BootstrapResult {
  bucket: string;
  region: string;
  /** Value of TIERS_STATE for one run. */
  setting: string;
  /** Addresses that this run changed; empty when everything was there. */
  changed: string[];
  hostedZoneId?: string;
  nameServers?: string[];
}

interface Plan {
  resource_changes?: { address: string; change: { actions: string[] } }[];
}

const PLAN_FILE = "bootstrap.tfplan";

/** Plans, asks, applies. Run again, it changes only what differs from its definition. */
export async function bootstrap(given: BootstrapOptions): Promise<BootstrapResult> {
  const { directory, env, reporter } = given;
  const options = { cwd: directory, env };
  const planFile = path.join(directory, PLAN_FILE);
  try {
    await reporter.step("terraform init", () => terraform(["init", "-no-color"], options));
    await reporter.step("terraform plan", () => terraform(["plan", "-no-color", `-out=${PLAN_FILE}`], options));
    const changes = changesOf(await terraformJson<Plan>(["show", "-json", PLAN_FILE], options));
    if (changes.length > 0) {
      await given.confirm([`Terraform will change ${count(changes.length, "resource")}:`, ...changes].join("\n  "));
      stopIfInterrupted();
      await reporter.step("terraform apply", () => terraform(["apply", "-no-color", PLAN_FILE], options));
    }
    return { ...(await outputsOf(options)), changed: changes };
  } finally {
    fs.rmSync(planFile, { force: true });
  }
}

function changesOf(plan: Plan): string[] {
  return (plan.resource_changes ?? [])
    .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
    .map(({ address, change }) => `${change.actions.join(" and ")} ${address}`);
}

async function outputsOf(options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<Omit<BootstrapResult, "changed">> {
  const outputs = await terraformJson<Record<string, { value: unknown } | undefined>>(["output", "-json"], options);
  const text = (name: string): string => {
    const value = outputs[name]?.value;
    return typeof value === "string" ? value : "";
  };
  return {
    bucket: text("state_bucket"),
    region: text("state_region"),
    setting: text("state_setting"),
    hostedZoneId: outputs.hosted_zone_id && text("hosted_zone_id"),
    nameServers: outputs.name_servers?.value as string[] | undefined,
  };
}

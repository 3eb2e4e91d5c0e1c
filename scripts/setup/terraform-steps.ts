/** Single steps of a Terraform run, with progress and results in words. */
import { UserError } from "../lib/errors";
import { readStack } from "../lib/stack-json";
import { count, type Reporter } from "../lib/terminal";
import { runTerraform, terraform, terraformFailure, terraformJson } from "../lib/terraform";

/** Where Terraform runs. */
export interface Place {
  /** The stack's directory. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
}

const PLAN_FILE = "tierstack.tfplan";

/** Init, validate, plan and apply of what was planned. */
export async function deployWithTerraform({ cwd, env, reporter }: Place): Promise<void> {
  const place = { cwd, env };
  await reporter.step("terraform init", () => terraform(["init", "-no-color"], place));
  await reporter.step("terraform validate", () => terraform(["validate", "-no-color"], place));
  const { stdout } = await reporter.step("terraform plan", () =>
    terraform(["plan", "-no-color", `-out=${PLAN_FILE}`], place),
  );
  const total = Number(/Plan: (\d+) to add/.exec(stdout)?.[1] ?? 0);
  await reporter.step(`terraform apply of ${count(total, "resource")}`, (busyWith) => {
    let done = 0;
    const onLine = (line: string): void => {
      if (line.includes(": Creation complete")) busyWith(`${(done += 1)} of ${total}`);
    };
    return terraform(["apply", "-no-color", PLAN_FILE], { ...place, onLine });
  });
}

/**
 * A plan right after an apply, which must find nothing to do.
 *
 * @throws UserError that names what would change
 */
export async function proveNothingToDo({ cwd, env, reporter }: Place): Promise<void> {
  await reporter.step("second terraform plan finds nothing to do", async () => {
    const args = ["plan", "-no-color", "-detailed-exitcode"];
    const result = await runTerraform(args, { cwd, env });
    if (result.code === 0) return;
    if (result.code !== 2) throw terraformFailure(args, result);
    const changes = result.stdout.split("\n").filter((line) => /^ {2}# .* (will|must) be /.test(line));
    throw new UserError(
      `The second plan is not empty: the stack would change without any change of yours.\n${changes.join("\n")}`,
    );
  });
}

/** An output of a stack as a person reads it. */
export interface Output {
  name: string;
  description: string;
  /** The value, or null when it is hidden. */
  value: unknown;
  sensitive: boolean;
}

/** The outputs in the order of the configuration; sensitive values are left out. */
export async function readOutputs({ cwd, env }: Place): Promise<Output[]> {
  const values = await terraformJson<Record<string, { value: unknown; sensitive: boolean }>>(["output", "-json"], {
    cwd,
    env,
  });
  const described = readStack(cwd).output ?? {};
  return Object.entries(values).map(([name, { value, sensitive }]) => ({
    name,
    description: described[name]?.description ?? "",
    value: sensitive ? null : value,
    sensitive,
  }));
}

/** How many resources of each type the state holds, by type in alphabetical order. */
export async function resourcesByType({ cwd, env }: Place): Promise<Record<string, number>> {
  const { stdout } = await terraform(["state", "list"], { cwd, env });
  const counts = new Map<string, number>();
  for (const address of stdout.split("\n").filter((line) => line !== "" && !line.startsWith("data."))) {
    const type = address.split(".")[0] ?? address;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

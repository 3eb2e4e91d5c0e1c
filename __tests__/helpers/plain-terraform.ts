/**
 * The real Terraform on configurations that need no provider: variables, outputs and what stands in their values. No
 * init, no network, and nothing outside the given folder.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { TEST_OUTPUT } from "./synth";

export type VariableValue = string | number | readonly string[];

export class PlainTerraform {
  private readonly folder: string;

  /**
   * @param name folder below `.simulated/tests`, unique among the tests
   * @param configuration Terraform JSON without resources of any provider
   */
  constructor(name: string, configuration: object) {
    this.folder = path.join(TEST_OUTPUT, name);
    fs.rmSync(this.folder, { recursive: true, force: true });
    fs.mkdirSync(this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, "main.tf.json"), JSON.stringify(configuration));
    fs.writeFileSync(path.join(this.folder, "terraform.rc"), "");
  }

  /** Plans with the given variables. @returns what Terraform refuses, in its own words; empty when the plan passes */
  refusals(variables: Readonly<Record<string, VariableValue>> = {}): string[] {
    const { status, stdout } = this.run(["plan", "-json", "-input=false", ...variableArguments(variables)]);
    const errors = diagnostics(stdout).map((detail) => detail.split("\n\nThis was checked by")[0] ?? detail);
    if ((status === 0) !== (errors.length === 0))
      throw new Error(`Terraform ended with ${status} and said:\n${stdout}`);
    return errors;
  }

  /** Applies. @returns the outputs by name */
  outputs(): Record<string, unknown> {
    this.expectSuccess(["apply", "-json", "-input=false", "-auto-approve"]);
    const outputs = JSON.parse(this.expectSuccess(["output", "-json"])) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private expectSuccess(args: string[]): string {
    const { status, stdout, stderr } = this.run(args);
    if (status !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
    return stdout;
  }

  private run(args: string[]) {
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: this.folder,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: path.join(this.folder, "terraform.rc"),
    };
    return spawnSync("terraform", args, { cwd: this.folder, env, encoding: "utf8" });
  }
}

function variableArguments(variables: Readonly<Record<string, VariableValue>>): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `-var=${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}

interface LogLine {
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail: string };
}

function diagnostics(stdout: string): string[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines
    .map((line) => (JSON.parse(line) as LogLine).diagnostic)
    .filter((diagnostic) => diagnostic?.severity === "error")
    .map((diagnostic) => diagnostic?.detail ?? "");
}

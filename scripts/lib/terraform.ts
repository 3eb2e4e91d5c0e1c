/** Runs the Terraform binary as a child that ends cleanly with its parent. */
import * as path from "node:path";
import { UserError } from "./errors";
import { stateTrouble } from "./state-trouble";
import { findOnPath, isExecutable } from "./tools";
import { run, type RunResult } from "./process";

export interface TerraformOptions {
  /** Directory that holds the configuration. */
  cwd: string;
  /** The whole environment of the child; nothing is added but TF_INPUT and, when missing, CHECKPOINT_DISABLE. */
  env: NodeJS.ProcessEnv;
  /** Called for every line of output as it comes, both streams. */
  onLine?: (line: string) => void;
  /** Milliseconds after which Terraform is asked to stop. @default no limit */
  timeoutMs?: number;
}

export type TerraformResult = RunResult;

/**
 * The Terraform binary: TERRAFORM_BINARY_NAME (a name or a path), or `terraform` on PATH.
 * @throws UserError when it is not there.
 */
export function terraformBinary(env: NodeJS.ProcessEnv): string {
  const name = env.TERRAFORM_BINARY_NAME || "terraform";
  const found = name.includes(path.sep) ? executable(path.resolve(name)) : findOnPath(name, env);
  if (found) return found;
  throw new UserError(
    `${name} was not found${name.includes(path.sep) ? "" : " on PATH"}. Install Terraform 1.11 or later ` +
      `(https://developer.hashicorp.com/terraform/install), or name the binary in TERRAFORM_BINARY_NAME.`,
    2,
  );
}

const executable = (file: string): string | undefined => (isExecutable(file) ? file : undefined);

/**
 * Runs one Terraform command and collects its output; a failing command is a result, not an exception.
 * On Ctrl-C Terraform is interrupted once, so that it writes its state and ends by itself.
 * @throws UserError when the binary is missing, the time is up, or the run was interrupted.
 */
export async function runTerraform(args: string[], options: TerraformOptions): Promise<TerraformResult> {
  return run(terraformBinary(options.env), args, {
    ...options,
    env: { CHECKPOINT_DISABLE: "1", ...options.env, TF_INPUT: "0" },
    title: `terraform ${args[0] ?? ""}`.trim(),
  });
}

/**
 * Runs one Terraform command that has to work.
 * @throws UserError with Terraform's own message when the command fails.
 */
export async function terraform(args: string[], options: TerraformOptions): Promise<TerraformResult> {
  const result = await runTerraform(args, options);
  if (result.code !== 0) throw terraformFailure(args, result);
  return result;
}

/** What Terraform said about a command that failed, as an error for the user. */
export function terraformFailure(args: string[], { code, stdout, stderr }: TerraformResult): UserError {
  const reason =
    missingProviders(stderr) ||
    stateTrouble(stdout + stderr) ||
    firstError(stderr) ||
    firstError(stdout) ||
    `exit code ${code}`;
  return new UserError(`terraform ${args[0] ?? ""} failed: ${reason}`);
}

/**
 * Runs a command that prints JSON (`show -json`, `output -json`) and parses it.
 * @throws UserError with Terraform's own message when the command fails.
 */
export async function terraformJson<T>(args: string[], options: TerraformOptions): Promise<T> {
  return JSON.parse((await terraform(args, options)).stdout) as T;
}

/** Words of Terraform when it finds no place that it can get a provider from. */
const NO_SOURCE = /could not connect to|could not query provider registry|not found in any of the search locations/;

/** What to do when `init` could not get providers, in place of Terraform's paragraph for each; otherwise empty. */
function missingProviders(stderr: string): string {
  const text = plain(stderr).replaceAll(/\s+/g, " ");
  if (!NO_SOURCE.test(text)) return "";
  const found = text.matchAll(/(?:versions for provider|Error while installing) ([\w./-]+\w)/g);
  const names = Array.from(new Set(Array.from(found, ([, name = ""]) => name))).sort();
  if (names.length === 0) return "";
  return (
    `it found no source for the providers ${names.join(", ")}.\n` +
    "Give it a network connection to registry.terraform.io, or name a mirror under provider_installation\n" +
    "in the file of TF_CLI_CONFIG_FILE; then try again."
  );
}

/** Terraform's output without its frame and colours. */
function plain(output: string): string {
  const escape = String.fromCharCode(27);
  return output.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, "g"), "").replaceAll(/^[╷│╵\s]+/gm, "");
}

/** The first `Error:` of Terraform's output in one line, without its frame and colours; empty when there is none. */
export function firstError(output: string): string {
  const lines = plain(output)
    .split("\n")
    .map((line) => line.trim());
  const start = lines.findIndex((line) => line.startsWith("Error: "));
  if (start < 0) return "";
  const after = lines.slice(start + 1);
  const next = after.findIndex((line) => line.startsWith("Error: "));
  const body = (next < 0 ? after : after.slice(0, next)).filter((line) => line !== "");
  return [lines[start], ...body].join(" ");
}

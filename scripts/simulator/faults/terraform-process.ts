/** Lets the simulator's process find the Terraform that calls it, in order to kill it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { terraformBinary } from "../../lib/terraform";
import { writeFileAtomic } from "../../lib/write";

const PID_FILE = "terraform.pid";

/**
 * Writes a program that runs Terraform in its own place, under the same process id, which it writes down.
 *
 * @returns its path, for TERRAFORM_BINARY_NAME
 * @throws UserError when Terraform is not there
 */
export function writeTerraformWrapper(dir: string, env: NodeJS.ProcessEnv): string {
  const wrapper = path.join(dir, "terraform");
  const script = `#!/bin/sh\necho $$ > ${quoted(path.join(dir, PID_FILE))}\nexec ${quoted(terraformBinary(env))} "$@"\n`;
  writeFileAtomic(wrapper, script, { mode: 0o755 });
  return wrapper;
}

/**
 * Kills the Terraform that was started last.
 *
 * @throws Error when it was not started through the wrapper
 */
export function killTerraform(dir: string): void {
  try {
    process.kill(Number(fs.readFileSync(path.join(dir, PID_FILE), "utf8")), "SIGKILL");
  } catch (error) {
    throw new Error("A fault kills Terraform, which must then run as TERRAFORM_BINARY_NAME of the simulator says.", {
      cause: error,
    });
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

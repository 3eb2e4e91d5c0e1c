/** Python tools, one virtual environment per tool set, installed once per content of its requirements file. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../../../scripts/lib/environment";
import { run } from "../../../scripts/lib/process";
import { emptyFolder } from "../../../scripts/lib/write";
import { workspace } from "./workspace";

export type ToolSet = "checkov" | "cfn-lint" | "iam" | "files" | "cloud-init";

/**
 * The `bin` folder of a tool set, installed when the requirements changed since the last time.
 *
 * @throws Error with pip's last lines when it cannot be installed
 */
export async function toolSet(name: ToolSet): Promise<string> {
  const folder = path.join(workspace.venv, name);
  const requirements = path.join(workspace.requirements, `${name}.txt`);
  const mark = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex");
  const marker = path.join(folder, "installed");
  const bin = path.join(folder, "bin");
  // The interpreter is a link to the system's, which an upgrade may take away.
  const usable = fs.existsSync(path.join(bin, "python")) && fs.existsSync(marker);
  if (usable && fs.readFileSync(marker, "utf8") === mark) return bin;
  process.stderr.write(`installing ${name} into ${path.relative(workspace.project.root, folder)}\n`);
  emptyFolder(folder);
  await succeed("python3", ["-m", "venv", folder]);
  await succeed(path.join(bin, "python"), ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  fs.writeFileSync(marker, mark);
  return bin;
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const env = childEnv(process.env, { PIP_DISABLE_PIP_VERSION_CHECK: "1" });
  const { code, stderr } = await run(command, args, { env });
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} failed: ${stderr.trim().slice(-500)}`);
}

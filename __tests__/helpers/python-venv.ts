/** Virtual environments of Python for tests, made once and kept in `.cache/`. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../scripts/lib/process";
import { ROOT } from "./folders";
import { madeOnce } from "./made-once";

/** Milliseconds that the first installation may take. */
export const VENV_INSTALL_MS = 300_000;

/**
 * The folder of programs of a virtual environment in `.cache/` with exactly the packages of `<name>-requirements.txt`; made
 * on first use.
 */
export async function installedVenv(name: string): Promise<string> {
  const requirements = path.join(__dirname, `${name}-requirements.txt`);
  const version = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = path.join(ROOT, ".cache", `${name}-${version}`);
  await madeOnce(folder, () => install(folder, requirements));
  return path.join(folder, "bin");
}

async function install(folder: string, requirements: string): Promise<void> {
  await must("python3", ["-m", "venv", folder]);
  await must(path.join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
}

async function must(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { env: process.env, timeoutMs: VENV_INSTALL_MS });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}

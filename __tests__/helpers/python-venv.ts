/** Virtual environments of Python for tests, made once and kept in `.cache/`. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../scripts/lib/process";
import { ROOT } from "./folders";

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
  const lock = `${folder}.lock`;
  const ready = path.join(folder, "ready");
  while (!fs.existsSync(ready)) {
    if (takeLock(lock)) {
      try {
        await install(folder, requirements);
        fs.writeFileSync(ready, "");
      } finally {
        fs.rmSync(lock, { recursive: true, force: true });
      }
    }
    await pause(200);
  }
  return path.join(folder, "bin");
}

/** Making a folder is atomic, also between threads. A lock older than an installation takes is left over. */
function takeLock(lock: string): boolean {
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  const age = Date.now() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > VENV_INSTALL_MS) fs.rmSync(lock, { recursive: true, force: true });
  try {
    fs.mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

async function install(folder: string, requirements: string): Promise<void> {
  fs.rmSync(folder, { recursive: true, force: true });
  await must("python3", ["-m", "venv", folder]);
  await must(path.join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
}

async function must(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { env: process.env, timeoutMs: VENV_INSTALL_MS });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}

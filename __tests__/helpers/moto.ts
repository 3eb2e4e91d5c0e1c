/** A local AWS stand-in (moto) for what talks to AWS directly: the S3 state, and calls through the AWS SDK. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../scripts/lib/process";
import { ROOT } from "./folders";

const REQUIREMENTS = path.join(__dirname, "moto-requirements.txt");
/** Milliseconds that the first installation may take; tests that start moto need at least this as their limit. */
export const MOTO_INSTALL_MS = 300_000;

export interface Moto {
  /** Base address, e.g. "http://127.0.0.1:41233". */
  url: string;
  /** Variables that lead Terraform's S3 backend and the AWS SDK here. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a server with an empty account on a free port. It ends with this process at the latest. */
export async function startMoto(): Promise<Moto> {
  const python = await installedPython();
  // The server ends when its standard input closes, so that a killed test run leaves no process.
  const program = [
    "import os, sys, threading",
    "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()",
    "from moto.server import main",
    `main(["-H", "127.0.0.1", "-p", "0"])`,
  ].join("\n");
  const child = spawn(python, ["-c", program], { stdio: ["pipe", "ignore", "pipe"], env: { PATH: process.env.PATH } });
  const url = await address(child);
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_REGION: "eu-central-1",
      TF_CLI_ARGS_init: "-backend-config=use_path_style=true",
    },
    stop: () => stop(child),
  };
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const { stderr } = child;
    if (!stderr) throw new Error("moto has no standard error");
    createInterface({ input: stderr }).on("line", (line) => {
      said.push(line);
      const url = /Running on (http:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`moto ended with code ${code}:\n${said.join("\n")}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await ended;
}

/** The Python of a virtual environment in `.cache/` with exactly the required packages; made on first use. */
async function installedPython(): Promise<string> {
  const version = createHash("sha256").update(fs.readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = path.join(ROOT, ".cache", `moto-${version}`);
  const lock = `${folder}.lock`;
  const ready = path.join(folder, "ready");
  while (!fs.existsSync(ready)) {
    if (takeLock(lock)) {
      try {
        await install(folder);
        fs.writeFileSync(ready, "");
      } finally {
        fs.rmSync(lock, { recursive: true, force: true });
      }
    }
    await pause(200);
  }
  return path.join(folder, "bin", "python");
}

/** Making a folder is atomic, also between threads. A lock older than an installation takes is left over. */
function takeLock(lock: string): boolean {
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  const age = Date.now() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > MOTO_INSTALL_MS) fs.rmSync(lock, { recursive: true, force: true });
  try {
    fs.mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

async function install(folder: string): Promise<void> {
  fs.rmSync(folder, { recursive: true, force: true });
  await must("python3", ["-m", "venv", folder]);
  await must(path.join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS]);
}

async function must(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { env: process.env, timeoutMs: MOTO_INSTALL_MS });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}

/** A local AWS stand-in (moto) for what talks to AWS directly: the S3 state, and calls through the AWS SDK. */
import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { installedVenv, VENV_INSTALL_MS } from "./python-venv";

/** Milliseconds that the first installation may take; tests that start moto need at least this as their limit. */
export const MOTO_INSTALL_MS = VENV_INSTALL_MS;

export interface Moto {
  /** Base address, e.g. "http://127.0.0.1:41233". */
  url: string;
  /** Variables that lead Terraform's S3 backend and the AWS SDK here. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a server with an empty account on a free port. It ends with this process at the latest. */
export async function startMoto(): Promise<Moto> {
  const python = path.join(await installedVenv("moto"), "python");
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

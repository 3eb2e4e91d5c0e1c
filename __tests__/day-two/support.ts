/** A deployed stack for commands of day two: a state, moto as AWS, and a folder in the place of the host. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../../scripts/lib/environment";
import type { RunResult } from "../../scripts/lib/process";
import { type Moto, startMoto } from "../helpers/moto";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { type Agent, INSTANCE, startAgent } from "../helpers/ssm-agent";

export const REGION = "ap-southeast-1";
export const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** The parameters of the secrets, as the stack names them. */
export const SECRET_PARAMETERS: Readonly<Record<string, string>> = Object.fromEntries(
  ["DB_PASSWORD", "JWT_SECRET", "MASTER_ENCRYPTION_KEY", "POSTGRES_PASSWORD"].map((name) => [
    name,
    `/webrana/mvp/secret/${name}`,
  ]),
);

export interface Deployment {
  project: ProjectCopy;
  moto: Moto;
  agent: Agent;
  /** Environment that leads AWS calls to moto and to the agent. */
  env: NodeJS.ProcessEnv;
  tiers(args: string[], env?: NodeJS.ProcessEnv): Promise<RunResult>;
  /** Starts `tiers`, for tests that type or send signals. */
  start(args: string[]): ChildProcessWithoutNullStreams;
  /** The words that start it, for a terminal. */
  words(args: string[]): string[];
  /** Writes an executable of the host, by its path below the app's folder, such as "bin/status". */
  onHost(file: string, script: string): void;
  /** Writes an executable of this machine: it comes first on PATH. */
  here(name: string, script: string): void;
  /** A file that stand-ins write to. */
  file: (name: string) => string;
  read(name: string): string;
  /** Writes the state with these outputs on top of the usual ones. */
  deploy(outputs?: Record<string, Output>): void;
  /** The app's specification in the copy, changed. */
  changeApp(change: (source: string) => string): void;
  close(): Promise<void>;
}

/** A value of an output with its type, as Terraform's state keeps it. */
export type Output = readonly [value: unknown, type: unknown];

const MAP = ["map", "string"];

export async function openDeployment(name: string): Promise<Deployment> {
  const [project, moto, agent] = await Promise.all([copyProject(name), startMoto(), startAgent()]);
  const host = path.join(project.root, "host");
  const bin = path.join(project.root, "path");
  const write = (file: string, script: string): void => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  fs.mkdirSync(path.join(host, "run"), { recursive: true });
  fs.mkdirSync(bin);
  const env = {
    ...moto.env,
    AWS_ENDPOINT_URL_SSM: agent.url,
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    TF_CLI_CONFIG_FILE: undefined,
    TF_CLI_ARGS_init: undefined,
  };
  const deployment: Deployment = {
    project,
    moto,
    agent,
    env,
    tiers: (args, more = {}) => project.tiers(onDirectory(args), { ...env, ...more }),
    start: (args) => {
      const [node = "", ...words] = deployment.words(args);
      return spawn(node, words, { cwd: project.root, env: childEnv(process.env, env) });
    },
    words: (args) => [process.execPath, path.join(project.root, "dist/scripts/tiers.js"), ...onDirectory(args)],
    onHost: (file, script) => write(path.join(host, file), script),
    here: (file, script) => write(path.join(bin, file), script),
    file: (file) => path.join(project.root, file),
    read: (file) => fs.readFileSync(path.join(project.root, file), "utf8"),
    deploy: (outputs = {}) => fs.writeFileSync(path.join(project.root, "terraform.mvp.tfstate"), state(outputs)),
    changeApp: (change) => {
      const file = path.join(project.root, "apps", "webrana.ts");
      fs.writeFileSync(file, change(fs.readFileSync(file, "utf8")));
    },
    close: async () => {
      project.remove();
      await Promise.all([moto.stop(), agent.stop()]);
    },
  };
  resetAgent(deployment);
  // Once, and not before each command.
  const { code, stderr } = await project.tiers(["synth"]);
  if (code !== 0) throw new Error(stderr);
  return deployment;
}

/** The agent as it is at first: online, with the host's folders in the copy, and moto for everything else. */
export function resetAgent({ agent, moto, file }: Deployment): void {
  const rewrite = (command: string): string => {
    const moved = command
      .replaceAll("/opt/webrana/", `${file("host")}/`)
      .replaceAll("/run/webrana/", `${file("host/run")}/`);
    return `PATH="${file("host/path")}:$PATH"; cd "${file("host")}" && ${moved}`;
  };
  agent.behaviour = { ping: "Online", rewrite, others: moto.url };
  for (const list of [agent.sent, agent.opened, agent.ended]) list.length = 0;
}

/** Command and subcommand, then the directory of the stack, then the rest. */
function onDirectory(args: readonly string[]): string[] {
  const words = args[0] === "secrets" ? 2 : 1;
  return [...args.slice(0, words), "--directory", "cdktf.out/stacks/mvp", ...args.slice(words)];
}

function state(outputs: Record<string, Output>): string {
  const all: Record<string, Output> = {
    instance_id: [INSTANCE, "string"],
    public_ip: ["127.0.0.1", "string"],
    backup_bucket: ["webrana-mvp-backups", "string"],
    secret_sources: [SECRET_PARAMETERS, MAP],
    log_groups: [{ backend: "/webrana/mvp/backend", postgres: "/webrana/mvp/postgres" }, MAP],
    released_image_parameters: [{ backend: "/webrana/mvp/image/backend" }, MAP],
    ...outputs,
  };
  return JSON.stringify({
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-0000-0000-000000000000",
    outputs: Object.fromEntries(Object.entries(all).map(([name, [value, type]]) => [name, { value, type }])),
    resources: [],
  });
}

/** Waits for the end of a child and collects what it said. */
export async function ended(child: ChildProcessWithoutNullStreams) {
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

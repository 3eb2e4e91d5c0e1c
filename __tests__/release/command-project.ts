/** A project copy whose stack is "deployed", with a source repository, repositories at moto and a host's program. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ECRClient } from "@aws-sdk/client-ecr";
import { childEnv } from "../../scripts/lib/environment";
import type { RunResult } from "../../scripts/lib/process";
import type { Repository } from "../../scripts/release";
import { type Moto, startMoto } from "../helpers/moto";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { type Agent, INSTANCE, startAgent } from "../helpers/ssm-agent";
import { type Builders, createRepository, ecrAt, standInBuilders } from "./support";

/** Where the stack says that the host's programs are. */
const HOST_BIN = "/opt/webrana/bin/";
const GIT_ENV = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
const AUTHOR = ["-c", "user.name=Ana", "-c", "user.email=ana@shop.example"];

/** What the host's program does; a report is filled with what it was asked. */
export interface HostBehaviour {
  code?: number;
  stdout?: string;
  stderr?: string;
  /** Fields of a report; printed instead of `stdout`. */
  report?: object;
  /** Milliseconds before it ends. */
  delayMs?: number;
}

export interface ReleaseProject {
  readonly copy: ProjectCopy;
  readonly agent: Agent;
  readonly builders: Builders;
  readonly ecr: ECRClient;
  readonly repositories: { readonly backend: Repository; readonly frontend: Repository };
  /** The app's git repository. */
  readonly source: string;
  git(...args: string[]): string;
  /** Environment of `tiers`: AWS at the stand-ins, builders on PATH. */
  env(changes?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** Runs `tiers release` on the stack mvp. */
  release(command: string, ...words: string[]): Promise<RunResult>;
  /** Runs it with an interrupt as soon as a condition holds. */
  interrupted(words: string[], when: () => boolean): Promise<{ code: number | null; stderr: string }>;
  /** Lets the host's program behave so from now on. */
  host(behaviour: HostBehaviour): void;
  /** What the host's program was asked since the last {@link host}. */
  asked(): string[][];
  stop(): Promise<void>;
}

/** @param name - unique among the tests */
export async function openProject(name: string): Promise<ReleaseProject> {
  const [copy, moto, agent] = await Promise.all([copyProject(name), startMoto(), startAgent()]);
  extendApp(copy.root);
  const ecr = ecrAt(moto);
  const repositories = {
    backend: await createRepository(ecr, "webrana/mvp/backend"),
    frontend: await createRepository(ecr, "webrana/mvp/frontend"),
  };
  deployed(copy.root, { backend: repositories.backend.url, frontend: repositories.frontend.url });
  const builders = standInBuilders(path.join(copy.root, "builders"), moto.url, ["docker", "podman"]);
  const source = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-app-"));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", source, ...AUTHOR, ...args], { env: GIT_ENV, encoding: "utf8" }).trim();
  fillSource(source, git);
  const host = hostProgram(path.join(copy.root, "host"));
  agent.behaviour = { ping: "Online", rewrite: (command) => command.replaceAll(HOST_BIN, `${host.bin}/`) };
  const env = (changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    ...environment(moto, agent, builders),
    ...changes,
  });
  const synthesized = await copy.tiers(["synth"], env());
  if (synthesized.code !== 0) throw new Error(synthesized.stderr);
  return {
    copy,
    agent,
    builders,
    ecr,
    repositories,
    source,
    git,
    env,
    host: host.behave,
    asked: host.asked,
    release: (command, ...words) => {
      const directory = command === "build" ? [] : ["--directory", "cdktf.out/stacks/mvp"];
      return copy.tiers(["release", command, "mvp", ...words, ...directory], env());
    },
    interrupted: (words, when) => interruptedRun(copy.root, words, childEnv(process.env, env()), when),
    stop: async () => {
      ecr.destroy();
      await Promise.all([moto.stop(), agent.stop()]);
      fs.rmSync(source, { recursive: true, force: true });
      copy.remove();
    },
  };
}

async function interruptedRun(
  root: string,
  words: string[],
  env: NodeJS.ProcessEnv,
  when: () => boolean,
): Promise<{ code: number | null; stderr: string }> {
  const entry = path.join(root, "dist", "scripts", "tiers.js");
  const all = [entry, "release", ...words, "--directory", "cdktf.out/stacks/mvp"];
  const child = spawn(process.execPath, all, { cwd: root, env });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  while (!when() && child.exitCode === null) await pause(20);
  child.kill("SIGINT");
  return { code: await ended, stderr };
}

function environment(moto: Moto, agent: Agent, builders: Builders): NodeJS.ProcessEnv {
  return {
    ...moto.env,
    ...builders.env,
    AWS_ENDPOINT_URL: undefined,
    AWS_ENDPOINT_URL_ECR: moto.url,
    AWS_ENDPOINT_URL_SSM: agent.url,
    TF_CLI_CONFIG_FILE: undefined,
    TF_CLI_ARGS_init: undefined,
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
}

/** A service of somebody else's image, and a job. */
function extendApp(root: string): void {
  const file = path.join(root, "apps", "webrana.ts");
  const before = fs.readFileSync(file, "utf8");
  const search = `    search: { kind: "worker", image: { reference: "ghcr.io/acme/search:2" }, connects: [], memoryMiB: 128 },\n`;
  const jobs = `  jobs: { migrate: { service: "backend", command: ["true"], when: "deploy" } },\n`;
  const after = before.replace("\n  },\n\n  database:", `\n${search}  },\n${jobs}\n  database:`);
  if (after === before) throw new Error("the app has another shape");
  fs.writeFileSync(file, after);
}

/** The state that Terraform leaves behind, as far as these commands read it. */
function deployed(root: string, repositories: Record<string, string>): void {
  const types = Object.fromEntries(Object.keys(repositories).map((service) => [service, "string"]));
  const outputs = {
    instance_id: { value: INSTANCE, type: "string" },
    backup_bucket: { value: "webrana-mvp-backups", type: "string" },
    repository_urls: { value: repositories, type: ["object", types] },
  };
  const lineage = "00000000-0000-0000-0000-000000000000";
  const state = { version: 4, terraform_version: "1.11.4", serial: 1, lineage, outputs, resources: [] };
  fs.writeFileSync(path.join(root, "terraform.mvp.tfstate"), JSON.stringify(state));
}

function fillSource(source: string, git: (...args: string[]) => string): void {
  const folder = path.join(source, "infrastructure", "docker");
  fs.mkdirSync(folder, { recursive: true });
  for (const service of ["backend", "frontend"]) {
    fs.writeFileSync(path.join(folder, `Dockerfile.${service}`), `FROM scratch\n# ${service}\n`);
  }
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "Faster search");
}

/** The host's `bin/release`. */
function hostProgram(folder: string): {
  bin: string;
  behave: (behaviour: HostBehaviour) => void;
  asked: () => string[][];
} {
  const bin = path.join(folder, "bin");
  const behaviour = path.join(folder, "behaviour.json");
  const log = path.join(folder, "asked.jsonl");
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, "release"), PROGRAM(behaviour, log), { mode: 0o755 });
  return {
    bin,
    behave: (wanted) => {
      fs.writeFileSync(behaviour, JSON.stringify(wanted));
      fs.writeFileSync(log, "");
    },
    asked: () =>
      fs
        .readFileSync(log, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as string[]),
  };
}

const PROGRAM = (behaviour: string, log: string): string => `#!${process.execPath}
const fs = require("node:fs");
const words = process.argv.slice(2);
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify(words) + "\\n");
const { code = 0, stdout = "", stderr = "", report, delayMs = 0 } = JSON.parse(fs.readFileSync(${JSON.stringify(behaviour)}));
const value = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : "");
const images = Object.fromEntries(words.filter((word) => word.includes("@sha256:")).map((word) => {
  const at = word.indexOf("=");
  return [word.slice(0, at), { before: "", after: word.slice(at + 1) }];
}));
const whole = { id: value("--id"), action: words[0], by: value("--by"), message: value("--message"),
  startedAt: "2026-11-21T20:31:06Z", seconds: 42, result: "released", reason: "", images, backup: "", jobs: [], holder: "", ...report };
setTimeout(() => {
  process.stderr.write(stderr);
  process.stdout.write(report ? JSON.stringify(whole) : stdout);
  process.exitCode = code;
}, delayMs);
`;

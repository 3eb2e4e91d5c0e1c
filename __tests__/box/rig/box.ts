/**
 * A machine for rehearsals: Debian with systemd, Docker and Compose in Linux namespaces of its own. It has no network but
 * its loopback; `/rehearsal` leads to the test. Needs root. It ends with this process at the latest.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../../helpers/folders";
import { BOXES, removeCgroups } from "./leftovers";
import type { Volume } from "./volume";

const RIG = path.join(ROOT, "__tests__", "box", "rig");
/** Environment of commands in the box: root's, and the way to the stand-in for AWS. */
const BOX_ENV = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin",
  "HOME=/root",
  "AWS_ENDPOINT_URL=http://127.0.0.1:4566",
  "AWS_REGION=ap-southeast-1",
];

/** Environment of what starts the box: nothing of this shell's own start-up files. */
const HOST_ENV = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

export interface BoxParts {
  /** Root file system; only read. */
  readonly root: string;
  /** Folder of an engine to copy. @default - an empty one */
  readonly engine: string | undefined;
  /** Folder that the box sees as /rehearsal. */
  readonly shared: string;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Box {
  private readonly state: string;
  private readonly id: string;
  private process: ChildProcess | undefined;
  private volume: Volume | undefined;

  /** @param name unique among the boxes that run at the same time */
  constructor(
    name: string,
    private readonly parts: BoxParts,
  ) {
    this.id = `rehearsal-${name}-${process.pid}`;
    this.state = path.join(BOXES, `${name}-${process.pid}`);
    fs.rmSync(this.state, { recursive: true, force: true });
    fs.mkdirSync(this.state, { recursive: true });
  }

  /** Where the engine of this box keeps its images and containers. */
  get engineFolder(): string {
    return path.join(this.state, "docker");
  }

  /** Puts a file on the root disk while the box is off. */
  place(file: string, content: string, mode = 0o644): void {
    const target = path.join(this.state, "upper", file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content, { mode });
  }

  /** The disk that the box has from its next boot on; undefined takes it away. */
  attach(volume: Volume | undefined): void {
    this.volume = volume;
  }

  /** Gives the engine its images; once, before the first boot. */
  async prepare(): Promise<void> {
    if (this.parts.engine !== undefined) await copyFolder(this.parts.engine, this.engineFolder);
  }

  /** Switches the box on and waits until systemd takes orders. */
  async boot(): Promise<void> {
    const disks = this.volume ? [`${this.volume.device}=nvme1n1=${this.volume.linkName}`] : [];
    const log = fs.openSync(path.join(this.state, "console.log"), "a");
    const args = [path.join(RIG, "start-box.sh"), this.parts.root, this.state, this.id, this.parts.shared, ...disks];
    this.process = spawn("bash", args, { stdio: ["ignore", log, log], env: HOST_ENV });
    fs.closeSync(log);
    await this.waitFor("systemctl show --property=Version", 30);
  }

  /** Switches off in order, and on again. */
  async reboot(): Promise<void> {
    await this.powerOff();
    await this.boot();
  }

  async powerOff(): Promise<void> {
    await this.run("systemctl poweroff --no-block");
    await this.ended(240);
  }

  /** The power goes. */
  async kill(): Promise<void> {
    const init = this.initPid();
    if (init !== undefined) process.kill(init, "SIGKILL");
    await this.ended(30);
  }

  /** Runs a line of bash as root. */
  run(script: string, options: { seconds?: number; input?: string } = {}): Promise<Ran> {
    const pid = this.initPid();
    if (pid === undefined) return Promise.resolve({ code: 125, stdout: "", stderr: "the box is off" });
    const namespaces = ["-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"];
    const args = ["-t", String(pid), ...namespaces, "env", "-i", ...BOX_ENV, "bash", "--norc", "-c", script];
    return runChild("nsenter", args, options.seconds ?? 120, options.input);
  }

  /** The same for a line that has to work; answers its output without the last line break. */
  async must(script: string, options: { seconds?: number; input?: string } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(script, options);
    if (code !== 0)
      throw new Error(`in the box: ${script}\nended with ${code}:\n${stdout.slice(-6000)}\n${stderr.slice(-6000)}`);
    return stdout.trimEnd();
  }

  /** Repeats a line of bash until it works. */
  async waitFor(script: string, seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    let last: Ran = { code: 1, stdout: "", stderr: "never tried" };
    while (Date.now() < end) {
      last = await this.run(script);
      if (last.code === 0) return;
      await pause(200);
    }
    throw new Error(
      `in the box, still not after ${seconds} s: ${script}\n${last.stdout}\n${last.stderr}\n${this.consoleText()}`,
    );
  }

  /** What a unit has logged since the last boot. */
  async journal(unit: string): Promise<string> {
    return this.must(`journalctl --no-pager --boot --output=cat --unit=${unit}`);
  }

  /** Ends the box and removes all it has written. */
  async destroy(): Promise<void> {
    await this.kill();
    removeCgroups(this.id);
    fs.rmSync(this.state, { recursive: true, force: true });
  }

  private consoleText(): string {
    const file = path.join(this.state, "console.log");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").slice(-2000) : "";
  }

  /** The first process of the box, as this machine counts: the child of `unshare`. */
  private initPid(): number | undefined {
    const pid = this.process?.pid;
    if (pid === undefined || this.process?.exitCode !== null || this.process.signalCode !== null) return undefined;
    try {
      const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
      const init = Number(children.split(" ")[0]);
      // Until it is init, the child still prepares the box and sees this machine.
      return fs.readFileSync(`/proc/${init}/cmdline`, "utf8").startsWith("/sbin/init") ? init : undefined;
    } catch {
      return undefined;
    }
  }

  private async ended(seconds: number): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    await new Promise((resolve) => child.once("exit", resolve));
    clearTimeout(timer);
    await this.killedCgroups();
  }

  /** Processes of the box die with its first one; its cgroups are empty a moment later. */
  private async killedCgroups(): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      if (removeCgroups(this.id)) return;
      await pause(100);
    }
  }
}

function runChild(command: string, args: string[], seconds: number, input = ""): Promise<Ran> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: HOST_ENV });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 124, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/** With owners, modes and devices as they are. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const { code, stderr } = await runChild("cp", ["-a", from, to], 300);
  if (code !== 0) throw new Error(`${from} could not be copied: ${stderr}`);
}

/** A NAT instance between a private namespace and an outer one, on one wire as on EC2. Needs root. */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { ROOT } from "../../helpers/folders";
import { boxRoot } from "./assets";
import type { Ran } from "./box";
import { BOXES } from "./leftovers";

const SCRIPT = path.join(ROOT, "__tests__", "box", "rig", "nat-network.sh");
const ENV = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };

/** Milliseconds that the first rehearsal of all may take to make its root file system. */
export const ROOT_MS = 600_000;

/** Addresses on the wire. */
export const TASK = "10.1.0.10";
export const INSTANCE = "10.1.128.10";
export const SERVER = "198.51.100.7";

export type Place = "private" | "nat" | "outside";

export class NatNetwork {
  private constructor(
    private readonly root: string,
    private readonly state: string,
    private readonly process: ChildProcess,
  ) {}

  static async open(name: string): Promise<NatNetwork> {
    const root = await boxRoot();
    const state = path.join(BOXES, `${name}-${process.pid}`);
    fs.rmSync(state, { recursive: true, force: true });
    fs.mkdirSync(state, { recursive: true });
    const child = spawn("bash", [SCRIPT, root, state], { stdio: ["ignore", "pipe", "pipe"], env: ENV });
    const said: string[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => resolve());
      child.once("exit", (code) => reject(new Error(`nat-network.sh ended with ${code}: ${said.join("")}`)));
    });
    return new NatNetwork(root, state, child);
  }

  /** Puts a file on the instance's disk. */
  place(file: string, content: string, mode = 0o755): void {
    const target = path.join(this.state, "upper", file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content, { mode });
  }

  /** Text of a file on the instance's disk; empty when there is none. */
  read(file: string): string {
    const target = path.join(this.state, "upper", file);
    return fs.existsSync(target) ? fs.readFileSync(target, "utf8") : "";
  }

  /** Runs a program in a namespace. */
  in(place: Place, ...command: string[]): Promise<Ran> {
    return this.enter("ip", "netns", "exec", place, ...command);
  }

  /** Runs a program on the instance: in its namespace, with its disk as the root. */
  onInstance(...command: string[]): Promise<Ran> {
    return this.in("nat", "chroot", path.join(this.state, "disk"), ...command);
  }

  /** Starts a server that goes on until the network is closed. */
  serve(place: Place, ...command: string[]): void {
    const child = spawn("nsenter", [...this.target(), "ip", "netns", "exec", place, ...command], { stdio: "ignore" });
    child.on("error", () => undefined);
  }

  /** Switches the instance off and on. */
  async reboot(): Promise<void> {
    const { code, stderr } = await this.enter("bash", SCRIPT, this.root, this.state, "reboot");
    if (code !== 0) throw new Error(`the instance did not come back: ${stderr}`);
  }

  /** Ends everything; nothing stays mounted, because all of it was in namespaces. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.kill("SIGKILL")) await ended;
    fs.rmSync(this.state, { recursive: true, force: true });
  }

  /** The first process of the namespaces: the child of `unshare`. */
  private target(): string[] {
    const pid = this.process.pid;
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return ["--target", children.split(" ")[0] ?? "", "--mount", "--net", "--pid"];
  }

  private enter(...command: string[]): Promise<Ran> {
    return run("nsenter", [...this.target(), ...command], { env: ENV, title: command.join(" ") });
  }
}

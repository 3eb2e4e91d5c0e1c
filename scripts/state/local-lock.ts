/**
 * The lock of a local state. Terraform locks the file itself, which Node cannot do, so a Terraform of ours holds it: one
 * that asks whether it may change the state and never gets an answer. It ends, and with it the lock, when its standard
 * input closes, also when this process is killed.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../lib/errors";
import { stateTrouble } from "../lib/state-trouble";
import { firstError, terraformBinary } from "../lib/terraform";
import { readIfThere } from "../lib/write";
import type { StateDocument } from "./document";
import type { Hold } from "./place";

/** A provider that no state uses: Terraform asks before it replaces another one by it. */
const NOBODY = "registry.terraform.io/tiers/nobody";
/** Milliseconds that Terraform may take until it holds the lock. */
const LOCK_TIMEOUT_MS = 30_000;
const POLL_MS = 20;

type Holder = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Locks a state file.
 *
 * @throws UserError that names the holder when the file is locked
 */
export async function holdFile(
  file: string,
  state: StateDocument,
  work: string,
  env: NodeJS.ProcessEnv,
): Promise<Hold> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-lock-"));
  const info = lockInfo(file);
  const before = readIfThere(info);
  const holder = spawn(terraformBinary(env), lockingCommand(file, state), {
    cwd: folder,
    env: { ...env, CHECKPOINT_DISABLE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const said: Buffer[] = [];
  holder.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  holder.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()).once("error", () => resolve()));
  const release = async (): Promise<void> => {
    holder.stdin.destroy();
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  if (await locked(holder, () => readIfThere(info) !== before)) return { release };
  await release();
  throw refusal(Buffer.concat(said).toString("utf8"), file, work);
}

/** Without resources there is no provider to ask about; the console then locks without needing one. */
function lockingCommand(file: string, { resources }: StateDocument): string[] {
  const provider = resources.flatMap((resource) => /\["([^"]+)"\]/.exec(resource.provider ?? "")?.[1] ?? []).at(0);
  return provider === undefined
    ? ["console", `-state=${file}`]
    : ["state", "replace-provider", "-no-color", `-state=${file}`, "-backup=-", provider, NOBODY];
}

/** The file in which Terraform says who holds the lock. A killed Terraform leaves it behind, without the lock. */
const lockInfo = (file: string): string => path.join(path.dirname(file), `.${path.basename(file)}.lock.info`);

async function locked(holder: Holder, isWritten: () => boolean): Promise<boolean> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (Date.now() < deadline && holder.exitCode === null && holder.pid !== undefined) {
    if (isWritten()) return holder.exitCode === null;
    await pause(POLL_MS);
  }
  return false;
}

function refusal(output: string, file: string, work: string): UserError {
  const reason = stateTrouble(output) || firstError(output) || "Terraform did not lock it";
  return new UserError(`The ${work} needs ${path.basename(file)} for itself: ${reason}`);
}

/** Takes a stack away on purpose, without losing data that nobody said may go. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../lib/errors";
import { withLock } from "../lib/lock";
import { stopIfInterrupted } from "../lib/process";
import { backendOf, readStack, regionOfStack, type StackJson } from "../lib/stack-json";
import type { Reporter } from "../lib/terminal";
import { count } from "../lib/terminal";
import { terraform } from "../lib/terraform";
import { decide, type Decision, liftProtections, pendingLifts, type Permission } from "./decide";
import {
  continued,
  type Journal,
  type Leftover,
  leftoverOf,
  readJournal,
  withLeftovers,
  writeJournal,
} from "./journal";
import { applyLifts } from "./lift";
import { describePlan, secretParameters } from "./report";
import { type CancelSpot, cancelSpotRequests, spotTargets } from "./spot";
import { parseState, type State } from "./state";
import { copyStack, keepState, removeEmptyFolders, type Workspace, workspaceOf, writeCopy } from "./workspace";

export { describeLeftovers, describeRedeploy, describeSecrets } from "./report";

export interface TeardownOptions extends Permission {
  /** The synthesized stack: `<output folder>/stacks/<id>`. It is read, never changed. */
  stackDirectory: string;
  /** The whole environment of Terraform. */
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
  /** Gets the description of what will happen; throws a UserError when the user does not agree. */
  confirm(description: string): Promise<void>;
  /** Cancels Spot requests. @default - through the EC2 API with the user's credentials */
  cancelSpot?: CancelSpot;
}

export interface TeardownResult {
  stack: string;
  /** How many resources were destroyed. */
  destroyed: number;
  cancelledSpotRequests: string[];
  /** What this teardown has left in the account. */
  leftovers: Leftover[];
  /** What earlier teardowns of the stack had left; somebody may have deleted it since. */
  earlierLeftovers: Leftover[];
  /** Names of parameters with secrets that the host wrote: Terraform never held them. */
  secretParameters: string[];
  /** Region of the stack; undefined when its configuration does not say it literally. */
  region: string | undefined;
  /** Copy of the state as it was before this run changed anything. */
  stateCopy: string;
}

/** One teardown on its way. */
interface Run {
  stack: string;
  shipped: StackJson;
  workspace: Workspace;
  options: TeardownOptions;
}

/**
 * Tears a stack down. Interrupted at any point, it can be run again and goes on.
 *
 * @throws UserError when the state is empty (exit 2), when the user does not agree, or when Terraform or AWS refuses
 */
export async function teardown(options: TeardownOptions): Promise<TeardownResult> {
  const workspace = workspaceOf(options.stackDirectory);
  const stack = path.basename(options.stackDirectory);
  try {
    return await withLock(workspace.lock, `The teardown of ${stack}`, async () => {
      const run: Run = { stack, shipped: readStack(options.stackDirectory), workspace, options };
      try {
        return await tearDownLocked(run);
      } finally {
        fs.rmSync(workspace.directory, { recursive: true, force: true });
      }
    });
  } finally {
    removeEmptyFolders(workspace);
  }
}

async function tearDownLocked(run: Run): Promise<TeardownResult> {
  const { reporter } = run.options;
  const found = readJournal(run.workspace.journal, run.stack);
  const { state, text } = await reporter.step("read the state", () => openState(run));
  if (state.held.length === 0) return finishEmpty(run, found);

  const journal = continued(found);
  const decision = decide(run.shipped, state.held, run.options);
  await run.options.confirm(describePlan(decision));
  stopIfInterrupted();

  const stateCopy = keepState(run.workspace, state.serial, text);
  writeCopy(run.workspace, liftProtections(run.shipped, decision));
  await liftInState(run, decision);
  const written = await setAside(run, decision, withCopy(journal, stateCopy));
  const cancelledSpotRequests = await cancelSpot(run, decision);
  await destroy(run, decision);
  writeJournal(run.workspace.journal, { ...written, finished: true });
  return resultOf(run, { ...written, finished: true }, decision.goes.length, cancelledSpotRequests);
}

function resultOf(run: Run, journal: Journal, destroyed = 0, cancelledSpotRequests: string[] = []): TeardownResult {
  return {
    stack: run.stack,
    destroyed,
    cancelledSpotRequests,
    leftovers: journal.leftovers,
    earlierLeftovers: journal.earlier,
    secretParameters: secretParameters(run.shipped),
    region: regionOfStack(run.shipped),
    stateCopy: path.join(path.dirname(run.workspace.journal), journal.stateCopies.at(-1) ?? ""),
  };
}

/** Copies the stack, connects the copy to its backend and reads the state. */
async function openState(run: Run): Promise<{ state: State; text: string }> {
  copyStack(run.options.stackDirectory, run.workspace);
  await terraformIn(run, ["init", "-no-color"]);
  const { stdout } = await terraformIn(run, ["state", "pull"]);
  return { state: parseState(stdout), text: stdout };
}

/** An empty state is the end of a teardown that was interrupted after its last step, or nothing to do. */
function finishEmpty(run: Run, journal: Journal): TeardownResult {
  if (journal.finished) {
    throw new UserError(
      `Stack "${run.stack}" has nothing in its state (${where(run.shipped)}): there is nothing to tear down.`,
      2,
    );
  }
  writeJournal(run.workspace.journal, { ...journal, finished: true });
  return resultOf(run, journal);
}

/** Where the state lies, in words. */
function where(shipped: StackJson): string {
  const backend = backendOf(shipped);
  return backend.type === "local" ? path.basename(backend.path) : `s3://${backend.bucket}/${backend.key}`;
}

async function liftInState(run: Run, decision: Decision): Promise<void> {
  const pending = pendingLifts(decision);
  if (pending.length === 0) return;
  await run.options.reporter.step(`lift the protection of ${count(pending.length, "resource")}`, () =>
    applyLifts(pending, run.workspace.directory, run.options.env),
  );
}

/** Writes down what stays, then takes it out of the state, so that the destroy cannot touch it. */
async function setAside(run: Run, decision: Decision, journal: Journal): Promise<Journal> {
  const kept = decision.leftovers.map((held) =>
    leftoverOf(held, run.shipped.resource?.[held.type]?.[blockName(held.block)]),
  );
  const written = withLeftovers(journal, [...kept, ...lastSnapshots(decision)]);
  writeJournal(run.workspace.journal, written);
  if (decision.stays.length > 0) {
    await run.options.reporter.step(asideInWords(decision), () =>
      terraformIn(run, [
        "state",
        "rm",
        "-no-color",
        ...backupFlag(run),
        ...decision.stays.map(({ address }) => address),
      ]),
    );
  }
  return written;
}

/** "set aside 2 that hold data, with their 6 settings". */
function asideInWords({ stays, leftovers }: Decision): string {
  const [hold, their] = leftovers.length === 1 ? ["holds", "its"] : ["hold", "their"];
  const settings = stays.length - leftovers.length;
  return `set aside ${leftovers.length} that ${hold} data${settings > 0 ? `, with ${their} ${count(settings, "setting")}` : ""}`;
}

/** What volumes leave behind that are deleted with permission; the snapshot's own id is not known before. */
function lastSnapshots({ goes }: Decision): Leftover[] {
  return goes
    .filter(({ type }) => type === "aws_ebs_volume")
    .map((volume) => ({ ...leftoverOf(volume, undefined), type: "aws_ebs_snapshot", arn: undefined }));
}

const blockName = (block: string): string => block.split(".").at(-1) ?? block;

/** With a local state Terraform leaves one backup file per removal beside it; this puts it among the teardown's files. */
function backupFlag(run: Run): string[] {
  if (backendOf(run.shipped).type !== "local") return [];
  return [`-backup=${run.workspace.journal.replace(/\.json$/, ".before-removal.tfstate")}`];
}

function withCopy(journal: Journal, file: string): Journal {
  const copy = path.basename(file);
  return journal.stateCopies.includes(copy) ? journal : { ...journal, stateCopies: [...journal.stateCopies, copy] };
}

/** Cancels persistent Spot requests while their instance still exists: afterwards EC2 would start it again. */
async function cancelSpot(run: Run, decision: Decision): Promise<string[]> {
  const targets = spotTargets(decision.goes);
  if (targets.length === 0) return [];
  const cancel = run.options.cancelSpot ?? ((target) => cancelSpotRequests(target));
  return run.options.reporter.step("cancel the Spot requests", async () => {
    const cancelled: string[] = [];
    for (const target of targets) cancelled.push(...(await cancel(target)));
    return cancelled;
  });
}

async function destroy(run: Run, decision: Decision): Promise<void> {
  const total = decision.goes.length;
  await run.options.reporter.step(`destroy ${count(total, "resource")}`, async (busyWith) => {
    let done = 0;
    const onLine = (line: string): void => {
      if (/: Destruction complete/.test(line)) busyWith(`${(done += 1)} of ${total}`);
    };
    await terraformIn(run, ["destroy", "-auto-approve", "-no-color"], onLine);
  });
}

function terraformIn(run: Run, args: string[], onLine?: (line: string) => void) {
  return terraform(args, { cwd: run.workspace.directory, env: run.options.env, onLine });
}

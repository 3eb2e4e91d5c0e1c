/** Moves a state between a file and a bucket, so that at every moment one place has all of it. */
import { UserError } from "../lib/errors";
import { stopIfInterrupted } from "../lib/process";
import type { Reporter } from "../lib/terminal";
import { difference, type Found, isSame, movedMark, readDocument, type StateDocument } from "./document";
import type { Place } from "./place";
import { prove, type ProofOptions } from "./proof";

export interface MoveOptions {
  from: Place;
  to: Place;
  /** Keeps a copy of a state on this disk. */
  keep(text: string): string | undefined;
  proof: ProofOptions;
  reporter: Reporter;
}

export interface MoveResult {
  from: string;
  to: string;
  serial: number;
  lineage: string;
  resources: number;
  /** Whether an earlier move had brought it there already. */
  already: boolean;
  /** File with the copy of the state as it was. */
  copy?: string;
}

/**
 * Moves a state. Both places are locked for the whole time. The new place is written and read back first; then the old
 * one gets a mark that Terraform refuses. Interrupted at any point, the old state is whole, and a further run goes on.
 *
 * @throws UserError when there is nothing to move, a place is locked, or the new place holds something else
 */
export async function moveState(options: MoveOptions): Promise<MoveResult> {
  const { from, to, reporter } = options;
  const source = await reporter.step(`lock ${from.shown}`, () => from.hold("move"));
  try {
    const target = await reporter.step(`lock ${to.shown}`, () => to.hold("move"));
    try {
      return await moveLocked(options);
    } finally {
      await target.release();
    }
  } finally {
    await source.release();
  }
}

async function moveLocked(options: MoveOptions): Promise<MoveResult> {
  const { from, to, proof, reporter } = options;
  const source = readDocument(await from.read());
  const target = readDocument(await to.read());
  const arrived = alreadyThere(from, source, to, target);
  if (arrived) {
    await reporter.step(`read ${to.shown} through Terraform`, () => prove(to, arrived, proof));
    return resultOf(from, to, arrived, true);
  }
  const state = movable(from, source);
  checkTarget(to, target, state);
  if (target.kind === "state") options.keep(target.text);
  const copy = options.keep(state.text);
  stopIfInterrupted();
  await reporter.step(`write ${to.shown}`, () => to.write(state.text));
  await reporter.step("read it back, byte for byte", () => expectBytes(to, state.text));
  await reporter.step("read it back through Terraform", () => prove(to, state, proof));
  stopIfInterrupted();
  await reporter.step(`mark ${from.shown} as moved`, () => from.write(movedMark(state, to.shown)));
  return { ...resultOf(from, to, state, false), copy };
}

const resultOf = (from: Place, to: Place, state: StateDocument, already: boolean): MoveResult => ({
  from: from.shown,
  to: to.shown,
  serial: state.serial,
  lineage: state.lineage,
  resources: state.objects.size,
  already,
});

/** The state at the new place, when the old one says that it went there, or has nothing. */
function alreadyThere(from: Place, source: Found, to: Place, target: Found): StateDocument | undefined {
  if (source.kind === "moved" && source.where !== to.shown) {
    throw new UserError(`${from.shown} was moved to ${source.where}: move it from there.`, 2);
  }
  if (source.kind === "state") return undefined;
  if (target.kind === "state" && source.kind !== "unreadable") return target;
  if (source.kind === "moved") throw new UserError(`${from.shown} was moved to ${to.shown}, but no state is there.`);
  return undefined;
}

function movable(from: Place, source: Found): StateDocument {
  if (source.kind === "state") return source;
  if (source.kind === "unreadable") {
    throw new UserError(`${from.shown} cannot be read (${source.reason}). Restore it first: tiers state restore.`);
  }
  throw new UserError(`${from.shown} holds no state: there is nothing to move.`, 2);
}

/** The new place may hold nothing, the mark of an earlier move away, an older state of the same life, or the same. */
function checkTarget(to: Place, target: Found, state: StateDocument): void {
  if (target.kind === "nothing" || target.kind === "moved") return;
  const advice = "Nothing was changed; look at both with tiers state history.";
  if (target.kind === "unreadable") throw new UserError(`${to.shown} holds something that is no state. ${advice}`);
  if (target.lineage !== state.lineage) {
    throw new UserError(
      `${to.shown} holds another state with ${target.objects.size} resources (lineage ${target.lineage}, not ` +
        `${state.lineage}). ${advice}`,
    );
  }
  if (target.serial < state.serial || isSame(target, state)) return;
  const { added, removed, changed } = difference(target, state);
  throw new UserError(
    `${to.shown} was written since (serial ${target.serial}, here ${state.serial}; ` +
      `${added.length + removed.length + changed.length} resources differ): both have changes of their own. ${advice}`,
  );
}

async function expectBytes(place: Place, text: string): Promise<void> {
  if ((await place.read()) !== text) {
    throw new UserError(`${place.shown} does not hold what was written to it. The state is still at its old place.`);
  }
}

/** Brings an older state back, or one that Terraform could not save. */
import { UserError } from "../lib/errors";
import { stopIfInterrupted } from "../lib/process";
import type { Reporter } from "../lib/terminal";
import { difference, type Difference, hasSameContent, readDocument, type StateDocument, withSerial } from "./document";
import type { Place, Version } from "./place";
import { prove, type ProofOptions } from "./proof";

/** Which state to bring back: exactly one of these. */
export type Choice = { serial: number } | { version: string } | { text: string; file: string };

export interface RestoreOptions {
  place: Place;
  choice: Choice;
  /** Further versions that may be chosen by serial or name: the copies on this disk. */
  copies: readonly Version[];
  /** Whether a state of another life may take the place of the present one. */
  otherLineage: boolean;
  keep(text: string): string | undefined;
  /** Gets what will change; throws a UserError when the user does not agree. */
  confirm(description: string): Promise<void>;
  proof: ProofOptions;
  reporter: Reporter;
}

export interface RestoreResult {
  place: string;
  /** Serial of the state that was chosen, and the one that it has now. */
  from: number;
  serial: number;
  resources: number;
  /** Whether the present state had the same content, so that nothing was written. */
  unchanged: boolean;
  /** File with the copy of the state as it was. */
  copy?: string;
}

/** Versions that are searched for a serial. */
const SEARCHED = 1000;
/** Addresses that a description names of each kind. */
const NAMED = 20;

/**
 * Restores a state. The place is locked for the whole time, also while the user is asked; the present state is kept.
 *
 * @throws UserError when the choice is not found, has another lineage, or the user does not agree
 */
export async function restoreState(options: RestoreOptions): Promise<RestoreResult> {
  const { place, reporter } = options;
  const hold = await reporter.step(`lock ${place.shown}`, () => place.hold("restore"));
  try {
    return await restoreLocked(options);
  } finally {
    await hold.release();
  }
}

async function restoreLocked(options: RestoreOptions): Promise<RestoreResult> {
  const { place, reporter } = options;
  const text = await place.read();
  const present = readDocument(text);
  if (present.kind === "moved") {
    throw new UserError(`${place.shown} was moved to ${present.where}: restore it there.`, 2);
  }
  const chosen = await reporter.step("read the chosen state", () => findChosen(options));
  const before = present.kind === "state" ? present : undefined;
  checkLineage(options, before, chosen);
  if (before && hasSameContent(before, chosen) && before.serial >= chosen.serial) {
    return { ...resultOf(place, chosen, before), unchanged: true };
  }
  await options.confirm(inWords(place, before, chosen, difference(before, chosen)));
  stopIfInterrupted();
  const copy = text === undefined ? undefined : options.keep(text);
  const restored = raised(chosen, before);
  await reporter.step(`write ${place.shown}`, () => place.write(restored.text));
  await reporter.step("read it back through Terraform", () => prove(place, restored, options.proof));
  return { ...resultOf(place, chosen, restored), unchanged: false, copy };
}

const resultOf = (place: Place, chosen: StateDocument, now: StateDocument) => ({
  place: place.shown,
  from: chosen.serial,
  serial: now.serial,
  resources: now.objects.size,
});

/** Terraform takes a state with a higher serial for the newer one. */
function raised(chosen: StateDocument, before: StateDocument | undefined): StateDocument {
  const serial = Math.max(chosen.serial, (before?.serial ?? 0) + 1);
  const found = readDocument(withSerial(chosen, serial));
  if (found.kind !== "state") throw new Error("a state with another serial is a state");
  return found;
}

async function findChosen({ place, choice, copies }: RestoreOptions): Promise<StateDocument> {
  if ("text" in choice) return asState(choice.text, choice.file);
  const versions = [...(await place.versions(SEARCHED)), ...copies];
  if ("version" in choice) {
    const version = versions.find(({ id }) => id === choice.version);
    if (!version) throw notFound(place, `version ${choice.version}`);
    return asState(await version.read(), `version ${choice.version}`);
  }
  return bySerial(place, versions, choice.serial);
}

async function bySerial(place: Place, versions: readonly Version[], serial: number): Promise<StateDocument> {
  const found = new Map<string, { state: StateDocument; ids: string[] }>();
  for (const version of versions) {
    const state = readDocument(await version.read());
    if (state.kind !== "state" || state.serial !== serial) continue;
    const same = found.get(state.text) ?? { state, ids: [] };
    found.set(state.text, { state, ids: [...same.ids, version.id] });
  }
  const [first, ...others] = [...found.values()];
  if (!first) throw notFound(place, `serial ${serial}`);
  if (others.length === 0) return first.state;
  const ids = [first, ...others].flatMap(({ ids: all }) => all.slice(0, 1)).join(", ");
  throw new UserError(`Several different states have serial ${serial}: choose one with --id, of ${ids}.`, 2);
}

const notFound = (place: Place, what: string): UserError =>
  new UserError(`${place.shown} has no ${what}; tiers state history shows what there is.`, 2);

function asState(text: string, name: string): StateDocument {
  const found = readDocument(text);
  if (found.kind === "state") return found;
  const reason = found.kind === "unreadable" ? found.reason : found.kind === "moved" ? "the mark of a move" : "empty";
  throw new UserError(`${name} holds no state that could be restored: ${reason}.`, 2);
}

function checkLineage(
  { otherLineage, place }: RestoreOptions,
  before: StateDocument | undefined,
  chosen: StateDocument,
): void {
  if (before === undefined || before.lineage === chosen.lineage || otherLineage) return;
  throw new UserError(
    `The chosen state has lineage ${chosen.lineage}, that of ${place.shown} is ${before.lineage}: it belongs to another ` +
      "stack, or to an earlier life of this one. Add --other-lineage if that is what you want.",
    2,
  );
}

function inWords(place: Place, before: StateDocument | undefined, chosen: StateDocument, change: Difference): string {
  const now = before ? `serial ${before.serial} with ${before.objects.size} resources` : "nothing that can be read";
  return [
    `${place.shown} holds ${now}; the chosen state has serial ${chosen.serial} with ${chosen.objects.size}.`,
    ...listed("+", "Terraform will know again", change.added),
    ...listed("-", "Terraform will forget, though it exists", change.removed),
    ...listed("~", "has other values", change.changed),
  ].join("\n");
}

function listed(sign: string, meaning: string, addresses: readonly string[]): string[] {
  if (addresses.length === 0) return [];
  const more = addresses.length > NAMED ? [`  ${sign} and ${addresses.length - NAMED} more`] : [];
  return [
    `${sign} ${meaning} (${addresses.length}):`,
    ...addresses.slice(0, NAMED).map((one) => `  ${sign} ${one}`),
    ...more,
  ];
}

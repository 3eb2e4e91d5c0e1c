/** Carries a simulated run through its faults, the way a person would: look, mend, apply again. */
import * as fs from "node:fs";
import { didYouMean } from "../../modules/spec/suggest";
import { UserError } from "../lib/errors";
import { readStack, resourceBlocks } from "../lib/stack-json";
import { terraform } from "../lib/terraform";
import type { FaultStatus, Simulation } from "./engines";
import { findAddresses } from "./forgotten";
import type { Place } from "./terraform-steps";

/** A fault that the user asked for. */
export interface AskedFault {
  text: string;
  /** The resource type that it is for; `*` is every type. */
  type: string;
}

/** One failure that faults made, and what mended it. */
export interface Setback {
  /** What Terraform said. */
  error: string;
  /** The faults behind it. */
  faults: string[];
  /** Commands that were run before the next attempt. */
  mendedBy: string[];
  /** What nobody took over: it stays in the account until somebody deletes it. */
  leftOver: { type: string; id: string }[];
}

export interface FaultReport {
  faults: FaultStatus[];
  setbacks: Setback[];
}

export interface FaultyRunOptions {
  /** Starts the simulated AWS, also once more after its process was killed. */
  start(): Promise<Simulation>;
  /** Where Terraform runs, given a simulated AWS. */
  placeOf(simulation: Simulation): Place;
  stateFile: string;
}

/** Longest message beside the steps; the report has it in full. */
const NOTE_WIDTH = 100;

export class FaultyRun {
  private readonly setbacks: Setback[] = [];
  private current: Simulation | undefined;

  constructor(private readonly options: FaultyRunOptions) {}

  /** The simulated AWS that runs now. */
  async simulation(): Promise<Simulation> {
    if (this.current?.isAlive()) return this.current;
    await this.current?.stop();
    return (this.current = await this.options.start());
  }

  async place(): Promise<Place> {
    return this.options.placeOf(await this.simulation());
  }

  /**
   * Works until the work succeeds: a failure that a fault made is mended, and the work done once more.
   *
   * @param imports whether what the state does not know is imported; not during a teardown, which leaves data behind
   * @throws UserError when something else went wrong than the faults
   */
  async through<T>(work: (place: Place) => Promise<T>, imports: boolean): Promise<T> {
    for (;;) {
      const before = await this.met();
      try {
        return await work(await this.place());
      } catch (error) {
        await this.recover(error, before, imports);
      }
    }
  }

  /** Mends what the faults since `before` did; a fault may also meet the mending. */
  private async recover(error: unknown, before: readonly string[], imports: boolean): Promise<void> {
    const now = await this.met();
    const faults = now.filter((fault) => !before.includes(fault));
    if (!(error instanceof UserError) || faults.length === 0) throw error;
    try {
      await this.mend(error, faults, imports);
    } catch (next) {
      await this.recover(next, now, imports);
    }
  }

  /**
   * What became of the faults.
   *
   * @throws UserError (exit 2) when one did not happen
   */
  async report(): Promise<FaultReport> {
    const faults = (await this.simulation()).faults();
    const missed = faults.filter(({ times }) => times === 0);
    if (missed.length > 0) throw new UserError(missed.map(notMet).join("\n"), 2);
    return { faults, setbacks: this.setbacks };
  }

  async stop(): Promise<void> {
    await this.current?.stop();
  }

  /** Each fault that makes calls fail, once for every call that it met. */
  private async met(): Promise<string[]> {
    const failing = (await this.simulation()).faults().filter(({ delays }) => !delays);
    return failing.flatMap(({ fault, times }) => Array.from({ length: times }, (_, i) => `${fault} #${i + 1}`));
  }

  private async mend({ message }: UserError, met: string[], imports: boolean): Promise<void> {
    const faults = [...new Set(met.map((one) => one.replace(/ #\d+$/, "")))];
    const setback: Setback = { error: message, faults, mendedBy: [], leftOver: [] };
    this.setbacks.push(setback);
    const place = await this.place();
    place.reporter.note(`       ${message.length > NOTE_WIDTH ? `${message.slice(0, NOTE_WIDTH)}...` : message}`);
    const run = async (args: string[]): Promise<void> => {
      const command = ["terraform", ...args.map(quoted)].join(" ");
      await place.reporter.step(command, () => terraform([...args, "-no-color"], place));
      setback.mendedBy.push(command);
    };
    for (const address of protectedAndTainted(place.cwd, this.options.stateFile)) await run(["untaint", address]);
    if (imports) await this.importForgotten(place, setback, run);
  }

  private async importForgotten(place: Place, setback: Setback, run: (args: string[]) => Promise<void>): Promise<void> {
    const forgotten = (await this.simulation()).forgotten(this.options.stateFile);
    if (forgotten.length === 0) return;
    for (const { object, address } of await findAddresses(forgotten, place)) {
      if (address === undefined) setback.leftOver.push({ type: object.type, id: object.id });
      else await run(["import", address, object.importId]);
    }
  }
}

const quoted = (word: string): string => (/^[\w./:-]+$/.test(word) ? word : `'${word}'`);

function notMet({ fault, calls }: FaultStatus): string {
  const seen = calls === 0 ? "this run made no such call" : `this run made ${calls} such calls`;
  return `The fault "${fault}" did not happen: ${seen}.`;
}

/**
 * Refuses faults for types that the stack does not have.
 *
 * @throws UserError (exit 2), one line for each
 */
export function refuseUnknownTypes(faults: readonly AskedFault[], directory: string, stack: string): void {
  const types = [...new Set([...resourceBlocks(readStack(directory))].map(({ type }) => type))].sort();
  const unknown = faults.filter(({ type }) => type !== "*" && !types.includes(type));
  const lines = unknown.map(({ text, type }) => {
    const advice = didYouMean(type, types, `it has ${types.join(", ")}`);
    return `The fault "${text}" cannot happen: stack ${stack} has no ${type}; ${advice}`;
  });
  if (lines.length > 0) throw new UserError(lines.join("\n"), 2);
}

interface StateJson {
  resources?: {
    mode: string;
    type: string;
    name: string;
    instances: { status?: string; index_key?: string | number }[];
  }[];
}

/** Resources that Terraform would replace because their creation did not end well, and may not because they are protected. */
function protectedAndTainted(directory: string, stateFile: string): string[] {
  if (!fs.existsSync(stateFile)) return [];
  const isProtected = new Set<string>();
  for (const { address, block } of resourceBlocks(readStack(directory))) {
    if ((block.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy) isProtected.add(address);
  }
  const state = JSON.parse(fs.readFileSync(stateFile, "utf8")) as StateJson;
  return (state.resources ?? [])
    .filter(({ mode, type, name }) => mode === "managed" && isProtected.has(`${type}.${name}`))
    .flatMap(({ type, name, instances }) =>
      instances
        .filter(({ status }) => status === "tainted")
        .map(({ index_key: key }) => `${type}.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`),
    );
}

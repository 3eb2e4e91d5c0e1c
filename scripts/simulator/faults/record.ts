/** What a simulated account remembers about its faults, so that each happens once, also when its process was killed. */
import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../../lib/write";
import { type Call, type Fault, faultText, isDelay } from "./spec";

/** What became of one fault. */
export interface FaultStatus {
  /** The fault in full. */
  fault: string;
  /** Whether it only makes calls slower. */
  delays: boolean;
  /** How many calls it met. */
  times: number;
  /** The call that it met first, in words: `create of aws_vpc (1)`. */
  call?: string;
  /** How many calls there were of the kind that it waits for. */
  calls: number;
  /** Seconds that the real provider would have waited between throttled attempts, on average. */
  realWaitSeconds?: number;
}

type Happened = Required<Pick<FaultStatus, "fault" | "call" | "times">> & Pick<FaultStatus, "realWaitSeconds">;

interface RecordJson {
  /** How many calls there were, by call and type. */
  calls: Record<string, number>;
  happened: Happened[];
}

const FILE = "faults.json";

/** What became of the faults in the account of a folder. */
export function statusOf(dir: string, faults: readonly Fault[]): FaultStatus[] {
  const { calls, happened } = read(path.join(dir, FILE));
  return faults.map((fault) => {
    const text = faultText(fault);
    const found = happened.find((one) => one.fault === text);
    const soFar = total(calls, fault.call, fault.type);
    return { times: 0, ...found, fault: text, delays: isDelay(fault.effect), calls: soFar };
  });
}

export class FaultRecord {
  private readonly file: string;
  private readonly json: RecordJson;

  constructor(dir: string) {
    this.file = path.join(dir, FILE);
    this.json = read(this.file);
  }

  /** Counts a call; returns the faults that it meets. */
  count(faults: readonly Fault[], call: Call, type: string): Fault[] {
    const { calls } = this.json;
    calls[`${call} ${type}`] = (calls[`${call} ${type}`] ?? 0) + 1;
    const met = faults.filter(
      (fault) =>
        (fault.call === "any" || fault.call === call) &&
        (fault.type === "*" || fault.type === type) &&
        (fault.at === "each" || fault.at === total(calls, fault.call, fault.type)),
    );
    for (const fault of met) this.note(fault, `${call} of ${type} (${calls[`${call} ${type}`]})`);
    this.save();
    return met;
  }

  /** Adds up what the real provider would have waited. */
  addWait(fault: Fault, seconds: number): void {
    const entry = this.json.happened.find((one) => one.fault === faultText(fault));
    if (entry) entry.realWaitSeconds = Math.round(((entry.realWaitSeconds ?? 0) + seconds) * 10) / 10;
    this.save();
  }

  private note(fault: Fault, call: string): void {
    const text = faultText(fault);
    const entry = this.json.happened.find((one) => one.fault === text);
    if (entry) entry.times += 1;
    else this.json.happened.push({ fault: text, call, times: 1 });
  }

  private save(): void {
    writeFileAtomic(this.file, `${JSON.stringify(this.json, null, 1)}\n`);
  }
}

function total(calls: Record<string, number>, call: Fault["call"], type: string): number {
  return Object.entries(calls)
    .filter(([key]) => (call === "any" || key.startsWith(`${call} `)) && (type === "*" || key.endsWith(` ${type}`)))
    .reduce((sum, [, number]) => sum + number, 0);
}

function read(file: string): RecordJson {
  if (!fs.existsSync(file)) return { calls: {}, happened: [] };
  return JSON.parse(fs.readFileSync(file, "utf8")) as RecordJson;
}

/** Brings a judge, what ships and the planted faults together. */
import * as fs from "node:fs";
import * as path from "node:path";
import { STACK_FILE, readStack } from "../../../scripts/lib/stack-json";
import { writeFileAtomic } from "../../../scripts/lib/write";
import { faults, sourceFaults } from "../faults";
import { type Expectation, type Fault, type SourceFault, changed } from "../faults/plant";
import type { Exceptions } from "./exceptions";
import type { Input, Judge, Verdict } from "./types";
import { type PlantedFault, decide } from "./verdict";
import { workspace } from "./workspace";

export interface Hearing {
  readonly stacks: readonly Input[];
  readonly exceptions: Exceptions;
  /** Folders of files that the product writes for others; judges of such files read them as well. @default [] */
  readonly written?: readonly Input[];
  /** Whether a judge that cannot run is a failure. */
  readonly strict: boolean;
}

/** The stack that faults are planted into: it has everything that they need. */
const FAULTY_STACK = "mvp";

/** The files of the repository, and small ones that show what each tool finds even where the repository has none. */
const SAMPLES: Input = { label: "samples", file: workspace.samples };
const REPOSITORY: Input = { label: "repository", file: workspace.project.root };

/** Runs one judge over everything that concerns it. A judge that stops with an error has failed. */
export async function hear(judge: Judge, { stacks, exceptions, strict, written = [] }: Hearing): Promise<Verdict> {
  const { name, tool } = judge;
  const unfinished = (status: Verdict["status"], problem: string): Verdict => {
    exceptions.leaveOpen(tool);
    return { name, status, details: [], problems: [problem] };
  };
  const reason = await judge.unavailable?.();
  if (reason !== undefined) return unfinished(strict ? "failed" : "skipped", reason);
  try {
    const isRead = (input: Input): boolean => judge.reads?.(input) ?? true;
    const inputs = judge.docket === "sources" ? [REPOSITORY, ...written.filter(isRead), SAMPLES] : stacks;
    const shipped = inputs.filter(isRead);
    if (shipped.length === 0) return unfinished("failed", "no stack holds what it judges");
    const withFaults = judge.docket === "sources" ? sourcesPlantedFor(judge) : plantedFor(judge, stacks);
    const evaluations = await judge.evaluate([...shipped, ...withFaults.map(({ input }) => input)]);
    const verdict = decide({ judge, shipped, faults: withFaults, evaluations, exceptions });
    const empty = inputs.filter((input) => !shipped.includes(input));
    return { ...verdict, details: [...empty.map(({ label }) => `${label}: has no ${judge.unit}`), ...verdict.details] };
  } catch (error) {
    return unfinished("failed", (error as Error).message);
  }
}

/** Writes a copy of the stack for every fault that this judge must report. */
function plantedFor(judge: Judge, stacks: readonly Input[]): PlantedFault[] {
  const origin = stacks.find(({ label }) => label === FAULTY_STACK);
  if (!origin) throw new Error(`the stack ${FAULTY_STACK}, into which faults are planted, was not synthesized`);
  return planted(faults, judge, origin, plant);
}

const sourcesPlantedFor = (judge: Judge): PlantedFault[] => planted(sourceFaults, judge, SAMPLES, plantSource);

function planted<T extends Pick<Fault, "name" | "reportedBy">>(
  candidates: readonly T[],
  judge: Judge,
  origin: Input,
  write: (fault: T, origin: Input) => string,
): PlantedFault[] {
  return candidates.flatMap((fault) => {
    const expected = fault.reportedBy[judge.name];
    if (expected === undefined) return [];
    try {
      const input = { label: fault.name, file: write(fault, origin) };
      return [{ input, origin: origin.label, expected: expectation(expected) }];
    } catch (error) {
      throw new Error(`${fault.name}: ${(error as Error).message}`, { cause: error });
    }
  });
}

const expectation = (expected: string | Expectation): Expectation =>
  typeof expected === "string" ? { id: expected } : expected;

function plant(fault: Fault, origin: Input): string {
  const stack = readStack(path.dirname(origin.file));
  fault.plant(stack);
  const file = path.join(workspace.faults, fault.name, STACK_FILE);
  writeFileAtomic(file, JSON.stringify(stack, undefined, 1));
  return file;
}

function plantSource(fault: SourceFault, origin: Input): string {
  const folder = path.join(workspace.faults, fault.name);
  fs.cpSync(origin.file, folder, { recursive: true });
  const file = path.join(folder, fault.file);
  writeFileAtomic(file, changed(fault, fs.readFileSync(file, "utf8")));
  return folder;
}

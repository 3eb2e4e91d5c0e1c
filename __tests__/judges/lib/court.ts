/** Brings a judge, the shipped stacks and the planted faults together. */
import * as path from "node:path";
import { STACK_FILE, readStack } from "../../../scripts/lib/stack-json";
import { writeFileAtomic } from "../../../scripts/lib/write";
import { faults } from "../faults";
import type { Fault } from "../faults/plant";
import type { Exceptions } from "./exceptions";
import type { Input, Judge, Verdict } from "./types";
import { type PlantedFault, decide } from "./verdict";
import { workspace } from "./workspace";

export interface Hearing {
  readonly stacks: readonly Input[];
  readonly exceptions: Exceptions;
  /** Whether a judge that cannot run is a failure. */
  readonly strict: boolean;
}

/** The stack that faults are planted into: it has everything that they need. */
const FAULTY_STACK = "mvp";

/** Runs one judge over everything that concerns it. A judge that stops with an error has failed. */
export async function hear(judge: Judge, { stacks, exceptions, strict }: Hearing): Promise<Verdict> {
  const { name, tool } = judge;
  const unfinished = (status: Verdict["status"], problem: string): Verdict => {
    exceptions.leaveOpen(tool);
    return { name, status, details: [], problems: [problem] };
  };
  const reason = await judge.unavailable?.();
  if (reason !== undefined) return unfinished(strict ? "failed" : "skipped", reason);
  try {
    const shipped = stacks.filter((input) => judge.reads?.(input) ?? true);
    if (shipped.length === 0) return unfinished("failed", "no stack holds what it judges");
    const planted = plantedFor(judge, stacks);
    const evaluations = await judge.evaluate([...shipped, ...planted.map(({ input }) => input)]);
    return decide({ judge, shipped, faults: planted, evaluations, exceptions });
  } catch (error) {
    return unfinished("failed", (error as Error).message);
  }
}

/** Writes a copy of the stack for every fault that this judge must report. */
function plantedFor(judge: Judge, stacks: readonly Input[]): PlantedFault[] {
  const origin = stacks.find(({ label }) => label === FAULTY_STACK);
  if (!origin) throw new Error(`the stack ${FAULTY_STACK}, into which faults are planted, was not synthesized`);
  return faults.flatMap((fault) => {
    const expected = fault.reportedBy[judge.name];
    if (expected === undefined) return [];
    const expectation = typeof expected === "string" ? { id: expected } : expected;
    return [{ input: plant(fault, origin), origin: origin.label, expected: expectation }];
  });
}

function plant(fault: Fault, origin: Input): Input {
  const stack = readStack(path.dirname(origin.file));
  try {
    fault.plant(stack);
  } catch (error) {
    throw new Error(`${fault.name}: ${(error as Error).message}`, { cause: error });
  }
  const file = path.join(workspace.faults, fault.name, STACK_FILE);
  writeFileAtomic(file, JSON.stringify(stack, undefined, 1));
  return { label: fault.name, file };
}

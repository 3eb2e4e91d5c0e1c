/**
 * Other people's checkers over what the stacks ship: the Terraform JSON, its plan, its policies and the Compose file.
 * Each must be silent on the shipped stacks and must report faults planted into a copy by the id named beforehand.
 *
 * Options: --strict (also on when CI is set) makes a judge that cannot run a failure; --stacks DIR judges stacks that
 * were synthesized before instead of synthesizing them.
 */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "../../scripts/lib/build";
import { simulatedEnv } from "../../scripts/lib/environment";
import { stackDirectory } from "../../scripts/lib/paths";
import { STACK_FILE, parseJson, type StackJson } from "../../scripts/lib/stack-json";
import { stacksIn, synthesize } from "../../scripts/lib/synth";
import { emptyFolder, writeFileAtomic } from "../../scripts/lib/write";
import { faults } from "./faults";
import type { Fault } from "./faults/plant";
import { checkovJson } from "./judges/checkov";
import { checkovPlan } from "./judges/checkov-plan";
import { composeGo } from "./judges/compose-go";
import { ownTests } from "./judges/own-tests";
import { cfnLint, parliament, policySentry } from "./judges/python";
import { type Exception, readExceptions } from "./lib/exceptions";
import { closingLine, print } from "./lib/report";
import type { Input, Judge, Verdict } from "./lib/types";
import { type PlantedFault, decide, staleExceptions } from "./lib/verdict";
import { workspace } from "./lib/workspace";

const JUDGES: readonly Judge[] = [checkovJson, checkovPlan, cfnLint, policySentry, parliament, composeGo];

/** The stack that faults are planted into: it has everything that they need. */
const FAULTY_STACK = "mvp";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { strict: { type: "boolean" }, stacks: { type: "string" } } });
  const strict = values.strict === true || Boolean(process.env.CI);
  const shipped = await shippedStacks(values.stacks);
  const exceptions = readExceptions(workspace.exceptions);
  const used = new Set<Exception>();
  emptyFolder(workspace.faults);
  emptyFolder(workspace.home);
  const verdicts = [print(await ownTests())];
  for (const judge of JUDGES) verdicts.push(print(await verdictOf(judge, shipped, exceptions, used, strict)));
  // A judge that did not run may be the one that an exception is meant for.
  if (verdicts.every(({ status }) => status !== "skipped")) verdicts.push(print(reviewed(exceptions, used)));
  console.log(closingLine(verdicts));
  return verdicts.some(({ status }) => status === "failed") ? 1 : 0;
}

async function shippedStacks(given: string | undefined): Promise<Input[]> {
  // The user's own settings, such as another state backend, must not change what is judged.
  const env = simulatedEnv(process.env);
  await ensureBuilt(workspace.project, env);
  const output = given === undefined ? workspace.output : path.resolve(given);
  const ids = given === undefined ? await synthesize(workspace.project, { output, env }) : stacksIn(output);
  if (ids.length === 0) throw new Error("there is no stack to judge");
  return ids.map((id) => ({ label: id, file: path.join(stackDirectory(output, id), STACK_FILE) }));
}

async function verdictOf(
  judge: Judge,
  stacks: readonly Input[],
  exceptions: readonly Exception[],
  used: Set<Exception>,
  strict: boolean,
): Promise<Verdict> {
  const { name } = judge;
  const reason = await judge.unavailable?.();
  if (reason !== undefined) return { name, status: strict ? "failed" : "skipped", details: [], problems: [reason] };
  try {
    const shipped = stacks.filter((input) => judge.reads?.(input) ?? true);
    if (shipped.length === 0)
      return { name, status: "failed", details: [], problems: ["no stack holds what it judges"] };
    const planted = plantedFor(judge, stacks);
    const evaluations = await judge.evaluate([...shipped, ...planted.map(({ input }) => input)]);
    return decide({ judge, shipped, faults: planted, evaluations, exceptions, used });
  } catch (error) {
    return { name, status: "failed", details: [], problems: [(error as Error).message] };
  }
}

/** Writes a copy of the stack for every fault that this judge must report. */
function plantedFor(judge: Judge, stacks: readonly Input[]): PlantedFault[] {
  const origin = stacks.find(({ label }) => label === FAULTY_STACK);
  if (!origin) throw new Error(`the stack ${FAULTY_STACK}, into which faults are planted, was not synthesized`);
  return faults.flatMap((fault) => {
    const expected = fault.reportedBy[judge.name];
    if (expected === undefined) return [];
    const input = plant(fault, origin);
    return [{ input, origin: origin.label, expected: typeof expected === "string" ? { id: expected } : expected }];
  });
}

function plant(fault: Fault, origin: Input): Input {
  const stack = parseJson(origin.file) as StackJson;
  try {
    fault.plant(stack);
  } catch (error) {
    throw new Error(`${fault.name}: ${(error as Error).message}`, { cause: error });
  }
  const file = path.join(workspace.faults, fault.name, STACK_FILE);
  writeFileAtomic(file, JSON.stringify(stack, undefined, 1));
  return { label: fault.name, file };
}

function reviewed(exceptions: readonly Exception[], used: ReadonlySet<Exception>): Verdict {
  const problems = staleExceptions(exceptions, used);
  const details = [`${exceptions.length} exceptions, ${used.size} in use`];
  return { name: "exceptions", status: problems.length === 0 ? "passed" : "failed", details, problems };
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    console.log("judges: 0 passed, 1 failed");
    process.exitCode = 1;
  },
);

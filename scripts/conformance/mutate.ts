/** Breaks every built value once and asks whether the test that is named for it then fails. */
import * as os from "node:os";
import type { RunTests } from "./named-tests";
import { mutated, type Stacks } from "./places";
import { placeName } from "./render";
import type { Built, Table } from "./rows";

export interface Mutation {
  readonly id: string;
  readonly place: string;
  /** The test that must fail. */
  readonly test: string;
  /** "caught" when the test passes on the stacks as they are and fails on the changed copy; else what happened. */
  readonly verdict: string;
}

interface Job {
  readonly id: string;
  readonly place: Built;
  readonly file: string;
  readonly name: string;
}

/**
 * Runs all mutations, as many at a time as the machine has processors.
 *
 * @param onResult called with each result as it comes
 */
export async function mutateAll(
  tables: readonly Table[],
  stacks: Stacks,
  runTests: RunTests,
  onResult: (mutation: Mutation) => void,
): Promise<Mutation[]> {
  const jobs = jobsOf(tables);
  const passing = await passingTests(jobs, stacks, runTests);
  const results: Mutation[] = [];
  const queue = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { id, place, file, name } = job;
      const verdict = passing.has(`${file} > ${name}`)
        ? await mutateOne(job, stacks, runTests)
        : "no test of this name passes on the stacks as they are";
      const result = { id, place: placeName(place), test: `${file} > ${name}`, verdict };
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, os.availableParallelism()) }, worker));
  return results;
}

function jobsOf(tables: readonly Table[]): Job[] {
  return tables.flatMap(({ rows }) =>
    rows.flatMap(({ id, built, test = "" }) => {
      const [file = "", name = ""] = test.split(/ > (.*)/, 2);
      return built.map((place) => ({ id, place, file, name }));
    }),
  );
}

/** The tests that pass without any change: only their failure says something. */
async function passingTests(jobs: readonly Job[], stacks: Stacks, runTests: RunTests): Promise<ReadonlySet<string>> {
  const passing = new Set<string>();
  for (const file of new Set(jobs.map((job) => job.file))) {
    const outcomes = await runTests({ file, stacks });
    for (const [name, outcome] of outcomes) if (outcome === "passed") passing.add(`${file} > ${name}`);
  }
  return passing;
}

async function mutateOne({ place, file, name }: Job, stacks: Stacks, runTests: RunTests): Promise<string> {
  const changed = mutated(stacks, place);
  if (changed === undefined) return "the value is not as the table says, or cannot be changed";
  const outcomes = await runTests({ file, name, stacks: new Map([...stacks, [place.stack, changed]]) });
  const outcome = outcomes.get(name);
  if (outcome === undefined) return "the test could not be run";
  return outcome === "failed" ? "caught" : "the test still passes";
}

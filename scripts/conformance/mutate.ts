/** Breaks every built value once and shows that the test that is named for it then fails. */
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../lib/environment";
import { type ProjectPaths, stackDirectory } from "../lib/paths";
import { run } from "../lib/process";
import { STACK_FILE, type Json } from "../lib/stack-json";
import { mutated, type Stacks } from "./places";
import { placeName } from "./render";
import type { Built, Row, Table } from "./rows";

export interface Mutation {
  readonly id: string;
  readonly place: string;
  readonly test: string;
  /** "caught" when the named test failed; else what happened instead. */
  readonly verdict: "caught" | string;
}

/** What Vitest's JSON report says, as far as it is needed. */
interface Report {
  testResults: { assertionResults: { title: string; status: string }[] }[];
}

/** Runs all mutations, a few at a time. */
export async function mutateAll(
  paths: ProjectPaths,
  tables: readonly Table[],
  stacks: Stacks,
  onResult: (mutation: Mutation) => void,
): Promise<Mutation[]> {
  const jobs = tables.flatMap(({ rows }) => rows.flatMap((row) => row.built.map((place) => ({ row, place }))));
  const results: Mutation[] = [];
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const result = await mutateOne(paths, job.row, job.place, stacks);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

async function mutateOne(paths: ProjectPaths, row: Row, place: Built, stacks: Stacks): Promise<Mutation> {
  const result = { id: row.id, place: placeName(place), test: row.test ?? "" };
  const changed = mutated(stacks, place);
  if (changed === undefined) return { ...result, verdict: "there is no value at this place" };
  const folder = fs.mkdtempSync(
    path.join(fs.mkdirSync(paths.simulated, { recursive: true }) ?? paths.simulated, "mutation-"),
  );
  try {
    writeStacks(folder, new Map([...stacks, [place.stack, changed]]));
    return { ...result, verdict: await runTest(paths, folder, row.test ?? "") };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function writeStacks(folder: string, stacks: Stacks): void {
  for (const [id, stack] of stacks) {
    const directory = stackDirectory(folder, id);
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, STACK_FILE), JSON.stringify(stack));
  }
}

/** Runs exactly the named test on the changed stacks. */
async function runTest(paths: ProjectPaths, folder: string, test: string): Promise<string> {
  const [file = "", name = ""] = test.split(" > ", 2);
  const report = path.join(folder, "report.json");
  const vitest = path.join(paths.root, "node_modules", "vitest", "vitest.mjs");
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  await run(process.execPath, [vitest, "run", file, "-t", pattern, "--reporter=json", `--outputFile=${report}`], {
    cwd: paths.root,
    env: childEnv(process.env, { TIERSTACK_SHIPPED_DIR: folder }),
    title: `the test ${test}`,
  });
  if (!fs.existsSync(report)) return "the test could not be run";
  const { testResults } = JSON.parse(fs.readFileSync(report, "utf8")) as Report;
  const ran = testResults.flatMap((entry) => entry.assertionResults).filter((entry) => entry.title.includes(name));
  const judged = ran.filter(({ status }) => status === "failed" || status === "passed");
  if (judged.length === 0) return "no test has this name";
  return judged.some(({ status }) => status === "failed") ? "caught" : "the named test still passes";
}

/** Stacks of an output folder, parsed. */
export function readStacks(output: string, ids: readonly string[]): Stacks {
  const read = (id: string): Json =>
    JSON.parse(fs.readFileSync(path.join(stackDirectory(output, id), STACK_FILE), "utf8")) as Json;
  return new Map(ids.map((id) => [id, read(id)]));
}

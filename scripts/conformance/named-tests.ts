/** Runs tests of this project by name against given stacks, in a process of their own. */
import * as fs from "node:fs";
import * as path from "node:path";
import { simulatedEnv } from "../lib/environment";
import { type ProjectPaths, stackDirectory } from "../lib/paths";
import { run } from "../lib/process";
import { STACK_FILE } from "../lib/stack-json";
import type { Stacks } from "./places";

interface TestRun {
  /** Test file, relative to the project. */
  readonly file: string;
  /** Full name of the one test to run. @default - all tests of the file */
  readonly name?: string;
  /** The stacks that the tests read instead of synthesizing. */
  readonly stacks: Stacks;
}

export type Outcome = "passed" | "failed";

/** @returns the outcome of each test that ran, by its full name; empty when none could be run */
export type RunTests = (request: TestRun) => Promise<ReadonlyMap<string, Outcome>>;

/** What Vitest's JSON report says, as far as it is needed. */
interface Report {
  testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[];
}

/** A {@link RunTests} that starts Vitest; the project must have been built. */
export function vitestRunner(paths: ProjectPaths): RunTests {
  return async ({ file, name, stacks }) => {
    fs.mkdirSync(paths.simulated, { recursive: true });
    const folder = fs.mkdtempSync(path.join(paths.simulated, "mutation-"));
    try {
      writeStacks(folder, stacks);
      return await runVitest(paths, folder, file, name);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  };
}

function writeStacks(folder: string, stacks: Stacks): void {
  for (const [id, stack] of stacks) {
    const directory = stackDirectory(folder, id);
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, STACK_FILE), JSON.stringify(stack));
  }
}

async function runVitest(
  { root }: ProjectPaths,
  folder: string,
  file: string,
  name: string | undefined,
): Promise<ReadonlyMap<string, Outcome>> {
  const report = path.join(folder, "report.json");
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  const only = name === undefined ? [] : ["--testNamePattern", `^${escaped(name)}$`];
  const args = [vitest, "run", "--configLoader", "runner", file, ...only];
  await run(process.execPath, [...args, "--reporter=json", `--outputFile=${report}`], {
    cwd: root,
    env: simulatedEnv(process.env, { TIERSTACK_SHIPPED_DIR: folder, TIERS_TEST_BUILD: "skip" }),
    title: `the test ${[file, name].filter(Boolean).join(" > ")}`,
  });
  return fs.existsSync(report) ? outcomesIn(JSON.parse(fs.readFileSync(report, "utf8")) as Report) : new Map();
}

function outcomesIn({ testResults }: Report): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { ancestorTitles, title, status } of testResults.flatMap((entry) => entry.assertionResults)) {
    const name = [...ancestorTitles, title].join(" ");
    if (status === "failed" || status === "passed") outcomes.set(name, status);
  }
  return outcomes;
}

/** A text as a pattern that matches exactly it. */
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The tests of our own code between the stacks and the checkers, run where the checkers are installed. */
import * as path from "node:path";
import { childEnv } from "../../../scripts/lib/environment";
import { run } from "../../../scripts/lib/process";
import type { Verdict } from "../lib/types";
import { cloudInitModules, withoutCloudInit } from "../lib/cloud-init";
import { type ToolSet, toolSet } from "../lib/venv";
import { checkerEnv, workspace } from "../lib/workspace";

interface SuiteResult {
  readonly suite: string;
  readonly code: number;
  readonly tests: number;
  readonly output: string;
}

/** Each folder of Python tests and the tools that it needs, of those that can be had everywhere. */
const PYTHON_SUITES: Readonly<Record<string, ToolSet>> = { "tests/values": "cfn-lint", "tests/iam": "iam" };

async function pythonSuite(folder: string, tools: ToolSet, env: NodeJS.ProcessEnv = {}): Promise<SuiteResult> {
  const python = path.join(await toolSet(tools), "python");
  const { code, stderr } = await run(python, ["-m", "unittest", "discover", "-t", ".", "-s", folder], {
    cwd: workspace.python,
    env: checkerEnv(env),
    title: folder,
  });
  return {
    suite: `python ${folder}`,
    code,
    tests: Number(/^Ran (\d+) tests?/m.exec(stderr)?.[1] ?? 0),
    output: stderr,
  };
}

async function harnessSuite(): Promise<SuiteResult> {
  const { root } = workspace.project;
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--config", "__tests__/judges/vitest.config.ts", "--reporter=json"];
  const { code, stdout, stderr } = await run(process.execPath, args, {
    cwd: root,
    env: childEnv(process.env),
    title: "the harness's tests",
  });
  const tests = Number(/"numTotalTests":(\d+)/.exec(stdout)?.[1] ?? 0);
  return { suite: "harness", code, tests, output: stdout + stderr };
}

/** Runs every suite; one in which no test ran is a failure. */
export async function ownTests(): Promise<Verdict> {
  const results = [await harnessSuite()];
  for (const [folder, tools] of Object.entries(PYTHON_SUITES)) results.push(await pythonSuite(folder, tools));
  if ((await withoutCloudInit()) === undefined)
    results.push(await pythonSuite("tests/cloudinit", "cloud-init", { PYTHONPATH: await cloudInitModules() }));
  const problems = results
    .filter(({ code, tests }) => code !== 0 || tests === 0)
    .map(({ suite, output }) => `${suite} failed:\n${output.trim().slice(-4000)}`);
  const details = results.map(({ suite, tests }) => `${suite}: ${tests} tests`);
  return { name: "own tests", status: problems.length === 0 ? "passed" : "failed", details, problems };
}

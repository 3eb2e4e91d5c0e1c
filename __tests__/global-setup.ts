/** Runs once before the tests. */
import { execFileSync } from "node:child_process";
import type { TestProject } from "vitest/node";

/**
 * Builds dist, which the tests of the command line and of whole stacks run. A type error in shipped code ends the run.
 * While one part of the project does not compile, TIERS_TEST_TYPES=warn lets the tests of another part run: the errors
 * are printed and the rest of dist is built. TIERS_TEST_BUILD=skip is for a caller that has just built dist itself and
 * starts many short runs.
 */
export default function setup(project: TestProject): void {
  if (process.env.TIERS_TEST_BUILD === "skip") return;
  const problem = build(project.config.root);
  if (problem === undefined) return;
  if (process.env.TIERS_TEST_TYPES !== "warn") {
    throw new Error(
      `Shipped code does not compile, so no test was run (TIERS_TEST_TYPES=warn runs them all the same):\n${problem}`,
    );
  }
  process.stderr.write(`WARNING: shipped code does not compile; dist holds it with its errors:\n${problem}\n`);
}

/** @returns what the compiler said, when it found errors */
function build(root: string): string | undefined {
  try {
    const compiler = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.scripts.json", "--pretty", "false"];
    execFileSync(process.execPath, compiler, { cwd: root, encoding: "utf8", stdio: "pipe" });
    return undefined;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    const output = [stdout, stderr].filter(Boolean).join("\n").trim();
    if (output === "") throw error;
    return output;
  }
}

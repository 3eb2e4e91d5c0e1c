/** Judges that are a Python module over synthesized stacks: cfn-lint, policy_sentry, parliament. */
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { readStack, resourceBlocks } from "../../../scripts/lib/stack-json";
import type { Evaluation, Input, Judge } from "../lib/types";
import { type ToolSet, toolSet } from "../lib/venv";
import { checkerEnv, workspace } from "../lib/workspace";
import { resourceFloor } from "./checkov";

interface PythonJudge extends Pick<Judge, "name" | "tool" | "unit" | "floor"> {
  readonly tools: ToolSet;
  /** Prints an object of evaluations by file. */
  readonly module: string;
}

function pythonJudge({ tools, module, ...judge }: PythonJudge): Judge {
  return {
    ...judge,
    async evaluate(inputs) {
      const python = path.join(await toolSet(tools), "python");
      const { code, stdout, stderr } = await run(python, ["-m", module, ...inputs.map(({ file }) => file)], {
        cwd: workspace.python,
        env: checkerEnv(),
        title: module,
      });
      if (code !== 0) throw new Error(`${module} stopped with exit code ${code}: ${stderr.trim().slice(-800)}`);
      const byFile = JSON.parse(stdout) as Record<string, Evaluation>;
      return new Map(inputs.map((input) => [input.label, resultOf(byFile, input)]));
    },
  };
}

function resultOf(byFile: Record<string, Evaluation>, { label, file }: Input): Evaluation {
  const evaluation = byFile[file];
  if (!evaluation) throw new Error(`no result for ${label}`);
  return evaluation;
}

/** How many resources of the given type a stack has. */
function count(input: Input, type: string): number {
  return [...resourceBlocks(readStack(path.dirname(input.file)))].filter((block) => block.type === type).length;
}

/**
 * AWS's own value lists, through a translation to CloudFormation. At least half of a stack must be translatable, files
 * in a bucket aside.
 */
export const cfnLint = pythonJudge({
  name: "cfn-lint",
  tool: "cfn-lint",
  unit: "resources",
  tools: "cfn-lint",
  module: "tfjudge.cfn_values",
  floor: (input) => Math.ceil(resourceFloor(input) / 2),
});

/** Whether every action in every policy exists. A role has at least its trust policy with one action. */
export const policySentry = pythonJudge({
  name: "policy_sentry",
  tool: "policy_sentry",
  unit: "actions",
  tools: "iam",
  module: "tfjudge.action_names",
  floor: (input) => count(input, "aws_iam_role"),
});

/** The grammar of every policy, and resources that fit the actions. */
export const parliament = pythonJudge({
  name: "parliament",
  tool: "parliament",
  unit: "statements",
  tools: "iam",
  module: "tfjudge.policy_grammar",
  floor: (input) => count(input, "aws_iam_role"),
});

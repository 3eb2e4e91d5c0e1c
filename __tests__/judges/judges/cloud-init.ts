/** Cloud-init's own reading of the user data of every host: which kind it is, and whether that kind is well-formed. */
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { readStack } from "../../../scripts/lib/stack-json";
import { emptyFolder, writeFileAtomic } from "../../../scripts/lib/write";
import { cloudInitModules, withoutCloudInit } from "../lib/cloud-init";
import { reportOf } from "../lib/source-judge";
import type { Evaluation, Input, Judge } from "../lib/types";
import { type UserData, userDataOf } from "../lib/user-data";
import { toolSet } from "../lib/venv";
import { checkerEnv, workspace } from "../lib/workspace";

const folder = path.join(workspace.scratch, "cloud-init");

const ofStack = ({ file }: Input): UserData[] => userDataOf(readStack(path.dirname(file)));

const fileOf = ({ label }: Input, { address }: UserData): string => path.join(folder, label, address);

/** One evaluation of a stack from those of its hosts. */
function joined(input: Input, byFile: Record<string, Evaluation>): Evaluation {
  const evaluations = ofStack(input).map((userData) => {
    const evaluation = byFile[fileOf(input, userData)];
    if (!evaluation) throw new Error(`no result for ${userData.address} of ${input.label}`);
    return evaluation;
  });
  return {
    evaluated: evaluations.reduce((sum, { evaluated }) => sum + evaluated, 0),
    findings: evaluations.flatMap(({ findings }) => findings),
    notes: evaluations.flatMap(({ notes }) => notes),
  };
}

export const cloudInit: Judge = {
  name: "cloud-init",
  tool: "cloud-init",
  unit: "user data",
  reads: (input) => ofStack(input).length > 0,
  floor: (input) => ofStack(input).length,
  unavailable: withoutCloudInit,
  async evaluate(inputs) {
    emptyFolder(folder);
    for (const input of inputs)
      for (const userData of ofStack(input)) writeFileAtomic(fileOf(input, userData), userData.text);
    const files = inputs.flatMap((input) => ofStack(input).map((userData) => fileOf(input, userData)));
    const python = path.join(await toolSet("cloud-init"), "python");
    const result = await run(python, ["-m", "tfjudge.user_data", ...files], {
      cwd: workspace.python,
      env: checkerEnv({ PYTHONPATH: await cloudInitModules() }),
      title: "cloud-init",
    });
    const byFile = reportOf("cloud-init", result) as Record<string, Evaluation>;
    return new Map(inputs.map((input) => [input.label, joined(input, byFile)]));
  },
};

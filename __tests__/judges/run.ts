/**
 * Other people's checkers over what the stacks ship (the Terraform JSON, its plan, its policies, what the host runs) and
 * over the repository's scripts and Dockerfiles, and the workflows that it writes for apps. Each must be silent on what ships and must report faults
 * planted into a copy by the id named beforehand.
 *
 * Options: --strict (also on when CI is set) makes a judge that cannot run a failure; --nightly adds the judges that
 * take minutes; --stacks DIR judges stacks that were synthesized before instead of synthesizing them.
 */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "../../scripts/lib/build";
import { simulatedEnv } from "../../scripts/lib/environment";
import { stackDirectory } from "../../scripts/lib/paths";
import { STACK_FILE } from "../../scripts/lib/stack-json";
import { stacksIn, synthesize } from "../../scripts/lib/synth";
import { emptyFolder } from "../../scripts/lib/write";
import { checkovJson } from "./judges/checkov";
import { checkovDockerfile } from "./judges/checkov-dockerfile";
import { checkovPlan } from "./judges/checkov-plan";
import { cloudInit } from "./judges/cloud-init";
import { composeGo } from "./judges/compose-go";
import { hadolint } from "./judges/hadolint";

import { kics } from "./judges/kics";
import { ownTests } from "./judges/own-tests";
import { cfnLint, parliament, policySentry } from "./judges/python";
import { shellcheck, shellcheckStacks } from "./judges/shellcheck";
import { systemd } from "./judges/systemd";
import { actionlint, zizmor } from "./judges/workflows";
import { hear } from "./lib/court";
import { Exceptions, readExceptions } from "./lib/exceptions";
import { closingLine, print } from "./lib/report";
import type { Input, Judge, Verdict } from "./lib/types";
import { workspace } from "./lib/workspace";
import { writeWorkflows } from "./lib/written-workflows";

const JUDGES: readonly Judge[] = [
  checkovJson,
  checkovPlan,
  cfnLint,
  policySentry,
  parliament,
  composeGo,
  cloudInit,
  systemd,
  shellcheckStacks,
  shellcheck,
  hadolint,
  checkovDockerfile,
  actionlint,
  zizmor,
];

/** Judges that take minutes to build or to run. */
const NIGHTLY: readonly Judge[] = [kics];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { strict: { type: "boolean" }, nightly: { type: "boolean" }, stacks: { type: "string" } },
  });
  const strict = values.strict === true || Boolean(process.env.CI);
  const exceptions = new Exceptions(readExceptions(workspace.exceptions));
  const stacks = await shippedStacks(values.stacks);
  emptyFolder(workspace.faults);
  emptyFolder(workspace.home);
  const written = writeWorkflows();
  const verdicts = [print(await ownTests())];
  for (const judge of JUDGES) verdicts.push(print(await hear(judge, { stacks, written, exceptions, strict })));
  for (const judge of NIGHTLY) {
    // Who asks for these wants them: one that cannot run is a failure even without --strict.
    if (values.nightly) verdicts.push(print(await hear(judge, { stacks, exceptions, strict: true })));
    else exceptions.leaveOpen(judge.tool);
  }
  verdicts.push(print(reviewed(exceptions)));
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

function reviewed(exceptions: Exceptions): Verdict {
  const problems = exceptions.stale();
  return {
    name: "exceptions",
    status: problems.length === 0 ? "passed" : "failed",
    details: [exceptions.summary()],
    problems,
  };
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

/** Runs scripts of workflow steps by bash as a runner does, with stand-ins for what they call. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { script } from "../../scripts/ci/steps";
import { makeFolder, removeFolder, ROOT } from "../helpers/folders";

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  /** What the stand-ins were called with. */
  readonly calls: string[];
  /** What the step handed on. */
  readonly outputs: Record<string, string>;
}

interface Steps {
  /**
   * Runs a step with programs of its own in front of PATH.
   *
   * @param programs body of each program; what it is called with lands in the calls before
   */
  readonly runStep: (name: string, env: Record<string, string>, programs: Record<string, string>) => Ran;
  readonly remove: () => void;
}

/** @param folderName unique among the tests */
export function openSteps(folderName: string): Steps {
  const folder = makeFolder(folderName);
  let runs = 0;
  return {
    runStep: (...step) => runStep(path.join(folder, String(runs++)), ...step),
    remove: () => removeFolder(folder),
  };
}

function runStep(home: string, name: string, env: Record<string, string>, programs: Record<string, string>): Ran {
  const bin = path.join(home, "bin");
  fs.mkdirSync(bin, { recursive: true });
  const log = path.join(home, "calls");
  const output = path.join(home, "output");
  for (const file of [log, output]) fs.writeFileSync(file, "");
  for (const [program, body] of Object.entries(programs)) {
    const text = `#!/usr/bin/env bash\nprintf '%s\\0' "${program} $*" >>"${log}"\n${body}\n`;
    fs.writeFileSync(path.join(bin, program), text, { mode: 0o755 });
  }
  const step = path.join(home, "step.sh");
  fs.writeFileSync(step, script(ROOT, name));
  // As GitHub starts a step whose shell is bash.
  const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", step], {
    cwd: home,
    encoding: "utf8",
    env: { PATH: `${bin}:${process.env.PATH}`, GITHUB_OUTPUT: output, ...env },
  });
  if (stderr !== "") throw new Error(`the step ${name} said: ${stderr}`);
  const calls = fs.readFileSync(log, "utf8").split("\0").filter(Boolean);
  return { code: status, stdout, calls, outputs: outputsIn(fs.readFileSync(output, "utf8")) };
}

/** Reads `name=value` and `name<<end` as a runner does. */
function outputsIn(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const block = /^([a-z]+)<<(\S+)\n([\s\S]*?)\n\2\n/.exec(rest) ?? /^([a-z]+)(=)(.*)\n/.exec(rest);
    if (!block) throw new Error(`not an output: ${rest.slice(0, 80)}`);
    found[block[1] ?? ""] = block[3] ?? "";
    rest = rest.slice(block[0].length);
  }
  return found;
}

/** What every run has. */
export const RUN = {
  GH_TOKEN: "token",
  STACK: "shop-mvp",
  GITHUB_REPOSITORY: "acme/shop",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_RUN_ID: "77",
};

/** A gh that has some objects; `--jq` is done by the real jq. */
export const gh = (objects: object) => `
if [[ " $* " == *" --method "* ]]; then exit; fi
while [[ $1 != --jq ]]; do shift; done
jq -r "$2" <<'OBJECTS'
${JSON.stringify(objects)}
OBJECTS`;

/** ShellCheck over shell: the repository's scripts, and what a stack gives to its hosts. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { readStack } from "../../../scripts/lib/stack-json";
import { emptyFolder, writeFileAtomic } from "../../../scripts/lib/write";
import { shippedFiles } from "../lib/compose-file";
import { reportOf, sourceJudge } from "../lib/source-judge";
import { isShellName, shellScripts, sources, startsAsShell } from "../lib/sources";
import type { Evaluation, Finding, Input, Judge } from "../lib/types";
import { userDataOf } from "../lib/user-data";
import { toolSet } from "../lib/venv";
import { checkerEnv, workspace } from "../lib/workspace";

interface Comment {
  file: string;
  line: number;
  code: number;
  message: string;
}

/** Every severity counts. Sourced files are found through the `source` directive beside the line that reads them. */
const FLAGS = ["--format=json1", "--severity=style", "--external-sources", "--source-path=SCRIPTDIR"];

/** What only a script that sources a library can tell: variables that one sets and the other reads. */
const ACROSS_FILES = ["SC2034", "SC2153", "SC2154"];

/**
 * A script is judged with everything it sources. A library, which has no first line that names a shell, is judged by
 * itself as well, for those that no script reads in a way that ShellCheck can follow.
 */
async function check(folder: string, files: readonly string[]): Promise<Finding[]> {
  const scripts = files.filter((file) => startsAsShell(fs.readFileSync(path.join(folder, file), "utf8")));
  const libraries = files.filter((file) => !scripts.includes(file));
  const inContext = await inParallel(scripts, (part) => judged(folder, part, ["--check-sourced"]));
  const alone = await judged(folder, libraries, [`--exclude=${ACROSS_FILES.join(",")}`]);
  // One script need not read every variable of a library.
  const own = inContext.filter(({ id, where }) => id !== "SC2034" || scripts.includes(where));
  const all = [...own, ...alone].map((finding) => [`${finding.id} ${finding.where} ${finding.text}`, finding] as const);
  return [...new Map(all).values()];
}

/** Every script reads its libraries again, so the scripts are spread over the processors. */
async function inParallel(
  files: readonly string[],
  part: (files: readonly string[]) => Promise<Finding[]>,
): Promise<Finding[]> {
  const count = os.availableParallelism();
  const parts = Array.from({ length: count }, (_, turn) => files.filter((_file, index) => index % count === turn));
  return (await Promise.all(parts.map(part))).flat();
}

async function judged(folder: string, files: readonly string[], flags: readonly string[]): Promise<Finding[]> {
  if (files.length === 0) return [];
  const program = path.join(await toolSet("files"), "shellcheck");
  const result = await run(program, [...FLAGS, ...flags, "--", ...files], { cwd: folder, env: checkerEnv() });
  if (result.code > 1) throw new Error(`shellcheck could not read its input: ${result.stderr.trim().slice(-500)}`);
  const { comments } = reportOf("shellcheck", result) as { comments: Comment[] };
  return comments.map(({ file, line, code, message }) => ({
    id: `SC${code}`,
    where: path.relative(folder, path.resolve(folder, file)),
    text: `line ${line}: ${message}`,
  }));
}

/** The loader of the host and this project's own gate are always there. */
export const shellcheck = sourceJudge({
  name: "shellcheck",
  tool: "shellcheck",
  kind: shellScripts,
  known: 2,
  check,
});

/** Writes the user data of a stack, and the scripts it ships that are not the repository's own, byte for byte. */
function layOut({ label, file }: Input, own: ReadonlySet<string>): string {
  const folder = path.join(workspace.scratch, "shell", label);
  const stack = readStack(path.dirname(file));
  for (const { address, text } of userDataOf(stack)) {
    if (startsAsShell(text)) writeFileAtomic(path.join(folder, `${address}.user-data.sh`), text);
  }
  for (const { key, content } of shippedFiles(stack)) {
    const isShell = isShellName(key) || startsAsShell(content);
    if (isShell && !own.has(content)) writeFileAtomic(path.join(folder, key), content);
  }
  return folder;
}

function textsOfRepository(): ReadonlySet<string> {
  const { root } = workspace.project;
  return new Set(sources(shellScripts, root).map((file) => fs.readFileSync(path.join(root, file), "utf8")));
}

/** Scripts as a host gets them. What the repository has in the same words is judged there. */
export const shellcheckStacks: Judge = {
  name: "shellcheck-stacks",
  tool: "shellcheck",
  unit: "shell scripts",
  reads: ({ file }) => userDataOf(readStack(path.dirname(file))).length > 0,
  floor: ({ file }) => userDataOf(readStack(path.dirname(file))).length,
  async evaluate(inputs) {
    emptyFolder(path.join(workspace.scratch, "shell"));
    const own = textsOfRepository();
    const results = new Map<string, Evaluation>();
    for (const input of inputs) {
      const folder = layOut(input, own);
      const files = sources(shellScripts, folder);
      results.set(input.label, { evaluated: files.length, findings: await check(folder, files), notes: [] });
    }
    return results;
  },
};

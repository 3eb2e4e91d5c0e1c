import * as path from "node:path";
import type { Command } from "commander";
import type * as Spec from "../../modules/spec";
import { didYouMean } from "../../modules/spec/suggest";
import { compareFiles, type Compared, type StackWithCi, type Status, workflowFiles, writeFiles } from "../ci";
import { UserError } from "../lib/errors";
import { count } from "../lib/terminal";
import { createContext, findStack, loadProject, type Project } from "./context";

const HELP = `
Writes the GitHub workflows of a stack, or of every stack of an app, into the app's repository: test, plan, release and
drift, from the app's section ci. The roles that they take come from the stack <app>-ci, which is deployed first. With
--check nothing is written: exit code 1 when a file differs from what would be written.

Example:
  tiers ci shop-mvp --out ../shop
  tiers ci shop-mvp --out ../shop --check
`;

interface Options {
  out: string;
  check?: boolean;
  json?: boolean;
}

export function configure(command: Command): void {
  command
    .argument("<stack>", "id of the stack, or name of the app")
    .option("--out <directory>", "root of the app's repository", ".")
    .option("--check", "compare only")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((stack: string, options: Options) => runCi(stack, options));
}

async function runCi(name: string, options: Options): Promise<void> {
  const context = createContext(options);
  const stacks = stacksNamed(await loadProject(context), name);
  const folder = path.resolve(options.out);
  const compared = stacks.flatMap((stack) => compareFiles(workflowFiles(stack, context.paths.root), folder));
  if (!options.check) writeFiles(compared, folder);
  const files = compared.map(({ path: file, status }) => ({ path: file, status }));
  const differing = compared.filter(({ status }) => status !== "same");
  context.print(options.json ? JSON.stringify({ files }, null, 2) : inWords(compared, options.check === true));
  if (options.check && differing.length > 0) process.exitCode = 1;
}

/**
 * The stacks of an app, or the one with an id, as long as their app has CI.
 *
 * @throws UserError (exit 2) when there is none, or when it has no CI
 */
function stacksNamed(project: Project, name: string): StackWithCi[] {
  const { stacks } = project.resolution;
  const ofApp = stacks.filter(({ app }) => app.name === name);
  const known = [...stacks.map(({ id }) => id), ...stacks.map(({ app }) => app.name)];
  const found = stacks.some(({ id }) => id === name) || ofApp.length === 0 ? [oneStack(project, name, known)] : ofApp;
  const withCi = found.filter(hasCi);
  if (withCi.length > 0) return withCi;
  throw new UserError(
    `${name} has no CI. Add to its app: ci: { github: { repository: "<owner>/<name>" }, test: ["<command>"] }`,
    2,
  );
}

function oneStack(project: Project, name: string, known: readonly string[]): Spec.ResolvedStack {
  const { stacks, problems } = project.resolution;
  if (stacks.some(({ id }) => id === name) || problems.some(({ stack }) => stack === name))
    return findStack(project, name);
  const advice = didYouMean(name, known, "take one of these");
  throw new UserError(`There is no stack and no app "${name}"; ${[...new Set(known)].join(", ")}; ${advice}`, 2);
}

const hasCi = (stack: Spec.ResolvedStack): stack is StackWithCi => stack.app.ci !== undefined;

/** What was done about each status, and what is to be done. */
const WORDS: Record<Status, { written: string; checked: string }> = {
  same: { written: "unchanged", checked: "up to date" },
  missing: { written: "written", checked: "missing" },
  different: { written: "written", checked: "different" },
  needless: { written: "removed", checked: "needless" },
};

function inWords(files: readonly Compared[], isCheck: boolean): string {
  const lines = files.map(({ path: file, status }) => `${file}: ${WORDS[status][isCheck ? "checked" : "written"]}`);
  const differing = files.filter(({ status }) => status !== "same").length;
  if (!isCheck) return lines.join("\n");
  const verdict =
    differing === 0
      ? "All workflows are what the specification says."
      : `${count(differing, "file")} not as the specification says; write them anew without --check.`;
  return [...lines, verdict].join("\n");
}

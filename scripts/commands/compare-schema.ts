/** `tiers simulate --compare-schema`: the simulated schemas beside those of a real provider. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stackDirectory } from "../lib/paths";
import { synthesize } from "../lib/synth";
import { count } from "../lib/terminal";
import { type Comparison, compareSchemas, type DifferingType } from "../simulator";
import { type Context, createContext, findStack, loadProject } from "./context";

export interface CompareRequest {
  /** What `terraform providers schema -json` printed. */
  file: string;
  /** The stack whose types are compared. @default - those of every stack */
  stack: string | undefined;
  /** Compare every type. */
  all?: boolean;
  json?: boolean;
}

/** Prints the differences; the exit code is 1 when there are any. */
export async function compareWithProvider(request: CompareRequest): Promise<void> {
  const context = createContext(request);
  const comparison = await compare(context, request);
  const { bytes, types } = comparison;
  const megabytes = (number: number): string => (number / 1e6).toFixed(1);
  // The peak is in kilobytes of 1,024 bytes on Linux and macOS alike.
  const memory = megabytes(process.resourceUsage().maxRSS * 1_024);
  context.reporter.note(
    `Read ${megabytes(bytes)} MB and compared ${types} types, with ${memory} MB of memory at most.`,
  );
  context.print(request.json ? JSON.stringify(comparison, null, 2) : inWords(comparison, request));
  if (comparison.differing.length > 0) process.exitCode = 1;
}

async function compare(context: Context, { file, stack, all }: CompareRequest): Promise<Comparison> {
  const { reporter, paths, env } = context;
  const absolute = path.resolve(file);
  const title = all ? "compare every type" : "compare the types of the stacks";
  const read = (scopes?: string[]): Promise<Comparison> =>
    reporter.step(title, () => compareSchemas({ file: absolute, scopes }));
  if (all) return read();
  const project = await loadProject(context);
  if (stack !== undefined) findStack(project, stack);
  const output = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-compare-"));
  try {
    const stacks = await reporter.step("synthesize", () => synthesize(paths, { output, env }));
    const wanted = stack === undefined ? stacks : [stack];
    return await read(wanted.map((id) => stackDirectory(output, id)));
  } finally {
    fs.rmSync(output, { recursive: true, force: true });
  }
}

function inWords(comparison: Comparison, { all }: CompareRequest): string {
  const { providers, notInFile, types, differing, counts } = comparison;
  const parts = differing.map(typeInWords);
  if (notInFile.length > 0) parts.push(`Not in the file, so not compared: ${notInFile.join(", ")}`);
  const numbers = Object.entries(counts).map(([aspect, number]) => `${number} ${aspect}`);
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const which = all ? "every type" : "the types of the stacks";
  const what =
    total === 0
      ? "no difference."
      : `${count(total, "difference")} in ${count(differing.length, "type")}: ${numbers.join(", ")}.`;
  parts.push(`${providers.join(" and ")}, ${which}, ${types} compared: ${what}`);
  return parts.join("\n\n");
}

function typeInWords({ kind, type, differences }: DifferingType): string {
  const lines = differences.map(({ path: at, aspect, real, simulated }) => {
    const what = aspect === "missing" || aspect === "extra" ? "" : `${aspect} `;
    return `  ${at === "" ? "" : `${at}: `}${what}${real} in the provider, ${simulated} simulated`;
  });
  return [`${kind} ${type}`, ...lines].join("\n");
}

/** Checkov over the Terraform JSON: encryption, exposure, logging, retention. */
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { STACK_FILE, parseJson, readStack, resourceBlocks } from "../../../scripts/lib/stack-json";
import { emptyFolder, writeFileAtomic } from "../../../scripts/lib/write";
import type { Evaluation, Finding, Input, Judge } from "../lib/types";
import { toolSet } from "../lib/venv";
import { checkerEnv, workspace } from "../lib/workspace";
import { readableByCheckov } from "./checkov-copy";

interface CheckovRecord {
  check_id: string;
  check_name: string;
  resource: string;
  file_path: string;
}

interface CheckovReport {
  results: { passed_checks: CheckovRecord[]; failed_checks: CheckovRecord[]; parsing_errors: string[] };
  summary: { parsing_errors: number; resource_count: number };
}

/** Scans `<folder>/<label>/<file>` for every input at once and sorts the results by label. */
export async function scan(
  folder: string,
  framework: "terraform_json" | "terraform_plan" | "dockerfile",
  inputs: readonly Input[],
): Promise<ReadonlyMap<string, Evaluation>> {
  const checkov = path.join(await toolSet("checkov"), "checkov");
  const args = ["-d", folder, "--framework", framework, "--skip-download", "--compact", "-o", "json"];
  const { stdout, stderr } = await run(checkov, args, { cwd: folder, env: checkerEnv(), title: "checkov" });
  const { results, summary } = parsed(stdout, stderr);
  // The exit code is 0 when the parser crashes, so only the report itself can tell.
  const unread = results.parsing_errors.map((file) => labelOf(path.relative(folder, file)));
  if (summary.parsing_errors !== unread.length) throw new Error("checkov's count of parsing errors is off");
  return new Map(
    inputs.map((input) => {
      const own = (records: readonly CheckovRecord[]): CheckovRecord[] =>
        records.filter(({ file_path: file }) => labelOf(file) === input.label);
      const crashes = unread.filter((label) => label === input.label).map(() => PARSING_ERROR);
      const failed = own(results.failed_checks);
      const named = framework === "dockerfile" ? failed.map(inFile) : withAddresses(failed, input);
      const findings = [...named, ...crashes];
      const notes = [`${crashes.length} parsing errors`];
      return [input.label, { evaluated: own(results.passed_checks).length, findings, notes }];
    }),
  );
}

function parsed(stdout: string, stderr: string): CheckovReport {
  try {
    const report = JSON.parse(stdout) as Partial<CheckovReport>;
    if (report.results && report.summary) return report as CheckovReport;
  } catch {
    // Said below, with checkov's own words.
  }
  throw new Error(`checkov printed no report: ${(stderr || stdout).trim().slice(-500)}`);
}

const labelOf = (file: string): string => file.split("/").filter(Boolean)[0] ?? "";

const PARSING_ERROR: Finding = {
  id: "PARSING_ERROR",
  where: "the file",
  text: "checkov could not read it, so it judged nothing in it",
};

/** A finding by its file, below the folder of its label. */
const inFile = ({ check_id: id, check_name: text, file_path: file }: CheckovRecord): Finding => ({
  id,
  where: file.split("/").filter(Boolean).slice(1).join("/"),
  text,
});

/** In Terraform JSON some checks lose the type ("resource.data"): it is put back when one type alone has the name. */
function withAddresses(records: readonly CheckovRecord[], { file }: Input): Finding[] {
  const addresses = [...resourceBlocks(readStack(path.dirname(file)))].map(({ address }) => address);
  return records.map(({ check_id: id, check_name: text, resource }) => {
    const name = /^resource\.(.+)$/.exec(resource)?.[1];
    const candidates = addresses.filter((address) => name !== undefined && address.endsWith(`.${name}`));
    return { id, where: candidates.length === 1 && candidates[0] ? candidates[0] : resource, text };
  });
}

/**
 * On average at least one check must pass per resource; a run over nothing or over half a file stays below. Files that
 * are put into a bucket do not count: what matters about them is set at the bucket.
 */
export const resourceFloor = ({ file }: Input): number =>
  [...resourceBlocks(readStack(path.dirname(file)))].filter(({ type }) => type !== "aws_s3_object").length;

export const checkovJson: Judge = {
  name: "checkov",
  tool: "checkov",
  unit: "checks passed",
  floor: resourceFloor,
  async evaluate(inputs) {
    const folder = path.join(workspace.scratch, "checkov-json");
    emptyFolder(folder);
    for (const { label, file } of inputs) {
      const copy = readableByCheckov(parseJson(file));
      writeFileAtomic(path.join(folder, label, STACK_FILE), JSON.stringify(copy, undefined, 1));
    }
    return scan(folder, "terraform_json", inputs);
  },
};

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

/** Scans `<folder>/<label>/<file>` for every label at once and sorts the results by label. */
export async function scan(
  folder: string,
  framework: "terraform_json" | "terraform_plan",
  labels: readonly string[],
): Promise<ReadonlyMap<string, Evaluation>> {
  const checkov = path.join(await toolSet("checkov"), "checkov");
  const args = ["-d", folder, "--framework", framework, "--skip-download", "--compact", "-o", "json"];
  const { stdout, stderr } = await run(checkov, args, { cwd: folder, env: checkerEnv(), title: "checkov" });
  const report = parsed(stdout, stderr);
  const { parsing_errors: unread, passed_checks: passed, failed_checks: failed } = report.results;
  // The exit code is 0 when the parser crashes, so only the report itself can tell.
  if (report.summary.parsing_errors !== unread.length) throw new Error("checkov's count of parsing errors is off");
  return new Map(
    labels.map((label) => {
      const own = ({ file_path: file }: { file_path: string }): boolean => labelOf(file) === label;
      const crashed = unread.filter((file) => labelOf(path.relative(folder, file)) === label);
      const findings = [...failed.filter(own).map(finding), ...crashed.map(parsingError)];
      return [label, { evaluated: passed.filter(own).length, findings, notes: [`${crashed.length} parsing errors`] }];
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

const finding = ({ check_id, check_name, resource }: CheckovRecord): Finding => ({
  id: check_id,
  where: resource,
  text: check_name,
});

const parsingError = (file: string): Finding => ({
  id: "PARSING_ERROR",
  where: path.basename(file),
  text: "checkov could not read the file, so it judged nothing in it",
});

/** On average at least one check must pass per resource; a run over nothing or over half a file stays below. */
export const resourceFloor = (input: Input): number => [...resourceBlocks(readStack(path.dirname(input.file)))].length;

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
    return scan(
      folder,
      "terraform_json",
      inputs.map(({ label }) => label),
    );
  },
};

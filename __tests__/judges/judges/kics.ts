/** KICS over the Terraform JSON as it ships: open database ports, wildcard policies, what others need a plan for. */
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { STACK_FILE } from "../../../scripts/lib/stack-json";
import { emptyFolder, makeFolder } from "../../../scripts/lib/write";
import { builtTool, go, withoutGo } from "../lib/go-tool";
import { reportOf } from "../lib/source-judge";
import type { Evaluation, Finding, Input, Judge } from "../lib/types";
import { checkerEnv, workspace } from "../lib/workspace";

interface Match {
  file_name: string;
  line: number;
  resource_type?: string;
  search_key: string;
  actual_value: string;
}

interface Report {
  files_parsed: number;
  files_failed_to_scan: number;
  queries_total: number;
  queries_failed_to_execute: number;
  queries: { query_id: string; query_name: string; severity: string; files: Match[] }[];
}

/** Its lower grades are wishes for paid services and for keys of one's own. They are counted, and no more. */
const GRADES = new Set(["CRITICAL", "HIGH"]);

/** Release 2.2.0 has 608 queries for AWS; far fewer mean that its rules were not found. */
const LEAST_QUERIES = 500;

const folder = path.join(workspace.scratch, "kics");
const MODULE = "github.com/Checkmarx/kics/v2";

async function scan(): Promise<Report> {
  const program = await builtTool("kics");
  const assets = path.join((await go("kics", ["list", "-m", "-f", "{{.Dir}}", MODULE])).trim(), "assets");
  const results = path.join(folder, "results");
  const args = ["scan", "--ci", "--path", path.join(folder, "in"), "--type", "Terraform", "--cloud-provider", "aws"];
  const rules = ["--queries-path", path.join(assets, "queries"), "--libraries-path", path.join(assets, "libraries")];
  const output = [
    "--report-formats",
    "json",
    "--output-path",
    results,
    "--disable-secrets",
    "--ignore-on-exit",
    "results",
  ];
  const result = await run(program, [...args, ...rules, ...output], { cwd: folder, env: checkerEnv(), title: "kics" });
  const file = path.join(results, "results.json");
  if (!fs.existsSync(file)) throw new Error(`kics wrote no report: ${(result.stderr || result.stdout).slice(-500)}`);
  return reportOf("kics", { ...result, stdout: fs.readFileSync(file, "utf8") }) as Report;
}

function evaluation({ queries, queries_total: evaluated }: Report, { label }: Input): Evaluation {
  const own = queries.flatMap(({ files, ...query }) =>
    files
      .filter(({ file_name: file }) => path.basename(path.dirname(file)) === label)
      .map((match) => ({ query, match })),
  );
  const [grave, light] = [true, false].map((wanted) =>
    own.filter(({ query }) => GRADES.has(query.severity) === wanted),
  );
  const findings = (grave ?? []).map(({ query, match }): Finding => ({
    id: query.query_id,
    where: address(match),
    text: `${query.query_name}: ${match.actual_value}`,
  }));
  return { evaluated, findings, notes: [`${light?.length ?? 0} of lower grade`] };
}

/** "aws_vpc[main].x" and "aws_vpc.{{main}}.x" are Terraform's aws_vpc.main.x. */
const address = ({ search_key: key }: Match): string => key.replace(/\[(?:\{\{)?(\w+)(?:\}\})?\]|\{\{(\w+)\}\}/g, name);

const name = (_: string, bracketed?: string, braced?: string): string =>
  bracketed === undefined ? (braced ?? "") : `.${bracketed}`;

export const kics: Judge = {
  name: "kics",
  tool: "kics",
  unit: "queries",
  floor: () => LEAST_QUERIES,
  unavailable: withoutGo,
  async evaluate(inputs) {
    emptyFolder(folder);
    for (const { label, file } of inputs) {
      makeFolder(path.join(folder, "in", label));
      fs.copyFileSync(file, path.join(folder, "in", label, STACK_FILE));
    }
    const report = await scan();
    if (report.files_parsed !== inputs.length || report.files_failed_to_scan > 0)
      throw new Error(`kics read ${report.files_parsed} of ${inputs.length} files`);
    if (report.queries_failed_to_execute > 0)
      throw new Error(`${report.queries_failed_to_execute} queries of kics failed`);
    return new Map(inputs.map((input) => [input.label, evaluation(report, input)]));
  },
};

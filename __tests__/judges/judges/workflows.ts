/** GitHub workflows: actionlint reads the language, zizmor looks for ways in. */
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { builtTool, withoutGo } from "../lib/go-tool";
import { reportOf, sourceJudge } from "../lib/source-judge";
import { workflows } from "../lib/sources";
import { toolSet } from "../lib/venv";
import { checkerEnv } from "../lib/workspace";

interface Complaint {
  kind: string;
  filepath: string;
  line: number;
  message: string;
}

export const actionlint = sourceJudge({
  name: "actionlint",
  tool: "actionlint",
  kind: workflows,
  unavailable: withoutGo,
  async check(folder, files) {
    const shellcheck = path.join(await toolSet("files"), "shellcheck");
    const args = ["-format", "{{json .}}", "-shellcheck", shellcheck, "-pyflakes=", ...files];
    const env = checkerEnv();
    const result = await run(await builtTool("actionlint"), args, { cwd: folder, env, title: "actionlint" });
    if (result.code > 1) throw new Error(`actionlint could not read its input: ${result.stderr.trim().slice(-500)}`);
    return (reportOf("actionlint", result) as Complaint[]).map(({ kind, filepath, line, message }) => ({
      id: kind,
      where: filepath,
      text: `line ${line}: ${message}`,
    }));
  },
});

interface Audit {
  ident: string;
  desc: string;
  locations: {
    symbolic: { key: { Local?: { verbatim_path: string } }; kind: string };
    concrete: { location: { start_point: { row: number } } };
  }[];
}

const ZIZMOR = ["--offline", "--no-config", "--persona=pedantic", "--strict-collection", "--no-exit-codes"];

export const zizmor = sourceJudge({
  name: "zizmor",
  tool: "zizmor",
  kind: workflows,
  async check(folder, files) {
    const program = path.join(await toolSet("files"), "zizmor");
    const args = [...ZIZMOR, "--format=json-v1", ...files];
    const result = await run(program, args, { cwd: folder, env: checkerEnv(), title: "zizmor" });
    if (result.code !== 0) throw new Error(`zizmor could not read its input: ${result.stderr.trim().slice(-500)}`);
    return (reportOf("zizmor", result) as Audit[]).map(({ ident, desc, locations }) => {
      const place = locations.find(({ symbolic }) => symbolic.kind === "Primary") ?? locations[0];
      const row = place?.concrete.location.start_point.row ?? 0;
      return {
        id: ident,
        where: place?.symbolic.key.Local?.verbatim_path ?? "unknown",
        text: `line ${row + 1}: ${desc}`,
      };
    });
  },
});

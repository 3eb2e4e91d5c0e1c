/** Hadolint over every Dockerfile, with ShellCheck over what its RUN lines say. */
import * as path from "node:path";
import { run } from "../../../scripts/lib/process";
import { reportOf, sourceJudge } from "../lib/source-judge";
import { dockerfiles } from "../lib/sources";
import { toolSet } from "../lib/venv";
import { checkerEnv } from "../lib/workspace";

interface Report {
  code: string;
  file: string;
  line: number;
  message: string;
}

export const hadolint = sourceJudge({
  name: "hadolint",
  tool: "hadolint",
  kind: dockerfiles,
  async check(folder, files) {
    const program = path.join(await toolSet("files"), "hadolint");
    const args = ["--format", "json", "--no-fail", "--", ...files];
    const result = await run(program, args, { cwd: folder, env: checkerEnv(), title: "hadolint" });
    return (reportOf("hadolint", result) as Report[]).map(({ code, file, line, message }) => ({
      id: code,
      where: file,
      text: `line ${line}: ${message}`,
    }));
  },
});

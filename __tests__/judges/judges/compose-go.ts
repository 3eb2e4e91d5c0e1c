/** Docker Compose's own loader over the Compose file that a stack ships: schema, references, cycles, values. */
import * as fs from "node:fs";
import * as path from "node:path";
import { isScalar, isSeq, parseDocument, visit } from "yaml";
import { run } from "../../../scripts/lib/process";
import { readStack } from "../../../scripts/lib/stack-json";
import { emptyFolder, writeFileAtomic } from "../../../scripts/lib/write";
import { composeFiles, shippedFiles, variableNames } from "../lib/compose-file";
import { builtTool, withoutGo } from "../lib/go-tool";
import type { Evaluation, Finding, Input, Judge } from "../lib/types";
import { checkerEnv, workspace } from "../lib/workspace";

/** A value that is an image, a name and a password at once; ports must be numbers. */
const dummy = (name: string): string => (name.endsWith("PORT") ? "8080" : "placeholder");

async function load(binary: string, file: string): Promise<Evaluation> {
  const variables = variableNames(fs.readFileSync(file, "utf8"));
  const env = checkerEnv(Object.fromEntries(variables.map((name) => [name, dummy(name)])));
  const { code, stdout, stderr } = await run(binary, [file], { cwd: path.dirname(file), env, title: "composecheck" });
  const [services = 0, volumes = 0, networks = 0] = stdout.trim().split(" ").map(Number);
  const findings: Finding[] = code === 0 ? [] : [{ id: "COMPOSE", where: path.basename(file), text: message(stderr) }];
  const notes = [`${volumes} volumes`, `${networks} networks`, `${variables.length} variables`];
  return { evaluated: services, findings, notes };
}

/** The loader's complaint in one line, without the path of the scratch copy. */
const message = (stderr: string): string =>
  stderr
    .replaceAll(workspace.scratch, "")
    .replace(/^validating \S+: /, "")
    .replace(/\s+/g, " ")
    .trim();

/**
 * Writes a Compose file and what the stack ships beside it, as they will lie on the host. Environment files with an
 * absolute path are written by the host itself at its start: the copy gets empty ones in a folder of its own.
 */
function layOut(input: Input): string {
  const stack = readStack(path.dirname(input.file));
  const [compose] = composeFiles(stack);
  if (!compose) throw new Error(`${input.label} ships no Compose file`);
  const folder = path.join(workspace.scratch, "compose", input.label);
  const prefix = path.posix.dirname(compose.key);
  for (const { key, content } of shippedFiles(stack)) {
    const relative = path.posix.relative(prefix, key);
    if (!relative.startsWith("..")) writeFileAtomic(path.join(folder, relative), content);
  }
  const file = path.join(folder, path.posix.basename(compose.key));
  writeFileAtomic(file, withHostFiles(compose.content, path.join(folder, "host")));
  return file;
}

function withHostFiles(compose: string, root: string): string {
  const document = parseDocument(compose, { uniqueKeys: false });
  const absolute = new Set<string>();
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== "env_file") return undefined;
      const paths = isSeq(value) ? value.items : [value];
      for (const item of paths)
        if (isScalar(item) && String(item.value).startsWith("/")) absolute.add(String(item.value));
      return visit.SKIP;
    },
  });
  let text = compose;
  for (const file of absolute) {
    writeFileAtomic(path.join(root, file), "");
    text = text.replaceAll(`- ${file}\n`, `- ${path.join(root, file)}\n`);
  }
  return text;
}

export const composeGo: Judge = {
  name: "compose-go",
  tool: "compose-go",
  unit: "services",
  reads: (input) => composeFiles(readStack(path.dirname(input.file))).length > 0,
  floor: () => 1,
  unavailable: withoutGo,
  async evaluate(inputs) {
    const binary = await builtTool("compose");
    emptyFolder(path.join(workspace.scratch, "compose"));
    const results = new Map<string, Evaluation>();
    for (const input of inputs) results.set(input.label, await load(binary, layOut(input)));
    return results;
  },
};

/** systemd's own verification of the units that a stack ships. */
import * as path from "node:path";
import { childEnv } from "../../../scripts/lib/environment";
import { run } from "../../../scripts/lib/process";
import { readStack } from "../../../scripts/lib/stack-json";
import { emptyFolder, writeFileAtomic } from "../../../scripts/lib/write";
import { shippedFiles } from "../lib/compose-file";
import type { Evaluation, Finding, Input, Judge } from "../lib/types";
import { checkerEnv, workspace } from "../lib/workspace";

/** Units of the distribution and of its packages that the stack's own may name. */
const PROVIDED = [
  ...["sysinit", "basic", "shutdown", "multi-user", "timers", "network", "network-online", "local-fs", "final"].map(
    (name) => `${name}.target`,
  ),
  ...["docker", "containerd", "cloud-final", "systemd-networkd-wait-online", "amazon-ssm-agent"].map(
    (name) => `${name}.service`,
  ),
  "docker.socket",
] as const;

const FOLDER = "etc/systemd/system";
const IN_FOLDER = /(?:^|\/)systemd\/(.+)$/;
const UNIT = /\.(service|timer|mount|swap|path|socket|target)$/;

/** Unit files and drop-ins by their path below systemd's folder. */
function unitFiles({ file }: Input): Map<string, string> {
  const files = new Map<string, string>();
  for (const { key, content } of shippedFiles(readStack(path.dirname(file)))) {
    const relative = IN_FOLDER.exec(key)?.[1];
    if (relative !== undefined) files.set(relative, content);
  }
  return files;
}

const unitsOf = (input: Input): string[] =>
  [...unitFiles(input).keys()].filter((name) => UNIT.test(name) && !name.includes("/"));

/** A root folder of its own, so that nothing is looked up on this machine. */
async function verify(input: Input): Promise<Evaluation> {
  const root = path.join(workspace.scratch, "systemd", input.label);
  const file = (name: string): string => path.join(root, FOLDER, name);
  for (const name of PROVIDED) writeFileAtomic(file(name), stub(name));
  for (const [name, content] of unitFiles(input)) writeFileAtomic(file(name), content);
  const units = unitsOf(input);
  // A template is verified as one of its instances.
  const named = units.map((name) => name.replace("@.", "@instance."));
  const { code, stderr } = await run("systemd-analyze", ["verify", "--man=no", `--root=${root}`, ...named], {
    env: checkerEnv({ SYSTEMD_LOG_LEVEL: "warning", SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "" }),
    title: "systemd-analyze",
  });
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  if (code !== 0 && lines.length === 0) throw new Error(`systemd-analyze stopped with exit code ${code}, silently`);
  const shipped = shippedFiles(readStack(path.dirname(input.file))).map(({ key }) => key);
  return { evaluated: units.length, findings: lines.flatMap((line) => finding(line, shipped)), notes: [] };
}

const stub = (name: string): string =>
  name.endsWith(".service")
    ? "[Service]\nExecStart=/bin/true\n"
    : name.endsWith(".socket")
      ? "[Socket]\nListenStream=/run/stub\n"
      : "[Unit]\n";

/** What systemd says in one line. */
function finding(line: string, shipped: readonly string[]): Finding[] {
  const [, where = "the units", text = line] = /^(?:.*\/)?([^/\s:]+\.\w+)(?::(?=\d)|: )(.*)$/.exec(line) ?? [];
  const command = /Command (\S+) is not executable: No such file/.exec(line)?.[1];
  if (command !== undefined) return provided(command, shipped) ? [] : [{ id: "COMMAND_MISSING", where, text }];
  return [{ id: /Unit \S+ not found/.test(line) ? "UNIT_MISSING" : "UNIT", where, text }];
}

/** No program lies in the empty root: the distribution brings its own, all others must be among the shipped files. */
function provided(command: string, shipped: readonly string[]): boolean {
  if (/^\/(usr|bin|sbin|snap)\//.test(command)) return true;
  return shipped.some((key) => key.includes("/") && command.endsWith(key.slice(key.indexOf("/"))));
}

export const systemd: Judge = {
  name: "systemd",
  tool: "systemd",
  unit: "units",
  reads: (input) => unitsOf(input).length > 0,
  floor: () => 1,
  async unavailable() {
    try {
      await run("systemd-analyze", ["--version"], { env: childEnv(process.env) });
      return undefined;
    } catch {
      return "systemd-analyze is not installed (package systemd)";
    }
  },
  async evaluate(inputs) {
    emptyFolder(path.join(workspace.scratch, "systemd"));
    const results = new Map<string, Evaluation>();
    for (const input of inputs) results.set(input.label, await verify(input));
    return results;
  },
};

/**
 * npm run bench [-- --runs 5]
 *
 * Measures what the project promises about its own speed and compares it with the promise: synth in CPU against the
 * official template on the same stacks, start of `tiers --help`, simulated apply of each tier.
 */
import * as path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { childEnv } from "../lib/environment";
import { runEntry } from "../lib/entry";
import { UserError } from "../lib/errors";
import { type ProjectPaths, projectPaths, projectRoot } from "../lib/paths";
import { run } from "../lib/process";
import { measure, type Measured } from "./measure";
import { layOutTemplate } from "./template";

/** One promise with what was measured. */
interface Row {
  readonly what: string;
  readonly measured: string;
  readonly promise: string;
  readonly kept: boolean;
}

/** Limits of the promises. */
const LIMITS = { checkedSynth: 1 / 4, plainSynth: 1 / 6, helpSeconds: 0.15, applySeconds: 15 } as const;

async function main(runs: number): Promise<void> {
  const paths = projectPaths(projectRoot());
  const rows = [...(await synthRows(paths, runs)), await helpRow(paths, runs), await applyRow(paths)];
  for (const { what, measured, promise, kept } of rows) {
    process.stdout.write(`${kept ? "kept  " : "MISSED"}  ${what.padEnd(44)} ${measured.padEnd(34)} ${promise}\n`);
  }
  const missed = rows.filter(({ kept }) => !kept).length;
  process.stdout.write(`${rows.length - missed} passed, ${missed} failed\n`);
  if (missed > 0) throw new UserError(`${missed} of ${rows.length} promises about speed are not kept.`);
}

async function synthRows(paths: ProjectPaths, runs: number): Promise<Row[]> {
  const output = path.join(paths.simulated, "bench", "cdktf.out");
  // An extra certificate file costs every node process the same 0.1 s on both sides and only blurs the ratio.
  const env = childEnv(process.env, { CDKTF_OUTDIR: output, CDKTF_CONTEXT_JSON: "{}", NODE_EXTRA_CA_CERTS: undefined });
  const tsc = path.join("node_modules", "typescript", "bin", "tsc");
  const template = await layOutTemplate(paths);
  const official = await measure(
    { title: "the official template", command: "npx", args: ["ts-node", "main.ts"], cwd: template, env },
    Math.min(runs, 3),
  );
  const plain = await measure(
    { title: "synth", command: process.execPath, args: ["dist/main.js"], cwd: paths.root, env },
    runs,
  );
  const checked = await measure(
    {
      title: "synth with type check",
      command: "bash",
      args: [
        "-c",
        `node ${tsc} -p tsconfig.build.json --incremental false --tsBuildInfoFile null && node dist/main.js`,
      ],
      cwd: paths.root,
      env,
    },
    runs,
  );
  return [ratioRow(checked, official, LIMITS.checkedSynth), ratioRow(plain, official, LIMITS.plainSynth)];
}

function ratioRow(ours: Measured, theirs: Measured, limit: number): Row {
  const ratio = ours.median.cpu / theirs.median.cpu;
  return {
    what: `${ours.title}, CPU against the official template`,
    measured: `${ours.median.cpu.toFixed(2)} s / ${theirs.median.cpu.toFixed(2)} s = 1/${(1 / ratio).toFixed(1)}`,
    promise: `at most 1/${1 / limit}`,
    kept: ratio <= limit,
  };
}

async function helpRow(paths: ProjectPaths, runs: number): Promise<Row> {
  const { median } = await measure(
    {
      title: "tiers --help",
      command: process.execPath,
      args: ["dist/scripts/tiers.js", "--help"],
      cwd: paths.root,
      env: childEnv(process.env, { NODE_EXTRA_CA_CERTS: undefined }),
    },
    Math.max(runs, 9),
  );
  return {
    what: "tiers --help, wall",
    measured: `${Math.round(median.wall * 1000)} ms`,
    promise: `at most ${LIMITS.helpSeconds * 1000} ms`,
    kept: median.wall <= LIMITS.helpSeconds,
  };
}

/** The time of the apply alone, as `tiers simulate` reports its steps. */
async function applyRow(paths: ProjectPaths): Promise<Row> {
  const args = [path.join(paths.dist, "scripts", "tiers.js"), "simulate", "mvp", "--json"];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: paths.root, env: childEnv(process.env) });
  if (code !== 0) throw new UserError(`tiers simulate mvp failed: ${stderr.trim().split("\n").pop()}`);
  const { steps } = JSON.parse(stdout) as { steps: { title: string; seconds: number }[] };
  const apply = steps.find(({ title }) => title.startsWith("terraform apply"));
  if (!apply) throw new UserError("tiers simulate mvp reported no apply.");
  return {
    what: `simulated ${apply.title.replace("terraform ", "")}, wall`,
    measured: `${apply.seconds.toFixed(1)} s`,
    promise: `at most ${LIMITS.applySeconds} s`,
    kept: apply.seconds <= LIMITS.applySeconds,
  };
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("write a whole number from 1 on.");
  return number;
}

void new Command("bench")
  .description("Measure synth, start-up and simulated apply against what the project promises.")
  .option("--runs <n>", "how often each command runs", wholeNumber, 5)
  .action(({ runs }: { runs: number }) => runEntry(() => main(runs)))
  .parseAsync();

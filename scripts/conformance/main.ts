/**
 * npm run conformance [-- --check | --mutate]
 *
 * Compares docs/conformance/*.yaml with the synthesized stacks and writes docs/conformance.md. With --check the document
 * must be up to date already; with --mutate every built value is changed once and its test must fail.
 */
import * as path from "node:path";
import { Command } from "commander";
import { simulatedEnv } from "../lib/environment";
import { runEntry } from "../lib/entry";
import { UserError } from "../lib/errors";
import { type ProjectPaths, projectPaths, projectRoot, stackDirectory } from "../lib/paths";
import { parseJson, STACK_FILE } from "../lib/stack-json";
import { synthesize } from "../lib/synth";
import { mutateAll, type Mutation } from "./mutate";
import { vitestRunner } from "./named-tests";
import type { Stacks } from "./places";
import { mismatches, renderDocument } from "./render";
import { readTables, type Table } from "./rows";
import { putDocument } from "./document";

interface Options {
  readonly check?: boolean;
  readonly mutate?: boolean;
}

async function main({ check = false, mutate = false }: Options): Promise<void> {
  const paths = projectPaths(projectRoot());
  const tables = readTables(path.join(paths.root, "docs", "conformance"));
  const stacks = await synthesizeStacks(paths);
  compare(tables, stacks);
  putDocument(path.join(paths.root, "docs", "conformance.md"), renderDocument(tables), check);
  if (mutate) await proveMutations(paths, tables, stacks);
}

/** Synthesizes without the user's settings: what is compared is the product as it ships. */
async function synthesizeStacks(paths: ProjectPaths): Promise<Stacks> {
  const output = path.join(paths.simulated, "conformance", "cdktf.out");
  const ids = await synthesize(paths, { output, env: simulatedEnv(process.env) });
  return new Map(ids.map((id) => [id, parseJson(path.join(stackDirectory(output, id), STACK_FILE))]));
}

function compare(tables: readonly Table[], stacks: Stacks): void {
  const wrong = mismatches(tables, stacks);
  if (wrong.length > 0) {
    const lines = wrong.map(({ id, place, expected, found }) => `${id}: ${place} is ${found}; the table: ${expected}`);
    throw new UserError([...lines, `${wrong.length} values are not what the tables say.`].join("\n"));
  }
  const rows = tables.flatMap((table) => table.rows);
  const values = rows.flatMap(({ built }) => built);
  process.stdout.write(`${rows.length} rows, ${values.length} built values, all as the tables say\n`);
}

async function proveMutations(paths: ProjectPaths, tables: readonly Table[], stacks: Stacks): Promise<void> {
  const results = await mutateAll(tables, stacks, vitestRunner(paths), printMutation);
  const missed = results.filter(({ verdict }) => verdict !== "caught").length;
  process.stdout.write(`${results.length - missed} passed, ${missed} failed\n`);
  if (missed > 0 || results.length === 0) throw new UserError(`${missed} of ${results.length} changes went unnoticed.`);
}

function printMutation({ id, place, test, verdict }: Mutation): void {
  const line = verdict === "caught" ? `caught  ${id}  ${place}` : `MISSED  ${id}  ${place}  ${verdict}: ${test}`;
  process.stdout.write(`${line}\n`);
}

new Command("conformance")
  .description("Compare what existing systems asked for with what the stacks hold.")
  .option("--check", "fail when docs/conformance.md is out of date")
  .option("--mutate", "change each built value once and show that its test fails")
  .action((options: Options) => runEntry(() => main(options)))
  .parse();

/**
 * npm run conformance [-- --check | --mutate]
 *
 * Compares docs/conformance/*.yaml with the synthesized stacks and writes docs/conformance.md. With --check the document
 * must be up to date already; with --mutate every built value is changed once and its test must fail.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { UserError } from "../lib/errors";
import { type ProjectPaths, projectPaths, projectRoot } from "../lib/paths";
import { catchInterrupts } from "../lib/process";
import { synthesize } from "../lib/synth";
import { mutateAll, readStacks } from "./mutate";
import type { Stacks } from "./places";
import { mismatches, renderDocument } from "./render";
import { readTables, type Table } from "./rows";

interface Options {
  readonly check?: boolean;
  readonly mutate?: boolean;
}

async function main({ check = false, mutate = false }: Options): Promise<void> {
  const paths = projectPaths(projectRoot());
  const tables = readTables(path.join(paths.root, "docs", "conformance"));
  const stacks = await synthesizeStacks(paths);
  const wrong = mismatches(tables, stacks);
  for (const { id, place, expected, found } of wrong) {
    process.stderr.write(`${id}: ${place} is ${found}; the table says ${expected}\n`);
  }
  if (wrong.length > 0) throw new UserError(`${wrong.length} values are not what the tables say.`);

  writeDocument(paths, renderDocument(tables), check);
  const places = tables.flatMap(({ rows }) => rows.flatMap(({ built }) => built));
  const rows = tables.flatMap((table) => table.rows);
  process.stdout.write(`${rows.length} rows, ${places.length} built values, all as the tables say\n`);
  if (mutate) await proveMutations(paths, tables, stacks);
}

async function synthesizeStacks(paths: ProjectPaths): Promise<Stacks> {
  const output = path.join(paths.simulated, "conformance", "cdktf.out");
  const ids = await synthesize(paths, { output, env: process.env });
  return readStacks(output, ids);
}

function writeDocument(paths: ProjectPaths, text: string, check: boolean): void {
  const file = path.join(paths.root, "docs", "conformance.md");
  const current = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  if (current === text) return;
  if (check) throw new UserError("docs/conformance.md is out of date: run npm run conformance and commit it.");
  fs.writeFileSync(file, text);
}

async function proveMutations(paths: ProjectPaths, tables: readonly Table[], stacks: Stacks): Promise<void> {
  const results = await mutateAll(paths, tables, stacks, ({ id, place, test, verdict }) =>
    process.stdout.write(
      `${verdict === "caught" ? "caught" : "MISSED"}  ${id}  ${place}  ${verdict === "caught" ? "" : `${verdict}: ${test}`}\n`,
    ),
  );
  const missed = results.filter(({ verdict }) => verdict !== "caught").length;
  process.stdout.write(`${results.length - missed} passed, ${missed} failed\n`);
  if (missed > 0 || results.length === 0) throw new UserError(`${missed} of ${results.length} changes went unnoticed.`);
}

catchInterrupts(() => process.stderr.write("\nStopping.\n"));
new Command("conformance")
  .description("Compare what existing systems asked for with what the stacks hold.")
  .option("--check", "fail when docs/conformance.md is out of date")
  .option("--mutate", "change each built value once and show that its test fails")
  .action(async (options: Options) => {
    try {
      await main(options);
    } catch (error) {
      process.stderr.write(`error: ${(error as Error).message}\n`);
      process.exitCode = error instanceof UserError ? error.exitCode : 1;
    }
  })
  .parse();

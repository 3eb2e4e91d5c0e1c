import * as fs from "node:fs";
import * as path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { confirmByName } from "../lib/ask";
import { childEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { withLock } from "../lib/lock";
import { shown, stackDirectory } from "../lib/paths";
import { count, table } from "../lib/terminal";
import { readFile } from "../lib/write";
import {
  bootstrap,
  type BootstrapResult,
  type Choice,
  type HistoryEntry,
  moveState,
  type MoveResult,
  restoreState,
  type RestoreResult,
  stateHistory,
} from "../state";
import { type Context, createContext, loadProject } from "./context";
import {
  declaredPlace,
  findOwner,
  keeper,
  localPlace,
  placeFor,
  type S3Options,
  s3Settings,
  stateMistakes,
  type StateOwner,
  type StateSettings,
} from "./state-places";
import { synthesizeAll } from "./synth";

const HELP = `
The state is what Terraform knows about the resources that exist. These commands keep it where all can reach it, and
bring older versions back. Each takes Terraform's own lock and keeps a copy of what it replaces in .state/<stack>.
Each of them has --help and --json.

Example:
  tiers state bootstrap
  tiers state move mvp --to s3
  tiers state history mvp
  tiers state restore mvp --serial 12
`;

interface CommonOptions {
  yes?: boolean;
  json?: boolean;
}

interface RestoreFlags extends CommonOptions {
  serial?: number;
  id?: string;
  file?: string;
  otherLineage?: boolean;
}

export function configure(command: Command): void {
  command.addHelpText("after", HELP);
  command
    .command("bootstrap")
    .description("make the bucket of the states, or change it to what apps/state.ts says")
    .option("--yes", "do not ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  tiers state bootstrap --yes")
    .action((options: CommonOptions) => runBootstrap(options));
  command
    .command("move")
    .description("move the state of a stack to S3 or to this disk, and prove that it arrived")
    .argument("<stack>", "id of the stack")
    .addOption(new Option("--to <where>", "where it goes").choices(["s3", "local"]).makeOptionMandatory())
    .option("--bucket <name>", "bucket in S3 (default: the app's, else the one of tiers state bootstrap)")
    .option("--region <region>", "region of that bucket (default: as declared, else the stack's)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  tiers state move mvp --to s3\n  tiers state move mvp --to local")
    .action((stack: string, options: MoveFlags) => runMove(stack, options));
  command
    .command("history")
    .description("show the versions of a state that can be had back")
    .argument("<stack>", "id of the stack")
    .option("--limit <number>", "how many, the newest first", wholeNumber, 20)
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  tiers state history mvp --limit 5 --json")
    .action((stack: string, options: { limit: number; json?: boolean }) => runHistory(stack, options));
  command
    .command("restore")
    .description("bring an older state back, or one that Terraform could not save")
    .argument("<stack>", "id of the stack")
    .option("--serial <number>", "by its serial", wholeNumber)
    .option("--id <id>", "by the id that history shows")
    .option("--file <path>", "from a file, such as errored.tfstate")
    .option("--other-lineage", "accept a state of another stack or of an earlier life of this one")
    .option("--yes", "do not ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  tiers state restore mvp --file cdktf.out/stacks/mvp/errored.tfstate")
    .action((stack: string, options: RestoreFlags) => runRestore(stack, options));
}

interface MoveFlags extends S3Options {
  to: "s3" | "local";
  json?: boolean;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

async function runBootstrap(options: CommonOptions): Promise<void> {
  const context = createContext(options);
  const project = await loadProject(context);
  const { stateStack } = project;
  if (!stateStack) throw new UserError(stateMistakes(project), 2);
  await context.reporter.step("synthesize", () => synthesizeAll(context, project));
  const result = await exclusively(context, stateStack.id, () =>
    bootstrap({
      directory: stackDirectory(context.paths.output, stateStack.id),
      env: childEnv(context.env),
      reporter: context.reporter,
      confirm: confirmed(context, options, stateStack.id, "This changes your AWS account."),
    }),
  );
  const own = await declaredPlace(context, findOwner(context, project, stateStack.id)).read();
  if (own !== undefined) keeper(context, stateStack.id)(own);
  const isLocal = stateStack.state.backend === "local";
  context.print(options.json ? JSON.stringify(result, null, 2) : bootstrapInWords(result, isLocal));
}

async function runMove(id: string, options: MoveFlags): Promise<void> {
  const context = createContext(options);
  const project = await loadProject(context);
  const owner = findOwner(context, project, id);
  const settings = s3Settings(context, owner, project, options);
  const places = [localPlace(context, owner), placeFor(context, owner, settings)] as const;
  const [from, to] = options.to === "s3" ? places : [places[1], places[0]];
  const result = await exclusively(context, id, () =>
    moveState({ from, to, keep: keeper(context, id), proof: proofOf(context, id), reporter: context.reporter }),
  );
  forgetBackend(context, id);
  const line = options.to === "local" ? undefined : appLine(owner, settings);
  const change = { file: owner.file, line: line ?? null };
  const moved = { ...result, copy: result.copy && shown(context.paths.root, result.copy) };
  context.print(
    options.json ? JSON.stringify({ ...moved, change }, null, 2) : moveInWords(moved, owner, line, options.to),
  );
}

async function runHistory(id: string, options: { limit: number; json?: boolean }): Promise<void> {
  const context = createContext(options);
  const owner = findOwner(context, await loadProject(context), id);
  const place = declaredPlace(context, owner);
  const entries = await stateHistory(place, options.limit);
  const kept = owner.state.backend === "local" ? [] : await keptCopies(context, owner, options.limit);
  const all = { place: place.shown, versions: entries, copies: kept };
  context.print(options.json ? JSON.stringify(all, null, 2) : historyInWords(place.shown, [...entries, ...kept]));
}

/** The copies on this disk of a state that lies elsewhere. */
async function keptCopies(context: Context, owner: StateOwner, limit: number): Promise<HistoryEntry[]> {
  const entries = await stateHistory(localPlace(context, owner), limit);
  return entries.filter(({ current }) => !current);
}

async function runRestore(id: string, options: RestoreFlags): Promise<void> {
  const choice = choiceOf(options);
  const context = createContext(options);
  const owner = findOwner(context, await loadProject(context), id);
  const place = declaredPlace(context, owner);
  const copies =
    owner.state.backend === "local"
      ? []
      : (await localPlace(context, owner).versions(Infinity)).filter(({ current }) => !current);
  const result = await exclusively(context, id, () =>
    restoreState({
      place,
      choice,
      copies,
      otherLineage: options.otherLineage === true,
      keep: keeper(context, id),
      confirm: confirmed(context, options, id, "This changes what Terraform knows, and no resource."),
      proof: proofOf(context, id),
      reporter: context.reporter,
    }),
  );
  const restored = { ...result, copy: result.copy && shown(context.paths.root, result.copy) };
  context.print(options.json ? JSON.stringify(restored, null, 2) : restoreInWords(restored, id));
}

function choiceOf({ serial, id, file }: RestoreFlags): Choice {
  const choices: Choice[] = [];
  if (serial !== undefined) choices.push({ serial });
  if (id !== undefined) choices.push({ version: id });
  if (file !== undefined) choices.push({ text: readFile(path.resolve(file)), file });
  const [choice, ...others] = choices;
  if (choice === undefined || others.length > 0) {
    throw new UserError("Say which state: exactly one of --serial, --id and --file.", 2);
  }
  return choice;
}

const confirmed =
  ({ reporter }: Context, { yes }: CommonOptions, name: string, consequence: string) =>
  async (description: string): Promise<void> => {
    reporter.note(description);
    if (!yes) await confirmByName(name, consequence);
  };

const exclusively = <T>({ paths }: Context, id: string, work: () => Promise<T>): Promise<T> =>
  withLock(path.join(paths.root, ".state", `${id}.lock`), `The state of ${id}`, work);

const proofOf = ({ paths, env }: Context, id: string) => ({
  folder: path.join(paths.root, ".state", `${id}.proof`),
  env: childEnv(env),
});

/** Terraform remembers in the stack's directory where the state was; without that it connects to the new place anew. */
function forgetBackend({ paths }: Context, id: string): void {
  fs.rmSync(path.join(stackDirectory(paths.output, id), ".terraform", "terraform.tfstate"), { force: true });
}

/** The line of the specification that makes a move to S3 permanent. */
function appLine({ region: own }: StateOwner, { bucket, region, kmsKeyId }: StateSettings): string {
  const fields = [`backend: "s3"`, `bucket: ${JSON.stringify(bucket)}`];
  if (region !== own) fields.push(`region: ${JSON.stringify(region)}`);
  if (kmsKeyId !== undefined) fields.push(`kmsKeyId: ${JSON.stringify(kmsKeyId)}`);
  return `state: { ${fields.join(", ")} },`;
}

function bootstrapInWords(result: BootstrapResult, isLocal: boolean): string {
  const { bucket, region, setting, changed, hostedZoneId, nameServers = [] } = result;
  const parts = [
    changed.length === 0 ? `The bucket ${bucket} is as it should be.` : `The bucket is ${bucket} in ${region}.`,
    `To keep the states of an app there, move each of its stacks:\n  tiers state move <stack> --to s3\nand write in the app what the command prints:\n  state: { backend: "s3", bucket: "${bucket}", region: "${region}" },\nor, for one run: TIERS_STATE='${setting}'`,
    hostedZoneId === undefined
      ? ""
      : `Hosted zone ${hostedZoneId}: enter these name servers at the domain's registrar:\n${nameServers.map((one) => `  ${one}`).join("\n")}`,
    isLocal
      ? "The state of this stack itself is terraform.state.tfstate on this disk. So that others can change the bucket too:\n  tiers state move state --to s3"
      : "",
  ];
  return parts.filter(Boolean).join("\n\n");
}

function moveInWords(result: MoveResult, owner: StateOwner, line: string | undefined, to: "s3" | "local"): string {
  const { from, serial, resources, already, copy } = result;
  const others = owner.siblings.map((id) => `  tiers state move ${id} --to ${to}`);
  const parts = [
    `${already ? "The state was there already" : "The state is moved"}: ${result.to}, serial ${serial}, ${count(resources, "resource")}.`,
    already ? "" : `${from} holds a mark now that Terraform refuses.${copy ? ` The state as it was: ${copy}` : ""}`,
    line === undefined
      ? `To make it permanent, take the state section out of ${owner.file}, and unset TIERS_STATE.`
      : `To make it permanent, write in ${owner.file}:\n  ${line}`,
    others.length > 0
      ? ["That line holds for these stacks too. Move them before you deploy:", ...others].join("\n")
      : "",
    `On every other machine, once: terraform init -reconfigure in cdktf.out/stacks/${owner.id}.`,
  ];
  return parts.filter(Boolean).join("\n\n");
}

function historyInWords(place: string, entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return `${place}: there is no state, and no copy of one.`;
  const rows = entries.map(({ current, time, serial, resources, lineage, note, id }) => [
    current ? "*" : " ",
    time,
    note ?? `serial ${serial}`,
    resources === undefined ? "" : count(resources, "resource"),
    lineage?.slice(0, 8) ?? "",
    id,
  ]);
  return `${place} (* is the one that Terraform reads)\n${table(rows)}`;
}

function restoreInWords(result: RestoreResult, id: string): string {
  const { place, from, serial, resources, unchanged, copy } = result;
  if (unchanged) return `${place} has this content already (serial ${serial}): nothing was changed.`;
  return [
    `${place} holds the state of serial ${from} again, as serial ${serial}, with ${count(resources, "resource")}.`,
    copy ? `The state as it was: ${copy}` : "",
    `See what Terraform makes of it before you apply: terraform -chdir=cdktf.out/stacks/${id} plan`,
  ]
    .filter(Boolean)
    .join("\n");
}

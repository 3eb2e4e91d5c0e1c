import type { Command } from "commander";
import { hostLayout } from "../../modules/containers/layout";
import type { ResolvedApp, Secret } from "../../modules/spec";
import { didYouMean } from "../../modules/spec/suggest";
import {
  changeSecret,
  describeSecrets,
  generateValue,
  listSecrets,
  openSecretStore,
  readValue,
  type SecretChanged,
  type SecretStore,
  secretUses,
  valueProblem,
} from "../day-two";
import { namesIn } from "../lib/deployed";
import { UserError } from "../lib/errors";
import { HOST_BUSY, jsonIn, runOnHost } from "../lib/host-command";
import { stopIfInterrupted } from "../lib/process";
import { releaser } from "../lib/user";
import { forDeployedStack, type HostOptions, type HostTarget, openHost, runHostProgram } from "./host-target";

const HELP = `
Values are never shown, never part of a command line, and never in Terraform. A change writes a new version to the store
and has the host take it up: the role of the database first, then the services one by one, each until it is healthy. When
one of them is not, the host goes back to the old value and the store gets it back. Each of them has --help and --json.

Example:
  tiers secrets list mvp
  tiers secrets set mvp SMTP_PASSWORD < value.txt
  tiers secrets rotate mvp DB_PASSWORD
`;

interface Options extends HostOptions {
  carryToo?: boolean;
}

/** Seconds that the host may take: services restart one after the other, each as long as its health check allows. */
const TAKE_UP_SECONDS = 1800;
const LOOK_SECONDS = 30;

export function configure(command: Command): void {
  command.addHelpText("after", HELP);
  forDeployedStack(
    command.command("list").description("show the secrets: store, version, last change, who gets them"),
  ).action((stack: string, options: Options) => list(stack, options));
  change(command, "set", "give a secret a value, from standard input or a prompt", typedValue);
  change(command, "rotate", "give a generated secret a new value", generatedValue);
}

type NewValue = (name: string, secret: Secret) => Promise<string>;

function change(command: Command, name: string, summary: string, value: NewValue): void {
  forDeployedStack(command.command(name).description(summary))
    .argument("<name>", "name of the secret, as tiers secrets list shows it")
    .option("--carry-too", "also a secret marked carry: what was made with the old value may become unreadable")
    .action((stack: string, secret: string, options: Options) => changeOne(stack, secret, options, value));
}

const typedValue: NewValue = (name) => readValue(name, process.stdin, (text) => void process.stderr.write(text));

const generatedValue: NewValue = async (name, secret) => {
  if (secret.source === "generated") return generateValue(secret);
  throw new UserError(
    `${name} is provided by a person, so no value can be made for it. Give one: tiers secrets set`,
    2,
  );
};

async function list(stack: string, options: Options): Promise<void> {
  const host = await openHost(stack, options);
  const { context, app } = host;
  const uses = secretUses(app);
  const entries = await context.reporter.step("look into the stores", () =>
    listSecrets(Object.keys(app.secrets).sort(), (name) => ({
      store: app.secrets[name]?.store ?? "ssm",
      id: namesIn(host.deployed, "secret_sources")[name] ?? "",
      uses: uses[name],
      open: () => storeOf(host, name),
    })),
  );
  if (options.json) return context.print(JSON.stringify({ stack, secrets: entries }, null, 2));
  context.print(entries.length > 0 ? describeSecrets(entries) : `${app.name} has no secrets.`);
}

async function changeOne(stack: string, name: string, options: Options, newValue: NewValue): Promise<void> {
  const host = await openHost(stack, options, (app) => void secretOf(app, name));
  const { app } = host;
  const secret = secretOf(app, name);
  const store = storeOf(host, name);
  if (secret.carry && !options.carryToo && (await store.describe()) !== undefined) refuseCarried(name);
  const value = await newValue(name, secret);
  const problem = valueProblem(value, secret, secretUses(app)[name]?.standsInEnvironment ?? false);
  if (problem !== undefined)
    throw new UserError(`The value of ${name} cannot be used: ${problem}. Nothing was changed.`, 2);
  await requireFree(host);
  stopIfInterrupted();
  const changed = await changeSecret({ name, store, value, takeUp: (version) => takeUp(host, name, version) });
  show(host, name, changed, options);
}

/** @throws UserError (exit 2) with the names that there are */
function secretOf({ name: appName, secrets }: ResolvedApp, name: string): Secret {
  const found = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (found) return found;
  const names = Object.keys(secrets).sort();
  const advice = didYouMean(name, names, "take one of these");
  throw new UserError(`${appName} has no secret "${name}"; secrets: ${names.join(", ") || "none"}; ${advice}`, 2);
}

/** @throws UserError (exit 2) when the deployed stack does not know the secret yet */
function storeOf(host: HostTarget, name: string): SecretStore {
  const { app, deployed, stack } = host;
  const { store, carry } = secretOf(app, name);
  const id = namesIn(deployed, "secret_sources")[name];
  if (id === undefined) throw new UserError(`${name} is not in the deployed stack yet: deploy ${stack} first.`, 2);
  return openSecretStore({ store, id, region: deployed.region }, { application: app.name, carry });
}

function refuseCarried(name: string): never {
  throw new UserError(
    `${name} is marked carry: what the app has encrypted or signed with its value cannot be read with another one. Change ` +
      "it only when the app can do without that, or re-encrypts it; then add --carry-too.",
    2,
  );
}

/**
 * Asks whether the host is there and nobody changes it now: a release that restarts services would take up a half-changed
 * secret.
 */
async function requireFree({ app, deployed, context, name }: HostTarget): Promise<void> {
  const file = `${hostLayout(app).runDir}/deploy.lock`;
  const ask = (words: string[]) =>
    runOnHost(deployed, { words, comment: `tiers: is ${name} busy`, timeoutSeconds: LOOK_SECONDS });
  await context.reporter.step(`ask ${name} whether it is free`, async () => {
    const { code, stderr } = await ask([
      "flock",
      "--nonblock",
      "--conflict-exit-code",
      String(HOST_BUSY),
      file,
      "true",
    ]);
    if (code === 0) return;
    if (code !== HOST_BUSY)
      throw new UserError(`${name} cannot take up a secret: ${stderr.trim()}. Nothing was changed.`);
    const { stdout } = await ask(["tail", "-n", "1", file]);
    throw new UserError(`${name} is busy: ${stdout.trim()}. Nothing was changed; try again when it has ended.`);
  });
}

async function takeUp(host: HostTarget, name: string, version: string): ReturnType<typeof runHostProgram> {
  const told = (): void =>
    host.context.reporter.warn("The host decides now; its answer is waited for, so that both agree.");
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, told);
  try {
    return await runHostProgram(
      host,
      "secret",
      ["take-up", name, "--by", releaser(), ...(version ? ["--version", version] : []), "--json"],
      TAKE_UP_SECONDS,
    );
  } finally {
    for (const signal of signals) process.off(signal, told);
  }
}

function show(
  { context, stack, name: hostName }: HostTarget,
  name: string,
  changed: SecretChanged,
  options: Options,
): void {
  const { result, version, reason, host } = changed;
  const lines = (host?.stderr ?? "").split("\n").filter(Boolean);
  for (const line of lines) context.reporter.note(line);
  if (options.json)
    context.print(
      JSON.stringify({ stack, name, result, version, reason, host: jsonIn(host?.stdout ?? "") ?? null }, null, 2),
    );
  if (result === "unknown") throw new UserError(reason, 3);
  if (result !== "taken up" && result !== "unchanged") throw new UserError(reason);
  if (options.json) return;
  context.print(result === "unchanged" ? reason : `${name}: version ${version}, taken up by ${hostName}.`);
}

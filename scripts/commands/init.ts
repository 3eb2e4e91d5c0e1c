import type { Command } from "commander";
import { isInteractive, openQuestions, type Questions } from "../lib/ask";
import { UserError } from "../lib/errors";
import { shown } from "../lib/paths";
import type { NewApp, NewService } from "../setup/app-file";
import { createApp, parseService, uniqueServices } from "../setup/init";
import { createContext, loadProject, type Project } from "./context";

const HELP = `
Writes apps/<name>.ts and adds it to apps/index.ts. What is not given as an option is asked for on a terminal.
A service is written as name:port (built from source), name:port=image, or name alone for a worker without a port.

Example:
  tiers init
  tiers init --yes --name shop --region eu-central-1 --domain shop.example \\
    --service api:8080 --service web:3000=ghcr.io/acme/web:1.2 --service mailer
`;

interface Options {
  name?: string;
  region?: string;
  domain?: string;
  service: NewService[];
  yes?: boolean;
  json?: boolean;
}

export function configure(command: Command): void {
  command
    .option("--name <name>", "the app's name, part of every physical name")
    .option("--region <region>", "AWS region")
    .option("--domain <domain>", "public domain of the app")
    .option("--service <service>", "name:port[=image], repeatable", collect, [])
    .option("--yes", "ask nothing; what is not given gets its default")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: Options) => init(options));
}

const collect = (written: string, earlier: NewService[]): NewService[] => [...earlier, parseService(written)];

async function init(options: Options): Promise<void> {
  const context = createContext(options);
  const project = await loadProject(context);
  const app = options.yes ? fromOptions(options) : await askFor(options);
  const { file } = createApp(context.paths.apps, app, (input) => mistakesIn(input, project));
  const stack = stackIdOf(app, project);
  const relative = shown(context.paths.root, file);
  context.print(
    options.json
      ? JSON.stringify({ file: relative, stack }, null, 2)
      : `Wrote ${relative} and listed it in apps/index.ts.\nNext: npm run -s tiers -- check, then npm run -s tiers -- simulate ${stack}`,
  );
}

type Input = Parameters<Parameters<typeof createApp>[2]>[0];

/** What the app's own rules and the apps that exist say about it. */
function mistakesIn(input: Input, { apps, spec, resolution }: Project): string[] {
  const known = new Set(resolution.problems.map(spec.formatProblem));
  const { problems } = spec.resolveApps([...apps, spec.defineApp(input)]);
  const added = problems.filter((problem) => !known.has(spec.formatProblem(problem)));
  return added.map((problem) => spec.formatProblem(namelessAsNew(problem, apps.length + 1)));
}

/** An app whose name is wrong is reported by its place in the list, which it has not got yet. */
function namelessAsNew<P extends { stack: string }>(problem: P, position: number): P {
  return problem.stack === `app ${position}` ? { ...problem, stack: "the new app" } : problem;
}

/** The id that the new app's stack gets. */
function stackIdOf(app: NewApp, { spec }: Project): string {
  const input = { name: app.name, region: app.region, services: { any: { image: { build: {} }, port: 8080 } } };
  return spec.resolveApps([spec.defineApp(input)]).stacks[0]?.id ?? app.name;
}

function fromOptions({ name, region, domain, service }: Options): NewApp {
  const missing = [name ? "" : "--name", region ? "" : "--region", service.length > 0 ? "" : "--service"].filter(
    Boolean,
  );
  if (!name || !region || missing.length > 0) throw new UserError(`With --yes, also give ${missing.join(", ")}.`, 2);
  return { name, region, domain, services: uniqueServices(service) };
}

async function askFor(options: Options): Promise<NewApp> {
  if (!isInteractive()) {
    throw new UserError(
      "Nobody can answer: standard input is no terminal. Give --yes with --name, --region and --service.",
      2,
    );
  }
  const questions = openQuestions();
  try {
    return {
      name: options.name ?? (await questions.ask("Name of the app (lower-case letters, digits, dashes)", "shop")),
      region: options.region ?? (await questions.ask("AWS region", "eu-central-1")),
      domain: options.domain ?? ((await questions.ask("Public domain (empty for none)")) || undefined),
      services: uniqueServices(options.service.length > 0 ? options.service : await askForServices(questions)),
    };
  } finally {
    questions.close();
  }
}

async function askForServices(questions: Questions): Promise<NewService[]> {
  const services = [parseService(await questions.ask("First service, as name:port or name:port=image", "api:8080"))];
  for (;;) {
    const answer = await questions.ask("Another service (empty when that is all)");
    if (answer === "") return services;
    services.push(parseService(answer));
  }
}

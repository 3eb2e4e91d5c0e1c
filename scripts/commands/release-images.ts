/** `tiers release build` and `push`. */
import type { ResolvedApp } from "../../modules/spec";
import { namesIn } from "../lib/deployed";
import { UserError } from "../lib/errors";
import { table } from "../lib/terminal";
import {
  type Builder,
  buildImage,
  chooseBuilder,
  type LocalImage,
  localName,
  messageOf,
  openRegistry,
  parseRepository,
  planBuilds,
  platformOf,
  preparePushes,
  pushImage,
  type Pushed,
  type PushPlan,
  readSource,
  removeImage,
  type Repository,
  requireSameSource,
  type SignedIn,
  signIn,
  withSignIn,
} from "../release";
import { type Context, createContext, findStack, loadProject } from "./context";
import { type HostOptions, type HostTarget, openHost } from "./host-target";

/** Where the source lies. */
export interface SourceChoice {
  source: string;
  allowDirty?: boolean;
  tag?: string;
}

interface BuildOptions extends SourceChoice {
  builder?: string;
  json?: boolean;
  verbose?: boolean;
}

type PushOptions = HostOptions & Omit<BuildOptions, "verbose"> & { keepExisting?: boolean };

/** Builds the images of services; needs neither AWS nor a deployed stack. */
export async function build(stack: string, services: string[], options: BuildOptions): Promise<void> {
  const context = createContext(options);
  const { app } = findStack(await loadProject(context), stack);
  const chosen = builtServices(stack, app, services);
  const builder = await chooseBuilder(context.env, options.builder);
  const source = await readSource(options.source, { env: context.env, allowDirty: options.allowDirty });
  const { tag, commit } = source;
  const platform = platformOf(app);
  const images: (LocalImage & { service: string; name: string })[] = [];
  for (const plan of planBuilds(app, chosen, options.source)) {
    const name = localName(stack, plan.service, tag);
    const image = await context.reporter.step(`build ${plan.service}`, (busyWith) =>
      buildImage(
        builder,
        plan,
        { name, platform, revision: commit },
        options.verbose ? (line) => context.reporter.note(line) : busyWith,
      ),
    );
    await keepIfSame(builder, { service: plan.service, name }, () =>
      requireSameSource(options.source, source, context.env),
    );
    images.push({ service: plan.service, name, ...image });
  }
  if (options.json)
    return context.print(JSON.stringify({ stack, tag, commit, builder: builder.name, images }, null, 2));
  const rows = images.map((image) => [image.service, image.name, image.platform, `${mebibytes(image.sizeBytes)} MiB`]);
  context.print(`${table(rows, "")}\n\nPush them: tiers release push ${stack} --tag ${tag}`);
}

/** An image must not bear the name of files that it was not built from. */
async function keepIfSame(
  builder: Builder,
  { service, name }: { service: string; name: string },
  requireSame: () => Promise<void>,
): Promise<void> {
  try {
    await requireSame();
  } catch (error) {
    await removeImage(builder, service, name);
    throw error;
  }
}

const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);

/** Pushes what was built; an image that is there already is left alone. */
export async function push(stack: string, services: string[], options: PushOptions): Promise<void> {
  const host = await openHost(stack, options, (app) => void builtServices(stack, app, services));
  const { context, app } = host;
  const builder = await chooseBuilder(context.env, options.builder);
  const { tag } = await tagOf(context, options);
  const platform = platformOf(app);
  const plans = builtServices(stack, app, services).map((service) => {
    return { service, repository: repositoryOf(host, service), tag, name: localName(stack, service, tag), platform };
  });
  const images = await pushAll(context, builder, plans, options);
  if (options.json) return context.print(JSON.stringify({ stack, tag, images }, null, 2));
  context.print(
    table(
      images.map(({ service, result, reference }) => [service, result, reference]),
      "",
    ),
  );
}

/** All of a stack's repositories are in one registry. */
async function pushAll(
  context: Context,
  builder: Builder,
  plans: readonly PushPlan[],
  { keepExisting }: PushOptions,
): Promise<Pushed[]> {
  const [first] = plans;
  if (first === undefined) return [];
  const { repository } = first;
  const client = openRegistry(repository);
  try {
    const steps = await context.reporter.step("compare with the repositories", () =>
      preparePushes(builder, client, plans, { keepExisting }),
    );
    const work = async (signedIn: SignedIn): Promise<Pushed[]> => {
      const done: Pushed[] = [];
      for (const step of steps) {
        const title = `push ${step.service}`;
        done.push(await context.reporter.step(title, (busyWith) => pushImage(signedIn, client, step, busyWith)));
      }
      return done;
    };
    if (steps.every(({ stored }) => stored !== undefined)) return await work({ builder, pushWords: [] });
    return await withSignIn(builder, repository.registry, await signIn(client, repository), work);
  } finally {
    client.destroy();
  }
}

/** The tag that was given, or that of the source directory's commit with its first line. */
export async function tagOf(
  context: Context,
  { tag, source, allowDirty }: SourceChoice,
): Promise<{ tag: string; message: string }> {
  if (tag !== undefined) return { tag, message: "" };
  const found = await readSource(source, { env: context.env, allowDirty });
  return { tag: found.tag, message: messageOf(found.subject) };
}

/**
 * The repository of a service, as the stack's state says.
 *
 * @throws UserError (exit 2) when the deployed stack does not know the service
 */
export function repositoryOf({ stack, deployed }: HostTarget, service: string): Repository {
  const url = namesIn(deployed, "repository_urls")[service];
  if (url !== undefined) return parseRepository(url);
  throw new UserError(
    `The deployed stack ${stack} has no repository for ${service} (output repository_urls); apply the stack first.`,
    2,
  );
}

/**
 * The services that were named and are built from source; all of them when none was named.
 *
 * @throws UserError (exit 2) when a name is none of those
 */
function builtServices(stack: string, app: ResolvedApp, named: readonly string[]): string[] {
  const built = Object.entries(app.services).flatMap(([service, { image }]) => ("build" in image ? [service] : []));
  if (built.length === 0) throw new UserError(`No service of ${stack} is built from source (image.build).`, 2);
  const strangers = named.filter((service) => !built.includes(service));
  if (strangers.length === 0) return built.filter((service) => named.length === 0 || named.includes(service));
  throw new UserError(`${strangers.join(", ")}: not built from source in ${stack}; those are: ${built.join(", ")}.`, 2);
}

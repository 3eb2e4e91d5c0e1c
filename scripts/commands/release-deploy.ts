/** `tiers release deploy` and `rollback`: what is sent to the host, and what becomes of it. */
import type { ResolvedApp } from "../../modules/spec";
import { UserError } from "../lib/errors";
import { type HostResult, HostUnreached } from "../lib/host-command";
import { stopIfInterrupted, uninterrupted } from "../lib/process";
import { releaser } from "../lib/user";
import {
  describeReport,
  markReleased,
  openRegistry,
  parseReport,
  platformOf,
  releaseId,
  releaseWords,
  type Repository,
  type Report,
  resolveAll,
  type ResolvedImage,
  resolveReference,
  resolveTag,
} from "../release";
import { type HostOptions, type HostTarget, openHost, runHostProgram } from "./host-target";
import { requireProgram, showProgress } from "./release-host";
import { repositoryOf, type SourceChoice, tagOf } from "./release-images";

/** For the host's lock and history. */
interface Releaser {
  by?: string;
  message?: string;
}

interface DeployOptions extends HostOptions, Releaser, SourceChoice {
  backup: boolean;
}

interface RollbackOptions extends HostOptions, Releaser {
  to?: string;
}

/** Seconds that a release may take on the host: a large backup and long jobs are part of it. */
const LIMIT_SECONDS = 6 * 3600;

/** What is to run. */
interface Plan {
  readonly images: readonly ResolvedImage[];
  /** Tag of the images that the app builds itself; undefined when none of them is meant. */
  readonly tag: string | undefined;
  readonly message: string;
  /** Repositories of the images with the tag. */
  readonly repositories: readonly Repository[];
}

/** Resolves tags to digests, has the host run them, and marks them as released. */
export async function deploy(stack: string, services: string[], options: DeployOptions): Promise<void> {
  const host = await openHost(stack, options, (app) => requireServices(stack, app, services));
  const plan = await planDeploy(host, services, options);
  const { tag, images } = plan;
  const further = [
    ...(options.backup ? [] : ["--no-backup"]),
    ...images.map(({ service, reference }) => `${service}=${reference}`),
  ];
  await transact(host, "deploy", { message: plan.message, ...options }, further, { tag, mayRun: () => mark(plan) });
  try {
    await uninterrupted(() => mark(plan));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `The images run, but could not be marked as released, and would expire by age: ${error.message} Repeat the deploy.`,
    );
  }
}

/** Has the host run the images of an earlier release. */
export async function rollback(stack: string, options: RollbackOptions): Promise<void> {
  const host = await openHost(stack, options);
  await transact(host, "rollback", options, options.to ? ["--to", options.to] : []);
}

async function planDeploy(host: HostTarget, named: readonly string[], options: DeployOptions): Promise<Plan> {
  const { context, app } = host;
  const services = Object.keys(app.services).filter((service) => named.length === 0 || named.includes(service));
  const built = services.filter((service) => isBuilt(app, service));
  const repositories = new Map(built.map((service) => [service, repositoryOf(host, service)]));
  const [first] = repositories.values();
  const { tag, message } = first ? await tagOf(context, options) : { tag: "", message: "" };
  const client = first && openRegistry(first);
  try {
    const images = await context.reporter.step("find the digests", () =>
      resolveAll(services, (service) => {
        const image = app.services[service]?.image;
        const repository = repositories.get(service);
        if (image && "reference" in image)
          return resolveReference(service, image.reference, platformOf(app), context.env);
        if (!client || !repository) throw new UserError(`${service}: there is no repository.`);
        return resolveTag(client, service, repository, tag, platformOf(app));
      }),
    );
    return { images, tag: tag || undefined, message, repositories: [...repositories.values()] };
  } finally {
    client?.destroy();
  }
}

function isBuilt({ services }: ResolvedApp, service: string): boolean {
  const image = services[service]?.image;
  return image !== undefined && "build" in image;
}

/** Marks the images as released, each in its repository. */
async function mark({ tag, repositories: [...repositories] }: Plan): Promise<void> {
  const [first] = repositories;
  if (tag === undefined || first === undefined) return;
  const client = openRegistry(first);
  try {
    for (const repository of repositories) await markReleased(client, repository, tag);
  } finally {
    client.destroy();
  }
}

/** What a deploy has besides what every transaction has. */
interface Images {
  tag?: string;
  /** Called when the host may run the images although nobody has heard so. */
  mayRun?: () => Promise<void>;
}

/**
 * Has the host do it and shows its report.
 *
 * @param further - words for the host besides who and why
 * @throws UserError unless it was released
 */
async function transact(
  host: HostTarget,
  action: Report["action"],
  { json, by = releaser(), message }: HostOptions & Releaser,
  further: readonly string[],
  { tag, mayRun }: Images = {},
): Promise<void> {
  const { context, stack } = host;
  const id = releaseId(new Date());
  const words = releaseWords(action, { id, by, message }, further);
  stopIfInterrupted();
  const result = await waitFor(host, words, `${action} ${id}`, mayRun);
  requireProgram(host, result);
  showProgress(host, result);
  const report = parseReport(result.stdout);
  context.print(json ? JSON.stringify({ stack, tag, report }, null, 2) : describeReport(stack, report));
  if (report.result !== "released") throw failure(stack, report, result.code);
}

/** The host goes on when nobody listens any more, so what it may run must not expire. */
async function waitFor(
  host: HostTarget,
  words: readonly string[],
  shown: string,
  mayRun: () => Promise<void> = () => Promise.resolve(),
): Promise<HostResult> {
  try {
    return await runHostProgram(host, "release", words, LIMIT_SECONDS, shown);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof HostUnreached) throw error;
    const look = `See what became of it: tiers release history ${host.stack}`;
    try {
      await uninterrupted(mayRun);
    } catch (trouble) {
      throw new UserError(
        `${error.message} ${look}\nIts images are not marked as released: ${(trouble as Error).message}`,
      );
    }
    throw new UserError(`${error.message} ${look}`);
  }
}

/** A release that did not come to be, in one line. */
function failure(stack: string, { id, action, result, reason, holder }: Report, code: number): UserError {
  const what = `The ${action} ${id}`;
  const why = reason ? `: ${reason}` : "";
  if (result === "taken back") return new UserError(`${what} was taken back${why}. The images before run again.`);
  if (result === "refused" && holder) {
    return new UserError(`The host is in use: ${holder}. Nothing was changed; try again when that is done.`);
  }
  if (result === "refused") return new UserError(`${what} was refused${why}. Nothing was changed.`);
  const after =
    code === NOT_WELL
      ? `The images before are not well either; see: tiers status ${stack}`
      : "The images before still run.";
  return new UserError(`${what} failed${why}. ${after}`);
}

/** Exit code of the host's program when the images before are not well either. */
const NOT_WELL = 3;

function requireServices(stack: string, { services }: ResolvedApp, named: readonly string[]): void {
  const strangers = named.filter((service) => !Object.hasOwn(services, service));
  if (strangers.length === 0) return;
  const known = Object.keys(services).join(", ");
  throw new UserError(`${strangers.join(", ")}: no service of ${stack}; services: ${known}.`, 2);
}

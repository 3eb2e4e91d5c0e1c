/** Pushes built images to the stack's repositories. */
import type { ECRClient } from "@aws-sdk/client-ecr";
import { UserError } from "../lib/errors";
import { requirePlatform } from "./build";
import { type Builder, inspectImage, type LocalImage, mustBuilder } from "./builder";
import { addTag, findTagged, mayMove, type Repository, type StoredImage } from "./registry";
import type { SignedIn } from "./sign-in";
import { isDirty } from "./source";

/** One image on this machine and where it goes. */
export interface PushPlan {
  readonly service: string;
  readonly repository: Repository;
  readonly tag: string;
  /** Name on this machine. */
  readonly name: string;
  /** As in "linux/arm64". */
  readonly platform: string;
}

/** A plan with what is known before anything is sent. */
export interface PushStep extends PushPlan {
  /** What the repository holds under this tag: the same image, or one that is kept. */
  readonly stored: StoredImage | undefined;
}

export interface Pushed {
  service: string;
  /** `<repository>:<tag>@<digest>` */
  reference: string;
  digest: string;
  result: "pushed" | "was there";
  /** Whether the tag "latest" names this image now. */
  latest: boolean;
}

interface PushOptions {
  /**
   * Whether the image that a repository holds under a clean tag counts as it is, also when the one on this machine is another
   * build of the commit, or none. A tag of files that were not as in their commit is compared in any case.
   *
   * @default false
   */
  readonly keepExisting?: boolean;
}

/** Moves along with what is pushed, where the repository lets it. */
const ALIAS = "latest";

/**
 * Compares what is on this machine with what is in the repositories, before anything is sent.
 *
 * @throws UserError with a line for each image that is not here, is for another machine, or whose tag names another image
 */
export async function preparePushes(
  builder: Builder,
  client: ECRClient,
  plans: readonly PushPlan[],
  { keepExisting = false }: PushOptions = {},
): Promise<PushStep[]> {
  const steps: PushStep[] = [];
  const refused: string[] = [];
  for (const plan of plans) {
    try {
      steps.push(await prepare(builder, client, plan, keepExisting));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length > 0) throw new UserError(refused.join("\n"));
  return steps;
}

async function prepare(builder: Builder, client: ECRClient, plan: PushPlan, keepExisting: boolean): Promise<PushStep> {
  const { service, repository, tag, name, platform } = plan;
  const isKept = keepExisting && !isDirty(tag);
  const kept = isKept ? await findTagged(client, repository, tag) : undefined;
  if (kept !== undefined) return { ...plan, stored: kept };
  const local = await inspectImage(builder, name);
  if (local === undefined) {
    throw new UserError(`${service}: ${builder.name} has no image ${name}; build it first with tiers release build.`);
  }
  requirePlatform(service, local, platform);
  const stored = await findTagged(client, repository, tag);
  if (stored !== undefined && !isSame(local, stored)) {
    throw new UserError(
      `${service}: the tag ${tag} is in ${repository.url} for another image (${stored.digest}), and tags do not move. ` +
        "Deploy that one (--keep-existing takes it for pushed), or commit a change and build again.",
    );
  }
  return { ...plan, stored };
}

/** Builders call an image by the digest of its manifest or of its configuration. */
function isSame({ id }: LocalImage, { digest, manifest }: StoredImage): boolean {
  const { config } = JSON.parse(manifest) as { config?: { digest?: string } };
  return id === digest || id === config?.digest;
}

/**
 * Sends one image, unless it is there. "latest" follows where the repository lets it, but never to an image of a tree that
 * was not clean.
 */
export async function pushImage(
  { builder, pushWords }: SignedIn,
  client: ECRClient,
  step: PushStep,
  onLine: (line: string) => void,
): Promise<Pushed> {
  const { service, repository, tag, name, stored } = step;
  if (stored === undefined) {
    const target = `${repository.url}:${tag}`;
    await mustBuilder(builder, service, ["tag", name, target]);
    await mustBuilder(builder, service, ["push", ...pushWords, target], { onLine });
  }
  const image = await findTagged(client, repository, tag);
  if (image === undefined) throw new UserError(`${service}: ${repository.url} has no image ${tag} after the push.`);
  const latest = !isDirty(tag) && (await mayMove(client, repository, ALIAS));
  if (latest) await addTag(client, repository, image, ALIAS);
  return {
    service,
    reference: `${repository.url}:${tag}@${image.digest}`,
    digest: image.digest,
    result: stored === undefined ? "pushed" : "was there",
    latest,
  };
}

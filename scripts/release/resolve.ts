/** From what a person says, a tag or a reference, to the digest that runs. */
import { createHash } from "node:crypto";
import type { ECRClient } from "@aws-sdk/client-ecr";
import { childEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { run } from "../lib/process";
import { findOnPath } from "../lib/tools";
import { findTagged, newestTags, type Repository } from "./registry";

export interface ResolvedImage {
  readonly service: string;
  /** Ends with the digest. */
  readonly reference: string;
}

/** Tags that a message names. */
const SHOWN_TAGS = 5;

/**
 * The image of a service with a tag.
 *
 * @param platform - as in "linux/arm64"
 * @throws UserError when there is none, naming what there is, or when it is for other machines only
 */
export async function resolveTag(
  client: ECRClient,
  service: string,
  repository: Repository,
  tag: string,
  platform: string,
): Promise<ResolvedImage> {
  const image = await findTagged(client, repository, tag);
  if (image === undefined) {
    const tags = await newestTags(client, repository, SHOWN_TAGS);
    const there = tags.length > 0 ? `newest there: ${tags.join(", ")}` : "nothing was pushed there yet";
    throw new UserError(`${service}: ${repository.url} has no image ${tag}; ${there}.`);
  }
  requireHostsPlatform(service, tag, JSON.parse(image.manifest) as Manifest, platform);
  return { service, reference: `${repository.url}@${image.digest}` };
}

/** A manifest as far as it is read here. */
interface Manifest {
  /** The images of an index. */
  manifests?: { platform?: { os?: string; architecture?: string } }[];
}

/** The manifest of a single image names no platform; whether it is the host's is seen there. */
function requireHostsPlatform(service: string, image: string, manifest: Manifest, platform: string): void {
  const platforms = platformsIn(manifest);
  if (platforms.length === 0 || platforms.includes(platform)) return;
  throw new UserError(`${service}: the image ${image} is for ${platforms.join(", ")}, the host is ${platform}.`);
}

/** The platforms that an index names. */
function platformsIn({ manifests = [] }: Manifest): string[] {
  return manifests
    .flatMap(({ platform }) => (platform ? [`${platform.os}/${platform.architecture}`] : []))
    .filter((platform) => platform !== "unknown/unknown");
}

/** What a registry says of a tag. */
type Found = Manifest & { digest?: unknown };

/** Programs that ask a registry for the digest of a tag, with the sign-ins that the user has. */
const ASKERS: readonly {
  program: string;
  words: (reference: string) => string[];
  read: (answer: string) => Found;
}[] = [
  {
    program: "docker",
    words: (reference) => ["buildx", "imagetools", "inspect", reference, "--format", "{{json .Manifest}}"],
    read: (answer) => JSON.parse(answer) as Found,
  },
  {
    program: "skopeo",
    // The manifest as it lies in the registry: a digest is that of its bytes.
    words: (reference) => ["inspect", "--raw", `docker://${reference}`],
    read: (answer) => ({ ...(JSON.parse(answer) as Manifest), digest: `sha256:${sha256(answer)}` }),
  },
];

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The image that a reference of the specification means at this moment. One with a digest is taken as it is.
 *
 * @param platform - as in "linux/arm64"
 * @throws UserError when no program can ask, the registry does not know it, or it is for other machines only
 */
export async function resolveReference(
  service: string,
  reference: string,
  platform: string,
  env: NodeJS.ProcessEnv,
): Promise<ResolvedImage> {
  if (reference.includes("@sha256:")) return { service, reference };
  const failures: string[] = [];
  for (const { program, words, read } of ASKERS) {
    const file = findOnPath(program, env);
    if (file === undefined) {
      failures.push(`${program} is not there`);
      continue;
    }
    const { code, stdout, stderr } = await run(file, words(reference), { env: childEnv(env), title: program });
    const found = code === 0 ? readAnswer(stdout, read) : {};
    if (typeof found.digest === "string" && DIGEST.test(found.digest)) {
      requireHostsPlatform(service, reference, found, platform);
      return { service, reference: `${reference}@${found.digest}` };
    }
    failures.push(`${program}: ${stderr.trim().split("\n").at(-1) || `no digest, exit code ${code}`}`);
  }
  throw new UserError(
    `${service}: nothing tells the digest of ${reference} (${failures.join("; ")}). Write it into the specification as ` +
      `${reference}@sha256:…, or name the services to deploy without ${service}.`,
  );
}

/** An answer that is no JSON says nothing. */
function readAnswer(answer: string, read: (answer: string) => Found): Found {
  try {
    return read(answer);
  } catch {
    return {};
  }
}

/**
 * Resolves every service before anything else happens.
 *
 * @throws UserError with a line for each service that cannot be resolved
 */
export async function resolveAll(
  services: readonly string[],
  one: (service: string) => Promise<ResolvedImage>,
): Promise<ResolvedImage[]> {
  const results = await Promise.allSettled(services.map(one));
  const refused = results.flatMap((result) => {
    if (result.status === "fulfilled") return [];
    if (result.reason instanceof UserError) return [result.reason.message];
    throw result.reason;
  });
  if (refused.length > 0) throw new UserError(refused.join("\n"));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Builds the images of services from source. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { ResolvedApp } from "../../modules/spec";
import { UserError } from "../lib/errors";
import { type Builder, inspectImage, type LocalImage, mustBuilder } from "./builder";

export interface BuildPlan {
  readonly service: string;
  /** Absolute path of the folder that is sent to the builder. */
  readonly context: string;
  /** Absolute path. */
  readonly dockerfile: string;
  readonly target: string | undefined;
}

/** Which commit, for which machine, under which name. */
export interface BuildRequest {
  /** Name on this machine; see {@link localName}. */
  readonly name: string;
  /** As in "linux/arm64". */
  readonly platform: string;
  /** Commit, kept in the image as a label. */
  readonly revision: string;
}

const PLATFORMS: Readonly<Record<ResolvedApp["host"]["arch"], string>> = {
  x86_64: "linux/amd64",
  arm64: "linux/arm64",
};

/** The platform that the images of a stack's host are for. */
export const platformOf = ({ host }: ResolvedApp): string => PLATFORMS[host.arch];

/** What an image is called on this machine before it is pushed: known without AWS, and pushed nowhere by mistake. */
export const localName = (stack: string, service: string, tag: string): string =>
  `localhost/${stack}/${service}:${tag}`;

/**
 * Finds folder and Dockerfile of each service.
 *
 * @param services - services with `image.build`
 * @throws UserError (exit 2) with a line for everything that is not there
 */
export function planBuilds(app: ResolvedApp, services: readonly string[], source: string): BuildPlan[] {
  const missing: string[] = [];
  const plans = services.flatMap((service) => {
    const image = app.services[service]?.image;
    if (image === undefined || !("build" in image)) return [];
    const { build } = image;
    const context = path.resolve(source, build.context);
    const dockerfile = path.resolve(source, build.dockerfile);
    if (!isFolder(context)) missing.push(`${service}: the folder ${context} (image.build.context) does not exist.`);
    if (!fs.existsSync(dockerfile)) missing.push(`${service}: ${dockerfile} (image.build.dockerfile) does not exist.`);
    return [{ service, context, dockerfile, target: build.target }];
  });
  if (missing.length === 0) return plans;
  throw new UserError(`${missing.join("\n")}\nBoth are relative to the source directory; give it with --source.`, 2);
}

const isFolder = (file: string): boolean => fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Builds one image and leaves it on this machine.
 *
 * @throws UserError when the build fails, or ends in an image for another platform
 */
export async function buildImage(
  builder: Builder,
  plan: BuildPlan,
  request: BuildRequest,
  onLine: (line: string) => void,
): Promise<LocalImage> {
  const { service } = plan;
  await mustBuilder(builder, service, buildWords(builder, plan, request), { onLine });
  const image = await inspectImage(builder, request.name);
  if (image === undefined) throw new UserError(`${service}: ${builder.name} built no image ${request.name}.`);
  requirePlatform(service, image, request.platform);
  return image;
}

/** Takes the name of an image on this machine away, and the image where it has no other. */
export async function removeImage(builder: Builder, service: string, name: string): Promise<void> {
  await mustBuilder(builder, service, ["image", "rm", name]);
}

/** @throws UserError when an image is for another machine than the host */
export function requirePlatform(service: string, image: LocalImage, platform: string): void {
  if (image.platform === platform) return;
  throw new UserError(
    `${service}: the image is for ${image.platform}, the host is ${platform}; look for --platform in its Dockerfile.`,
  );
}

/**
 * Without attestations, so that what is pushed is the image itself and not an index of it and statements about it: its digest
 * is the one that runs.
 */
function buildWords({ name: builder }: Builder, plan: BuildPlan, { name, platform, revision }: BuildRequest): string[] {
  const ofDocker = ["buildx", "build", "--progress=plain", "--provenance=false", "--sbom=false", "--load"];
  return [
    ...(builder === "docker" ? ofDocker : ["build"]),
    "--platform",
    platform,
    "--file",
    plan.dockerfile,
    ...(plan.target === undefined ? [] : ["--target", plan.target]),
    "--label",
    `org.opencontainers.image.revision=${revision}`,
    "--tag",
    name,
    plan.context,
  ];
}

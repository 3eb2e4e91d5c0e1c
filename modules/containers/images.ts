import type { ResolvedApp } from "../spec";

/**
 * Images that the stack itself runs, pinned to a minor release. Sources: the PostgreSQL minor releases of 2026-05-14 and
 * the tags of Docker's official images. Debian, never Alpine: musl sorts text differently from the glibc of a managed
 * database, which breaks indexes when the data moves.
 */
const POSTGRES_IMAGES: Readonly<Record<number, string>> = {
  13: "postgres:13.23-bookworm",
  14: "postgres:14.23-bookworm",
  15: "postgres:15.18-bookworm",
  16: "postgres:16.14-bookworm",
  17: "postgres:17.10-bookworm",
  18: "postgres:18.4-bookworm",
};

const CACHE_IMAGES = {
  valkey: { "8.1": "valkey/valkey:8.1.4-bookworm" },
  redis: { "7.2": "redis:7.2.11-bookworm", "8.2": "redis:8.2.2-bookworm" },
} as const;

export const PROXY_IMAGES = {
  caddy: "caddy:2.10.2",
  nginx: "nginxinc/nginx-unprivileged:1.28.0-bookworm",
} as const;

/** Amazon's image of the AWS CLI; it has bash and the usual small programs, and nothing that reads JSON. */
export const AWS_CLI_IMAGE = "public.ecr.aws/aws-cli/aws-cli:2.31.0";

/** Docker's official images without Docker Hub's limits of pulls, for tasks that pull anew at every start. */
export const OFFICIAL_IMAGES = "public.ecr.aws/docker/library/";

/** The image of a PostgreSQL major version. Throws on one without a pinned minor: the specification allows none. */
export function postgresImage(major: number): string {
  const image = POSTGRES_IMAGES[major];
  if (image === undefined) throw new Error(`no PostgreSQL image is pinned for major version ${major}`);
  return image;
}

/** The image of a cache engine and version. Throws on a pair without a pinned image: the specification allows none. */
export function cacheImage({ engine, version }: Pick<ResolvedApp["cache"], "engine" | "version">): string {
  const images: Readonly<Record<string, string>> = CACHE_IMAGES[engine];
  const image = images[version];
  if (image === undefined) throw new Error(`no image is pinned for ${engine} ${version}`);
  return image;
}

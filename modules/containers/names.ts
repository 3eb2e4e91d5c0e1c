import type { ResolvedApp } from "../spec";

/** Containers that the stack itself adds; the specification keeps these names from services. */
export const POSTGRES = "postgres";
export const DB_INIT = "db-init";
export const CACHE = "cache";
export const PROXY = "proxy";
export const RESERVED_NAMES: readonly string[] = [POSTGRES, DB_INIT, CACHE, PROXY];

/** Name of a job's container. The specification keeps names that start so from services. */
export const jobContainerName = (job: string): string => `job-${job}`;

/** Whether the stack runs PostgreSQL itself. */
export const runsPostgres = (app: ResolvedApp): boolean => app.database.mode === "own";

/** Whether the stack runs a cache or queue. */
export const runsCache = (app: ResolvedApp): boolean => app.cache.mode === "own";

/** The proxy in front of the services; undefined when it is turned off or when no service has a public route. */
export function proxyOf(app: ResolvedApp): "caddy" | "nginx" | undefined {
  const routed = Object.values(app.services).some(({ route }) => route !== undefined);
  return routed && app.ingress.proxy !== "none" ? app.ingress.proxy : undefined;
}

/**
 * The containers that run all the time, in their order in the Compose file. Each has a log group of its own; a job
 * writes to the group of its service, db-init to that of PostgreSQL.
 */
export function containerNames(app: ResolvedApp): string[] {
  return [
    ...(runsPostgres(app) ? [POSTGRES] : []),
    ...(runsCache(app) ? [CACHE] : []),
    ...Object.keys(app.services),
    ...(proxyOf(app) ? [PROXY] : []),
  ];
}

/** Name of the variable that holds a service's released image: service "my-api" has IMAGE_MY_API. */
export const imageVariable = (service: string): string => `IMAGE_${environmentName(service)}`;

/** A service's or job's name as part of an environment variable's name. */
export const environmentName = (name: string): string => name.toUpperCase().replaceAll("-", "_");

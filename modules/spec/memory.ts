import { instanceSize } from "./instance-types";
import type { App } from "./schema";

/** The parts of an app that take memory on its host, with or without derived defaults. */
type MemoryUser = Pick<App, "host" | "database" | "cache" | "ingress"> & {
  readonly services: Readonly<Record<string, Pick<App["services"][string], "memoryMiB" | "route">>>;
};

/** Memory limit of the proxy container. */
export const PROXY_MEMORY_MIB = 128;
/** What the operating system, Docker and the AWS agents need beside the containers. */
const SYSTEM_MEMORY_MIB = 256;

const SMALLEST_DATABASE_MIB = 256;
/** Assumed for a type that the table does not hold, where nothing can be checked: the default t3.medium. */
const ASSUMED_MEMORY_MIB = 4096;

/** Memory limit of the PostgreSQL container: as written, or a quarter of the instance's. */
export function databaseMemoryMiB(app: Pick<App, "host" | "database">): number {
  const instance = instanceSize(app.host.instanceType)?.memoryMiB ?? ASSUMED_MEMORY_MIB;
  return app.database.memoryMiB ?? Math.max(SMALLEST_DATABASE_MIB, Math.floor(instance / 4));
}

/** Memory limit of the cache container: its data and a quarter more for buffers and fragmentation. */
export const cacheContainerMiB = (maxMemoryMiB: number): number => Math.ceil(maxMemoryMiB * 1.25);

/** What all containers of the host and the system together may take. Jobs are not counted: they run now and then. */
export function neededMemoryMiB(app: MemoryUser): number {
  const services = Object.values(app.services).reduce((sum, service) => sum + service.memoryMiB, 0);
  const database = app.database.mode === "own" ? databaseMemoryMiB(app) : 0;
  const cache = app.cache.mode === "own" ? cacheContainerMiB(app.cache.maxMemoryMiB) : 0;
  const isRouted = Object.values(app.services).some(({ route }) => route !== undefined);
  const proxy = isRouted && app.ingress.proxy !== "none" ? PROXY_MEMORY_MIB : 0;
  return services + database + cache + proxy + SYSTEM_MEMORY_MIB;
}

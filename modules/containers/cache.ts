import { bind, HARDENING, INTERNAL_NETWORK, limits, memoryFolders, seconds, type ComposeService } from "./compose";
import { containerName, type ContainerContext } from "./context";
import { cacheImage } from "./images";
import { logging } from "./logging";
import { CACHE } from "./names";

/** User and group of the server in both engines' Debian images; they own a queue's folder on the host. */
export const CACHE_USER = "999:999";

/** Valkey or Redis. It has no password: only containers that are connected to it share a network with it. */
export function cacheContainer(context: ContainerContext): ComposeService {
  const { app, layout, logTarget } = context;
  const { engine, use, maxMemoryMiB, containerMemoryMiB } = app.cache;
  const keeps = use === "queue";
  return {
    image: cacheImage(app.cache),
    container_name: containerName(context, CACHE),
    command: [`${engine}-server`, ...cacheFlags(use, maxMemoryMiB)],
    networks: [INTERNAL_NETWORK],
    user: CACHE_USER,
    init: true,
    read_only: true,
    // The image declares /data as a volume: without a place of its own there, each new container would leave one behind.
    tmpfs: memoryFolders(CACHE_USER, keeps ? ["/tmp"] : ["/tmp", "/data"]),
    ...(keeps && { volumes: [bind(`${layout.dataDir}/cache`, "/data")] }),
    ...HARDENING,
    deploy: limits({ memoryMiB: containerMemoryMiB }),
    healthcheck: {
      test: ["CMD-SHELL", `${engine}-cli ping | grep -qx PONG`],
      interval: seconds(5),
      timeout: seconds(3),
      retries: 6,
      start_period: seconds(60),
    },
    logging: logging(logTarget, CACHE),
    restart: "unless-stopped",
    stop_grace_period: seconds(30),
  };
}

/**
 * A cache evicts the least recently used keys and keeps nothing on disk. A queue loses nothing: it refuses writes when it
 * is full, and appends every change to a file that is flushed each second.
 */
function cacheFlags(use: "cache" | "queue", maxMemoryMiB: number): string[] {
  const persistence =
    use === "queue"
      ? ["--maxmemory-policy", "noeviction", "--appendonly", "yes", "--appendfsync", "everysec"]
      : ["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"];
  return ["--maxmemory", `${maxMemoryMiB}mb`, ...persistence, "--save", "", "--protected-mode", "no"];
}

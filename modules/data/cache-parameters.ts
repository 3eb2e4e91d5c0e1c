export type CacheEngine = "valkey" | "redis";

/** "cache" may lose any key, "queue" none. */
export type CacheUse = "cache" | "queue";

/**
 * Parameter group family of a version: valkey8 for 8.1, redis7 for 7.1, redis6.x for 6.2.
 * Source: Amazon ElastiCache User Guide, "Engine specific parameters".
 */
export function cacheFamily(engine: CacheEngine, version: string): string {
  const [major = ""] = version.split(".");
  return engine === "redis" && major === "6" ? "redis6.x" : `${engine}${major}`;
}

/** The default, volatile-lru, evicts keys that expire and refuses writes when all others fill the memory: neither use wants it. */
export const cacheParameters = (use: CacheUse): readonly { readonly name: string; readonly value: string }[] => [
  { name: "maxmemory-policy", value: use === "queue" ? "noeviction" : "allkeys-lru" },
];

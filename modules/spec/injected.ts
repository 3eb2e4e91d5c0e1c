/** Environment variables that a service gets when it is connected to a database that the stack runs. */
export const DATABASE_VARIABLES = ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DATABASE_URL"] as const;

/** Environment variables that a service gets when it is connected to the cache. */
export const CACHE_VARIABLES = ["CACHE_URL", "REDIS_URL", "REDIS_HOST", "REDIS_PORT"] as const;

/** Every name that a stack may put into a service's environment by itself. */
export const INJECTED_VARIABLES: readonly string[] = [...DATABASE_VARIABLES, ...CACHE_VARIABLES];

/** The secret that holds the password of PostgreSQL's superuser; no service ever gets it. */
export const SUPERUSER_SECRET = "POSTGRES_PASSWORD";

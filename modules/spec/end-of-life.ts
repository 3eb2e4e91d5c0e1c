/** Last day of support by version, "YYYY-MM-DD". */
type LastDays = Readonly<Record<string, string>>;

/** PostgreSQL majors. Source: https://www.postgresql.org/support/versioning/ */
const POSTGRESQL: LastDays = {
  "13": "2025-11-13",
  "14": "2026-11-12",
  "15": "2027-11-11",
  "16": "2028-11-09",
  "17": "2029-11-08",
  "18": "2030-11-14",
};

/** Redis. Source: https://endoflife.date/redis; 8.2 has no date yet. */
const REDIS: LastDays = { "7.2": "2026-02-28" };

/** Valkey. Source: https://valkey.io/topics/releases/ */
const VALKEY: LastDays = { "8.1": "2030-03-31" };

const PRODUCTS = { PostgreSQL: POSTGRESQL, redis: REDIS, valkey: VALKEY } as const;

/** The day that support of a version ends, or undefined when none is announced. */
export const endOfLife = (product: keyof typeof PRODUCTS, version: string): string | undefined =>
  PRODUCTS[product][version];

import type { Row } from "./row";

const external = (fields: object = {}): object => ({
  database: { mode: "external", urlSecret: "PG_URL", ...fields },
  services: { worker: { dependsOn: [] } },
});

/** Database, cache, backups and image repositories. */
export const DATA_ROWS: readonly Row[] = [
  {
    name: "database mode that does not exist",
    patch: { database: { mode: "rds" } },
    lines: [`shop-mvp: database.mode is "rds"; allowed: "own" | "external" | "none"; choose one of these`],
  },
  {
    name: "major as a text",
    patch: { database: { major: "17" } },
    lines: [
      `shop-mvp: database.major is "17"; allowed: a whole number from 13 to 18 (PostgreSQL major version); set a number in that range, without quotes`,
    ],
  },
  {
    name: "major that is too old",
    patch: { database: { major: 12 } },
    lines: [
      "shop-mvp: database.major is 12; allowed: a whole number from 13 to 18 (PostgreSQL major version); set a number in that range, without quotes",
    ],
  },
  {
    name: "database name with a dash",
    patch: { database: { name: "my-shop" } },
    lines: [
      `shop-mvp: database.name is "my-shop"; allowed: up to 63 lower-case letters, digits and underscores, not starting with a digit; rename it so that SQL needs no quotes`,
    ],
  },
  {
    name: "role with capitals",
    patch: { database: { user: "Shop" } },
    lines: [
      `shop-mvp: database.user is "Shop"; allowed: up to 63 lower-case letters, digits and underscores, not starting with a digit; rename it so that SQL needs no quotes`,
    ],
  },
  {
    name: "databases as a text",
    patch: { database: { databases: "tokens" } },
    lines: [
      `shop-mvp: database.databases is "tokens"; allowed: a list of up to 64 database names; write it in square brackets`,
    ],
  },
  {
    name: "further database with a dash",
    patch: { database: { databases: ["super-tokens"] } },
    lines: [
      `shop-mvp: database.databases[0] is "super-tokens"; allowed: up to 63 lower-case letters, digits and underscores, not starting with a digit; rename it so that SQL needs no quotes`,
    ],
  },
  {
    name: "extensions as a text",
    patch: { database: { extensions: "pg_trgm" } },
    lines: [
      `shop-mvp: database.extensions is "pg_trgm"; allowed: a list of up to 64 extension names; write it in square brackets`,
    ],
  },
  {
    name: "extension with capitals",
    patch: { database: { extensions: ["PostGIS"] } },
    lines: [
      `shop-mvp: database.extensions[0] is "PostGIS"; allowed: the name of a PostgreSQL extension such as "pg_trgm"; copy it from pg_available_extensions`,
    ],
  },
  {
    name: "database in too little memory",
    patch: { database: { memoryMiB: 64 } },
    lines: [
      "shop-mvp: database.memoryMiB is 64; allowed: a whole number from 256 to 65536 (MiB); set a number in that range, without quotes",
    ],
  },
  {
    name: "five connections",
    patch: { database: { maxConnections: 5 } },
    lines: [
      "shop-mvp: database.maxConnections is 5; allowed: a whole number from 20 to 5000 (connections); set a number in that range, without quotes",
    ],
  },
  {
    name: "password in place of its name",
    patch: { database: { passwordSecret: "hunter2-hunter2" } },
    lines: [
      "shop-mvp: database.passwordSecret is a text (not shown); allowed: the name of a secret: upper-case letters, digits and underscores, up to 64; write its name, for example JWT_SECRET, never its value",
    ],
  },
  {
    name: "URL in place of its name",
    patch: { database: { urlSecret: "postgres://shop:hunter2@db/shop" } },
    lines: [
      "shop-mvp: database.urlSecret is a text (not shown); allowed: the name of a secret: upper-case letters, digits and underscores, up to 64; write its name, for example JWT_SECRET, never its value",
    ],
  },
  {
    name: "password of the database in the code",
    patch: { database: { password: "hunter2-hunter2" } },
    lines: [
      "shop-mvp: database.password is not a known field; allowed: mode, major, name, user, databases, extensions, memoryMiB, maxConnections, passwordSecret, urlSecret; remove it",
    ],
  },
  {
    name: "server's own database as the main one",
    rule: "database-names-free",
    patch: { database: { name: "postgres", user: "shop" } },
    lines: [
      `shop-mvp: database.name is "postgres"; allowed: a name other than postgres, template0, template1; rename it`,
    ],
  },
  {
    name: "main database again",
    rule: "database-names-free",
    patch: { database: { databases: ["tokens", "shop"] } },
    lines: [
      `shop-mvp: database.databases[1] is "shop"; allowed: a name other than postgres, template0, template1, shop; remove it: the main database is made anyway`,
    ],
  },
  {
    name: "superuser as the services' role",
    rule: "database-user-is-no-superuser",
    patch: { database: { user: "postgres" } },
    lines: [
      `shop-mvp: database.user is "postgres"; allowed: a role other than "postgres" that does not start with "pg_"; rename it: services must not be superusers`,
    ],
  },
  {
    name: "server's own role as the services' role",
    rule: "database-user-is-no-superuser",
    patch: { database: { user: "pg_monitor" } },
    lines: [
      `shop-mvp: database.user is "pg_monitor"; allowed: a role other than "postgres" that does not start with "pg_"; rename it: services must not be superusers`,
    ],
  },
  {
    name: "external database without a URL",
    rule: "external-has-url",
    patch: external({ urlSecret: undefined }),
    lines: [
      `shop-mvp: database.urlSecret is missing; allowed: the name of a secret, because database.mode is "external"; name the secret that holds the connection URL, for example "DATABASE_URL"`,
    ],
  },
  {
    name: "external database with a name",
    rule: "database-fields-need-container",
    patch: external({ name: "shop", passwordSecret: "PASSWORD" }),
    lines: [
      `shop-mvp: database.name is "shop"; allowed: nothing while database.mode is "external"; remove it, or set database.mode to "own"`,
      `shop-mvp: database.passwordSecret is a text (not shown); allowed: nothing while database.mode is "external"; remove it, or set database.mode to "own"`,
    ],
  },
  {
    name: "URL of a container",
    rule: "url-needs-external",
    patch: { database: { urlSecret: "PG_URL" } },
    lines: [
      `shop-mvp: database.urlSecret is "PG_URL"; allowed: nothing while database.mode is "own"; remove it, or set database.mode to "external"`,
    ],
  },
  {
    name: "URL that is generated",
    rule: "external-url-is-provided",
    patch: { ...external(), secrets: { PG_URL: {} } },
    lines: [
      `shop-mvp: secrets.PG_URL.source is "generated"; allowed: "provided", because it is the URL of an external database; set source: "provided", or leave the secret out: it is implied`,
    ],
  },
  {
    name: "cache mode that does not exist",
    patch: { cache: { mode: "elasticache" } },
    lines: [`shop-mvp: cache.mode is "elasticache"; allowed: "own" | "none"; choose one of these`],
  },
  {
    name: "cache engine that does not exist",
    patch: { cache: { engine: "memcached" } },
    lines: [`shop-mvp: cache.engine is "memcached"; allowed: "valkey" | "redis"; choose one of these`],
  },
  {
    name: "cache version as a number",
    patch: { cache: { version: 8.1 } },
    lines: [`shop-mvp: cache.version is 8.1; allowed: "8.1" | "7.2" | "8.2"; choose one of these`],
  },
  {
    name: "cache version of the other engine",
    rule: "cache-version-of-engine",
    patch: { cache: { version: "7.2" } },
    lines: [
      `shop-mvp: cache.version is "7.2"; allowed: "8.1" for engine "valkey"; choose one of these, leave it out for the newest, or change cache.engine`,
    ],
  },
  {
    name: "use of the cache that does not exist",
    patch: { cache: { use: "sessions" } },
    lines: [`shop-mvp: cache.use is "sessions"; allowed: "cache" | "queue"; choose one of these`],
  },
  {
    name: "cache with too little memory",
    patch: { cache: { maxMemoryMiB: 1 } },
    lines: [
      "shop-mvp: cache.maxMemoryMiB is 1; allowed: a whole number from 16 to 65536 (MiB); set a number in that range, without quotes",
    ],
  },
  {
    name: "fields of a cache that is off",
    rule: "cache-fields-need-container",
    patch: { cache: { mode: undefined, use: "queue", maxMemoryMiB: 64 } },
    lines: [
      `shop-mvp: cache.use is "queue"; allowed: nothing while cache.mode is "none"; set cache.mode to "own", or remove it`,
      `shop-mvp: cache.maxMemoryMiB is 64; allowed: nothing while cache.mode is "none"; set cache.mode to "own", or remove it`,
    ],
  },
  {
    name: "backup at no time",
    patch: { backup: { dailyAt: "24:00" } },
    lines: [
      `shop-mvp: backup.dailyAt is "24:00"; allowed: a time of day in UTC such as "02:30"; write two digits, a colon, two digits`,
    ],
  },
  {
    name: "old dumps kept for no day",
    patch: { backup: { noncurrentDays: 0 } },
    lines: [
      "shop-mvp: backup.noncurrentDays is 0; allowed: a whole number from 1 to 3650 (days); set a number in that range, without quotes",
    ],
  },
  {
    name: "no old dump kept",
    patch: { backup: { keepNoncurrent: 0 } },
    lines: [
      "shop-mvp: backup.keepNoncurrent is 0; allowed: a whole number from 1 to 100 (versions); set a number in that range, without quotes",
    ],
  },
  {
    name: "alarm sooner than the next dump",
    patch: { backup: { maxAgeHours: 24 } },
    lines: [
      "shop-mvp: backup.maxAgeHours is 24; allowed: a whole number from 25 to 168 (hours); set a number in that range, without quotes",
    ],
  },
  {
    name: "an alarm on a drill that is a day old",
    patch: { backup: { drillMaxAgeDays: 1 } },
    lines: [
      "shop-mvp: backup.drillMaxAgeDays is 1; allowed: a whole number from 2 to 90 (days); set a number in that range, without quotes",
    ],
  },
  {
    name: "backup of a database elsewhere",
    rule: "backup-needs-database",
    patch: { ...external(), backup: { dailyAt: "03:00" } },
    lines: [
      `shop-mvp: backup.dailyAt is "03:00"; allowed: nothing while database.mode is "external"; remove it: the stack backs up only the database that it runs`,
    ],
  },
  {
    name: "one image kept",
    patch: { registry: { keep: 1 } },
    lines: [
      "shop-mvp: registry.keep is 1; allowed: a whole number from 2 to 1000 (images); set a number in that range, without quotes",
    ],
  },
  {
    name: "scan in words",
    patch: { registry: { scanOnPush: "yes" } },
    lines: [`shop-mvp: registry.scanOnPush is "yes"; allowed: true | false; set true or false, without quotes`],
  },
];

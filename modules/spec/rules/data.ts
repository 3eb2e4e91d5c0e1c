import { databaseNameOf, databaseUserOf } from "../derive";
import { own } from "../own";
import { showValue } from "../show";
import { finding, quote, type Rule } from "./rule";

/** Fields of `database` that have a meaning whoever runs it. */
const FIELDS_OF_ANY_MODE: readonly string[] = ["mode", "urlSecret"];

const databaseFieldsNeedContainer: Rule = {
  id: "database-fields-need-container",
  description: "What describes the stack's own PostgreSQL is given only when the stack runs it.",
  check: ({ app, written }) =>
    app.database.mode === "own"
      ? []
      : Object.entries(written.database ?? {})
          .filter(([field, value]) => value !== undefined && !FIELDS_OF_ANY_MODE.includes(field))
          .map(([field, value]) =>
            finding(
              ["database", field],
              showValue(value, field === "passwordSecret"),
              `nothing while database.mode is ${quote(app.database.mode)}`,
              `remove it, or set database.mode to "own"`,
            ),
          ),
};

const externalHasUrl: Rule = {
  id: "external-has-url",
  description: "An external database has a secret that holds its URL.",
  check: ({ app: { database } }) =>
    database.mode !== "external" || database.urlSecret !== undefined
      ? []
      : [
          finding(
            ["database", "urlSecret"],
            showValue(undefined),
            `the name of a secret, because database.mode is "external"`,
            `name the secret that holds the connection URL, for example "DATABASE_URL"`,
          ),
        ],
};

const urlNeedsExternal: Rule = {
  id: "url-needs-external",
  description: "A URL secret is given for an external database only.",
  check: ({ app: { database } }) =>
    database.mode === "external" || database.urlSecret === undefined
      ? []
      : [
          finding(
            ["database", "urlSecret"],
            quote(database.urlSecret),
            `nothing while database.mode is ${quote(database.mode)}`,
            `remove it, or set database.mode to "external"`,
          ),
        ],
};

const externalUrlIsProvided: Rule = {
  id: "external-url-is-provided",
  description: "The URL of an external database comes from a person; it cannot be generated.",
  check: ({ app }) => {
    const { mode, urlSecret } = app.database;
    const declared = mode === "external" && urlSecret !== undefined ? own(app.secrets, urlSecret) : undefined;
    if (!declared || declared.source === "provided") return [];
    return [
      finding(
        ["secrets", String(urlSecret), "source"],
        quote(declared.source),
        `"provided", because it is the URL of an external database`,
        `set source: "provided", or leave the secret out: it is implied`,
      ),
    ];
  },
};

/** Databases that every PostgreSQL server has already. */
const SERVER_DATABASES = ["postgres", "template0", "template1"];

const databaseNamesFree: Rule = {
  id: "database-names-free",
  description: "The app's databases are not the server's own, and the main one is not repeated.",
  check: ({ app }) => {
    if (app.database.mode !== "own") return [];
    const main = databaseNameOf(app);
    const named = [
      { name: main, steps: ["database", "name"], taken: SERVER_DATABASES },
      ...app.database.databases.map((name, index) => ({
        name,
        steps: ["database", "databases", index],
        taken: [...SERVER_DATABASES, main],
      })),
    ];
    return named
      .filter(({ name, taken }) => taken.includes(name))
      .map(({ name, steps, taken }) =>
        finding(
          steps,
          quote(name),
          `a name other than ${taken.join(", ")}`,
          name === main && steps[1] === "databases" ? "remove it: the main database is made anyway" : "rename it",
        ),
      );
  },
};

const databaseUserIsNoSuperuser: Rule = {
  id: "database-user-is-no-superuser",
  description: "Services sign in as a role of the app, not as one of the server's own.",
  check: ({ app }) => {
    const user = databaseUserOf(app);
    if (app.database.mode !== "own" || (user !== "postgres" && !user.startsWith("pg_"))) return [];
    return [
      finding(
        ["database", "user"],
        quote(user),
        `a role other than "postgres" that does not start with "pg_"`,
        "rename it: services must not be superusers",
      ),
    ];
  },
};

const CACHE_VERSIONS = { valkey: ["8.1"], redis: ["7.2", "8.2"] } as const;

const cacheVersionOfEngine: Rule = {
  id: "cache-version-of-engine",
  description: "The cache's version is one of its engine's.",
  check: ({ app: { cache } }) => {
    const versions: readonly string[] = CACHE_VERSIONS[cache.engine];
    if (cache.version === undefined || versions.includes(cache.version)) return [];
    return [
      finding(
        ["cache", "version"],
        quote(cache.version),
        `${versions.map(quote).join(" | ")} for engine ${quote(cache.engine)}`,
        "choose one of these, leave it out for the newest, or change cache.engine",
      ),
    ];
  },
};

const cacheFieldsNeedContainer: Rule = {
  id: "cache-fields-need-container",
  description: "What describes the cache is given only when there is one.",
  check: ({ app, written }) =>
    app.cache.mode === "own"
      ? []
      : Object.entries(written.cache ?? {})
          .filter(([field, value]) => value !== undefined && field !== "mode")
          .map(([field, value]) =>
            finding(
              ["cache", field],
              showValue(value),
              `nothing while cache.mode is "none"`,
              `set cache.mode to "own", or remove it`,
            ),
          ),
};

const backupNeedsDatabase: Rule = {
  id: "backup-needs-database",
  description: "Backups are described only when the stack runs the database.",
  check: ({ app, written }) =>
    app.database.mode === "own"
      ? []
      : Object.entries(written.backup ?? {})
          .filter(([, value]) => value !== undefined)
          .map(([field, value]) =>
            finding(
              ["backup", field],
              showValue(value),
              `nothing while database.mode is ${quote(app.database.mode)}`,
              "remove it: the stack backs up only the database that it runs",
            ),
          ),
};

export const DATA_RULES: readonly Rule[] = [
  databaseFieldsNeedContainer,
  externalHasUrl,
  urlNeedsExternal,
  externalUrlIsProvided,
  databaseNamesFree,
  databaseUserIsNoSuperuser,
  cacheVersionOfEngine,
  cacheFieldsNeedContainer,
  backupNeedsDatabase,
];

import { CACHE_PORT, DATABASE_PORT, furtherNames, signIn, sortedByName } from "../containers/environment";
import type { ResolvedApp, ResolvedService } from "../spec";

/** Where services find what AWS runs for them, as references. */
export interface DataPlaces {
  /** @default - none */
  readonly database?: { readonly host: string };
  /** @default - none */
  readonly cache?: { readonly host: string; readonly tls: boolean };
}

/** What ECS reads the secrets by. */
export interface SecretReferences {
  /** Secret by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Credential of a database role, by the name of its password's secret. */
  readonly credentials: Readonly<Record<string, { readonly password: string; readonly url: string }>>;
}

/**
 * A service's variables that are no secret, with the same names as on tier mvp, sorted by name. PGSSLMODE tells what uses
 * PostgreSQL's own client library to encrypt. The app's own settings win over the injected ones.
 */
export function plainTaskEnvironment(
  app: ResolvedApp,
  service: ResolvedService,
  { database, cache }: DataPlaces,
): Record<string, string> {
  const variables = {
    ...(database && service.connects.includes("database") && databaseVariables(app, service, database.host)),
    ...(cache && service.connects.includes("cache") && cacheVariables(cache)),
    ...service.env,
  };
  return sortedByName({ ...variables, ...furtherNames(service, variables) });
}

function databaseVariables(app: ResolvedApp, service: ResolvedService, host: string): Record<string, string> {
  const { database, user } = signIn(app, service);
  return {
    DB_HOST: host,
    DB_PORT: String(DATABASE_PORT),
    DB_NAME: database,
    DB_USER: user,
    DB_SSLMODE: "require",
    PGSSLMODE: "require",
  };
}

function cacheVariables({ host, tls }: NonNullable<DataPlaces["cache"]>): Record<string, string> {
  const url = `${tls ? "rediss" : "redis"}://${host}:${CACHE_PORT}/0`;
  return { CACHE_URL: url, REDIS_URL: url, REDIS_HOST: host, REDIS_PORT: String(CACHE_PORT), REDIS_TLS: String(tls) };
}

/** What ECS reads each of a service's secret variables by, sorted by name. */
export function secretTaskEnvironment(
  app: ResolvedApp,
  service: ResolvedService,
  references: SecretReferences,
): Record<string, string> {
  const { mode, passwordSecret, urlSecret } = app.database;
  const usesDatabase = service.connects.includes("database");
  const names = [...service.secrets, ...(mode === "external" && usesDatabase && urlSecret ? [urlSecret] : [])];
  const variables = taskSecrets(names, references);
  if (mode === "own" && usesDatabase) {
    const credential = references.credentials[signIn(app, service).secret];
    if (credential === undefined) throw new Error("A role of the database has no credential");
    // The same names for every role, so that a service need not know which database it is given.
    variables[passwordSecret] = credential.password;
    variables.DATABASE_URL = credential.url;
  }
  return sortedByName({ ...variables, ...furtherNames(service, variables) });
}

/** What ECS reads some secrets by, each under its own name. */
export function taskSecrets(
  names: readonly string[],
  { secrets, credentials }: SecretReferences,
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const reference = secrets[name] ?? credentials[name]?.password;
      if (reference === undefined) throw new Error(`There is no secret ${name}`);
      return [name, reference];
    }),
  );
}

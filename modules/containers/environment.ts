import type { Job, ResolvedApp } from "../spec";
import { CACHE, POSTGRES, runsCache, runsPostgres } from "./names";

/** A piece of a value that the host puts together: a text, or the value of a secret. */
export type ValuePart = { readonly text: string } | { readonly secret: string; readonly encode?: "url" };

type ResolvedService = ResolvedApp["services"][string];

export const DATABASE_PORT = 5432;
export const CACHE_PORT = 6379;

/** Whether a service is connected to something that the stack runs. */
export const usesPostgres = (app: ResolvedApp, { connects }: ResolvedService): boolean =>
  runsPostgres(app) && connects.includes("database");
export const usesCache = (app: ResolvedApp, { connects }: ResolvedService): boolean =>
  runsCache(app) && connects.includes("cache");

/**
 * A service's variables that are no secret, with their further names, sorted by name. The app's own settings win over the
 * injected ones.
 */
export function plainEnvironment(app: ResolvedApp, service: ResolvedService): Record<string, string> {
  const variables = {
    ...(usesPostgres(app, service) && databaseVariables(signIn(app, service))),
    ...(usesCache(app, service) && cacheVariables()),
    ...service.env,
  };
  return sortedByName({ ...variables, ...furtherNames(service, variables) });
}

/** A service's variables that hold a secret, with their further names, sorted by name. They never stand in a file on a disk. */
export function secretEnvironment(app: ResolvedApp, service: ResolvedService): Record<string, readonly ValuePart[]> {
  const names = new Set(service.secrets);
  if (app.database.mode === "external" && app.database.urlSecret && service.connects.includes("database")) {
    names.add(app.database.urlSecret);
  }
  const variables: Record<string, readonly ValuePart[]> = {};
  for (const name of names) variables[name] = [{ secret: name }];
  if (usesPostgres(app, service)) {
    const access = signIn(app, service);
    // The same name for every role, so that a service need not know which database it is given.
    variables[app.database.passwordSecret] = [{ secret: access.secret }];
    variables.DATABASE_URL = databaseUrl(access);
  }
  return sortedByName({ ...variables, ...furtherNames(service, variables) });
}

/** A job's variables that hold a secret of its own, sorted by name. */
export function jobSecretEnvironment({ secrets }: Pick<Job, "secrets">): Record<string, readonly ValuePart[]> {
  return sortedByName(Object.fromEntries(secrets.map((name) => [name, [{ secret: name }]])));
}

/** The same values under the service's further names for them. */
export function furtherNames<T>(
  { aliases }: ResolvedService,
  variables: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, name]) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return value === undefined ? [] : [[alias, value]];
    }),
  );
}

/** The database of a service, the role that it signs in with and the secret of its password. */
export interface SignIn {
  readonly database: string;
  readonly user: string;
  readonly secret: string;
}

/** How a service signs in to the PostgreSQL of the stack. */
export function signIn({ database }: ResolvedApp, service: ResolvedService): SignIn {
  const secret = database.ownRoles[service.database];
  return secret === undefined
    ? { database: service.database, user: database.user, secret: database.passwordSecret }
    : { database: service.database, user: service.database, secret };
}

function databaseVariables({ database, user }: SignIn): Record<string, string> {
  return { DB_HOST: POSTGRES, DB_PORT: String(DATABASE_PORT), DB_NAME: database, DB_USER: user };
}

function cacheVariables(): Record<string, string> {
  const url = `redis://${CACHE}:${CACHE_PORT}/0`;
  return { CACHE_URL: url, REDIS_URL: url, REDIS_HOST: CACHE, REDIS_PORT: String(CACHE_PORT) };
}

function databaseUrl({ database, user, secret }: SignIn): readonly ValuePart[] {
  return [
    { text: `postgresql://${user}:` },
    { secret, encode: "url" },
    { text: `@${POSTGRES}:${DATABASE_PORT}/${database}` },
  ];
}

export function sortedByName<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

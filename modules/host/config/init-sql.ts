import type { ResolvedApp } from "../../spec";
import { lines } from "./text";

/** What the database server must hold. */
export type DatabasePlan = Pick<
  ResolvedApp["database"],
  "major" | "name" | "user" | "databases" | "extensions" | "passwordSecret" | "ownRoles"
>;

/**
 * The script that brings PostgreSQL to what the specification asks for, for psql as the superuser with the variable
 * `secrets` naming the folder of the secrets' files. A second run changes nothing but the salt of the password, and a side
 * that was closed for a move stays closed: LOGIN is given when the role is made, and CONNECT belongs to the owner anyway.
 */
export function initSql(plan: DatabasePlan): string {
  const databases = databasesOf(plan);
  return lines(
    "-- Roles, databases, grants and extensions of the app. Runs before the services at every start; safe to repeat.",
    "\\set ON_ERROR_STOP on",
    "\\set QUIET on",
    "",
    "-- Passwords stay out of the server's log, whatever its settings.",
    "SET log_statement = 'none';",
    "SET log_min_duration_statement = -1;",
    "SET log_min_error_statement = 'panic';",
    roleStatements(plan.user, plan.passwordSecret),
    Object.entries(plan.ownRoles).flatMap(([role, secret]) => roleStatements(role, secret)),
    "",
    databases.flatMap((name) => databaseStatements(name, ownerOf(plan, name))),
    "",
    "-- Nobody but owners and superusers connects anywhere.",
    revokeConnect([...databases, "postgres", "template1"]),
    plan.major < 15 ? databases.flatMap((name) => ["", ...schemaStatements(name, ownerOf(plan, name))]) : [],
    plan.extensions.length > 0 ? ["", ...extensionStatements(plan)] : [],
  );
}

/** All databases of a plan, the main one first. */
export const databasesOf = ({ name, databases }: DatabasePlan): string[] => [
  name,
  ...databases.filter((other) => other !== name),
];

/** The role that a database belongs to. */
export const ownerOf = ({ user, ownRoles }: DatabasePlan, database: string): string =>
  Object.hasOwn(ownRoles, database) ? database : user;

function roleStatements(user: string, passwordSecret: string): string[] {
  return [
    `\\set password \`cat :'secrets'/${passwordSecret}\``,
    "SELECT :'password' = '' AS password_is_missing \\gset",
    "\\if :password_is_missing",
    `  DO $do$ BEGIN RAISE EXCEPTION 'the secret ${passwordSecret} is missing or empty'; END $do$;`,
    "\\endif",
    `SELECT 'CREATE ROLE ${identifier(user)} LOGIN'`,
    ` WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec`,
    `SELECT 'ALTER ROLE ${identifier(user)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS' FROM pg_roles`,
    ` WHERE rolname = '${user}' AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) \\gexec`,
    `SELECT format('ALTER ROLE ${identifier(user)} PASSWORD %L', :'password') \\gexec`,
    "\\unset password",
  ];
}

/** Makes a database, or gives it to its owner. */
export function databaseStatements(name: string, owner: string): string[] {
  return [
    `SELECT 'CREATE DATABASE ${identifier(name)} OWNER ${identifier(owner)}'`,
    ` WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') \\gexec`,
    `SELECT 'ALTER DATABASE ${identifier(name)} OWNER TO ${identifier(owner)}' FROM pg_database`,
    ` WHERE datname = '${name}' AND datdba <> '${identifier(owner)}'::regrole \\gexec`,
  ];
}

function revokeConnect(databases: readonly string[]): string[] {
  return [
    "SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname) FROM pg_database",
    ` WHERE datname IN (${literals(databases)})`,
    "   AND (has_database_privilege('public', oid, 'CONNECT') OR has_database_privilege('public', oid, 'TEMPORARY')) \\gexec",
  ];
}

/** Since version 15 only a database's owner creates in schema public; before, everyone did. */
function schemaStatements(database: string, user: string): string[] {
  return [
    `\\connect ${identifier(database)}`,
    "SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC'",
    " WHERE has_schema_privilege('public', 'public', 'CREATE') \\gexec",
    `SELECT 'GRANT CREATE ON SCHEMA public TO ${identifier(user)}'`,
    ` WHERE NOT has_schema_privilege('${user}', 'public', 'CREATE') \\gexec`,
  ];
}

/** Makes the extensions of the main database. */
export function extensionStatements({ name, extensions }: DatabasePlan): string[] {
  return [
    `\\connect ${identifier(name)}`,
    `SELECT format('CREATE EXTENSION %I CASCADE', wanted) FROM unnest(ARRAY[${literals(extensions)}]) AS wanted`,
    " WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted) \\gexec",
  ];
}

/** Quoted, because a name may be one of SQL's own words. */
export const identifier = (name: string): string => `"${name}"`;

export const literals = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

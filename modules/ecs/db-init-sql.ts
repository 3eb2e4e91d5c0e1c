import {
  databasesOf,
  databaseStatements,
  type DatabasePlan,
  extensionStatements,
  identifier,
  literals,
  ownerOf,
} from "../host/config/init-sql";
import { lines } from "../host/config/text";

/**
 * The script that brings a managed PostgreSQL to what the specification asks for, for psql as its master user. On RDS that is no
 * superuser: it makes roles and databases, and acts for a role by being its member. Passwords are not part of it. A second
 * run changes nothing, and a side that was closed for a move stays closed: LOGIN is given when the role is made.
 */
export function managedInitSql(plan: DatabasePlan): string {
  const databases = databasesOf(plan);
  return lines(
    "-- Roles, databases, grants and extensions of the app, by the master user of a managed PostgreSQL. Safe to repeat.",
    "\\set ON_ERROR_STOP on",
    "\\set QUIET on",
    [plan.user, ...Object.keys(plan.ownRoles)].flatMap((role) => ["", ...roleStatements(role)]),
    "",
    databases.flatMap((name) => databaseStatements(name, ownerOf(plan, name))),
    "",
    "-- Nobody but owners connects anywhere. What belongs to the service itself stays as it is.",
    revokeConnect([...databases, "postgres", "template1"]),
    plan.extensions.length > 0 ? ["", ...extensionStatements(plan)] : [],
  );
}

/**
 * A role that signs in and can do nothing beyond its databases. Rights that only a superuser gives and takes are not taken
 * back but reported. Being a member with the role's own rights is what lets the master user hand it a database; since
 * version 16 whoever makes a role may give that to itself, but does not have it.
 */
function roleStatements(role: string): string[] {
  const tooMuch = `a superuser gave the role ${role} rights that reach beyond the app: take them back, then run this again`;
  return [
    `SELECT 'CREATE ROLE ${identifier(role)} LOGIN'`,
    ` WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`,
    `SELECT rolsuper OR rolreplication OR rolbypassrls AS has_too_much FROM pg_roles WHERE rolname = '${role}' \\gset`,
    "\\if :has_too_much",
    `  DO $do$ BEGIN RAISE EXCEPTION '${tooMuch}'; END $do$;`,
    "\\endif",
    `SELECT 'ALTER ROLE ${identifier(role)} NOCREATEDB NOCREATEROLE' FROM pg_roles`,
    ` WHERE rolname = '${role}' AND (rolcreatedb OR rolcreaterole) \\gexec`,
    `SELECT 'GRANT ${identifier(role)} TO CURRENT_USER' WHERE NOT pg_has_role(CURRENT_USER, '${role}', 'USAGE') \\gexec`,
  ];
}

function revokeConnect(databases: readonly string[]): string[] {
  return [
    "SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname) FROM pg_database",
    ` WHERE datname IN (${literals(databases)}) AND pg_has_role(CURRENT_USER, datdba, 'USAGE')`,
    "   AND (has_database_privilege('public', oid, 'CONNECT') OR has_database_privilege('public', oid, 'TEMPORARY')) \\gexec",
  ];
}

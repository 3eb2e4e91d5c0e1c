import { expect, test } from "vitest";
import { initSql } from "../../../modules/host/config/init-sql";

const PLAN = {
  major: 17,
  name: "shop",
  user: "shop",
  databases: ["accounts", "shop"],
  extensions: ["uuid-ossp"],
  passwordSecret: "DB_PASSWORD",
  ownRoles: {},
};

test("the whole script, the main database once though it is named twice", () => {
  expect(initSql(PLAN)).toMatchInlineSnapshot(`
    "-- Roles, databases, grants and extensions of the app. Runs before the services at every start; safe to repeat.
    \\set ON_ERROR_STOP on
    \\set QUIET on

    -- Passwords stay out of the server's log, whatever its settings.
    SET log_statement = 'none';
    SET log_min_duration_statement = -1;
    SET log_min_error_statement = 'panic';
    \\set password \`cat :'secrets'/DB_PASSWORD\`
    SELECT :'password' = '' AS password_is_missing \\gset
    \\if :password_is_missing
      DO $do$ BEGIN RAISE EXCEPTION 'the secret DB_PASSWORD is missing or empty'; END $do$;
    \\endif
    SELECT 'CREATE ROLE "shop" LOGIN'
     WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop') \\gexec
    SELECT 'ALTER ROLE "shop" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS' FROM pg_roles
     WHERE rolname = 'shop' AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) \\gexec
    SELECT format('ALTER ROLE "shop" PASSWORD %L', :'password') \\gexec
    \\unset password

    SELECT 'CREATE DATABASE "shop" OWNER "shop"'
     WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shop') \\gexec
    SELECT 'ALTER DATABASE "shop" OWNER TO "shop"' FROM pg_database
     WHERE datname = 'shop' AND datdba <> '"shop"'::regrole \\gexec
    SELECT 'CREATE DATABASE "accounts" OWNER "shop"'
     WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'accounts') \\gexec
    SELECT 'ALTER DATABASE "accounts" OWNER TO "shop"' FROM pg_database
     WHERE datname = 'accounts' AND datdba <> '"shop"'::regrole \\gexec

    -- Nobody but owners and superusers connects anywhere.
    SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname) FROM pg_database
     WHERE datname IN ('shop', 'accounts', 'postgres', 'template1')
       AND (has_database_privilege('public', oid, 'CONNECT') OR has_database_privilege('public', oid, 'TEMPORARY')) \\gexec

    \\connect "shop"
    SELECT format('CREATE EXTENSION %I CASCADE', wanted) FROM unnest(ARRAY['uuid-ossp']) AS wanted
     WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted) \\gexec
    "
  `);
});

test("a service's own database belongs to a role called like it, with a password of its own", () => {
  const sql = initSql({ ...PLAN, ownRoles: { accounts: "ACCOUNTS_DB_PASSWORD" } });
  expect(sql).toContain("\\set password `cat :'secrets'/ACCOUNTS_DB_PASSWORD`");
  expect(sql).toContain(`SELECT 'CREATE ROLE "accounts" LOGIN'`);
  expect(sql).toContain(`SELECT 'CREATE DATABASE "accounts" OWNER "accounts"'`);
  expect(sql).toContain(`SELECT 'CREATE DATABASE "shop" OWNER "shop"'`);
});

test.each([
  [14, true],
  [15, false],
])("PostgreSQL %i closes schema public by hand: %s", (major, closes) => {
  expect(initSql({ ...PLAN, major }).includes("REVOKE CREATE ON SCHEMA public FROM PUBLIC")).toBe(closes);
});

test("without extensions it stays in one database", () => {
  expect(initSql({ ...PLAN, extensions: [] })).not.toContain("\\connect");
});

import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dbInitContainers } from "../../modules/ecs/db-init";
import type { DatabasePlan } from "../../modules/host/config/init-sql";
import { ManagedPostgres, MASTER } from "../helpers/managed-postgres";

/** An app and a sign-in service that keeps its data apart. */
const PLAN: DatabasePlan = {
  major: 15,
  name: "rex_backend",
  user: "rex",
  databases: ["reports", "supertokens"],
  extensions: ["postgis_topology", "citext"],
  passwordSecret: "DB_PASSWORD",
  ownRoles: { supertokens: "SUPERTOKENS_DB_PASSWORD" },
};
const DATABASES = ["rex_backend", "reports", "supertokens"];
const PASSWORDS = { DB_PASSWORD: `it's "a" \\ $(id); DROP ü`, SUPERTOKENS_DB_PASSWORD: "of/supertokens+=" };

let managed: ManagedPostgres;

beforeAll(async () => {
  managed = await ManagedPostgres.start("rex_backend");
});
afterAll(() => managed.stop());

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs the job's container as ECS does: entry point, command and variables, with the values of the secrets. */
function run(plan: DatabasePlan = PLAN, changes: Readonly<Record<string, string>> = {}): Ended {
  const [container] = dbInitContainers({
    plan,
    host: "127.0.0.1",
    port: String(managed.port),
    masterUser: MASTER.user,
    masterSecretArn: "arn:master",
    passwordArns: { DB_PASSWORD: "arn:1", SUPERTOKENS_DB_PASSWORD: "arn:2" },
    log: { group: "/rex", region: "eu-central-1", prefix: "db-init" },
    memoryMiB: 512,
  });
  const [program = "", ...args] = [...(container?.entryPoint ?? []), ...(container?.command ?? [])];
  expect(Object.keys(container?.secrets ?? {}).sort()).toEqual([
    "DB_PASSWORD",
    "PGPASSWORD",
    "SUPERTOKENS_DB_PASSWORD",
  ]);
  const env = {
    PATH: process.env.PATH,
    ...container?.environment,
    ...PASSWORDS,
    PGPASSWORD: MASTER.password,
    DB_INIT_PAUSE_SECONDS: "0",
    ...changes,
  };
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, output: `${stdout}${stderr}` };
}

const rex = (sql: string, database = "rex_backend") => managed.as("rex", PASSWORDS.DB_PASSWORD, database, sql);
const supertokens = (sql: string, database = "supertokens") =>
  managed.as("supertokens", PASSWORDS.SUPERTOKENS_DB_PASSWORD, database, sql);

describe("the database job as the master user of a managed PostgreSQL, over TLS", () => {
  test("the server is as on RDS: TLS or nothing, and a master user who is no superuser", () => {
    expect(managed.as(MASTER.user, MASTER.password, "postgres", "SELECT 1", "disable").output).toMatch(/no encryption/);
    const rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = 'master'";
    expect(managed.as(MASTER.user, MASTER.password, "postgres", rights).output).toBe("f|t|t|f");
  });

  test("makes everything, says what it did, and a second run changes nothing", () => {
    expect(run()).toEqual({
      status: 0,
      output: [
        "db-init: roles, databases, grants and extensions are there",
        "db-init: rex: has the password of its secret",
        "db-init: supertokens: has the password of its secret",
        "",
      ].join("\n"),
    });
    const before = managed.catalogs(DATABASES);
    expect(run()).toEqual({
      status: 0,
      output: [
        "db-init: roles, databases, grants and extensions are there",
        "db-init: rex: unchanged",
        "db-init: supertokens: unchanged",
        "",
      ].join("\n"),
    });
    expect(managed.catalogs(DATABASES)).toBe(before);
  });

  test("no password, nor what could be one, stands in the server's log or in the output", () => {
    const log = managed.server.log();
    expect(log).toContain("CREATE ROLE");
    expect(log).toContain("SCRAM-SHA-256$");
    for (const secret of ["DROP ü", "of/supertokens", MASTER.password]) expect(log).not.toContain(secret);
  });

  test.each(["rex_backend", "reports"])("the app's role owns %s and creates its tables there", (database) => {
    expect(managed.asSuperuser(`SELECT datdba::regrole FROM pg_database WHERE datname = '${database}'`)).toBe("rex");
    expect(rex("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); SELECT id FROM t", database)).toEqual({
      status: 0,
      output: expect.stringMatching(/1$/),
    });
  });

  test("the sign-in service has a database of its own, and neither reaches the other's", () => {
    expect(supertokens("CREATE TABLE users (id int)").status).toBe(0);
    for (const database of ["rex_backend", "reports", "postgres", "template1"])
      expect(supertokens("SELECT 1", database).output).toContain(`permission denied for database "${database}"`);
    expect(rex("SELECT 1", "supertokens").output).toContain('permission denied for database "supertokens"');
  });

  test("roles can do nothing beyond their databases", () => {
    const rights = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls";
    expect(managed.asSuperuser(`SELECT bool_or(${rights}) FROM pg_roles WHERE rolname IN ('rex', 'supertokens')`)).toBe(
      "f",
    );
  });

  test("the main database has the extensions, with what they need; the others do not", () => {
    const query = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1";
    expect(managed.asSuperuser(query, "rex_backend")).toBe("citext\npostgis\npostgis_topology");
    expect(managed.asSuperuser(query, "supertokens")).toBe("");
    expect(rex("CREATE TABLE places (at geometry)").status).toBe(0);
  });

  test("a new password holds from the next run on, and only that role is touched", () => {
    expect(run(PLAN, { SUPERTOKENS_DB_PASSWORD: "second" }).output).toMatch(
      /rex: unchanged\n.*supertokens: has the password/,
    );
    expect(supertokens("SELECT 1").status).not.toBe(0);
    expect(managed.as("supertokens", "second", "supertokens", "SELECT 1").status).toBe(0);
    expect(run().status).toBe(0);
    expect(supertokens("SELECT 1").status).toBe(0);
  });

  test("a role that is closed for a move stays closed, and its password is still kept", () => {
    managed.asSuperuser("ALTER ROLE rex NOLOGIN");
    expect(run()).toMatchObject({ status: 0, output: expect.stringContaining("rex: unchanged") });
    expect(rex("SELECT 1").output).toContain('role "rex" is not permitted to log in');
    expect(run(PLAN, { DB_PASSWORD: "other" }).output).toContain("rex: has the password of its secret");
    managed.asSuperuser("ALTER ROLE rex LOGIN");
    expect(managed.as("rex", "other", "rex_backend", "SELECT 1").status).toBe(0);
    expect(run().status).toBe(0);
  });

  test("owners and rights that someone changed by hand are set back", () => {
    managed.asSuperuser("ALTER ROLE rex CREATEDB; ALTER DATABASE reports OWNER TO master");
    managed.asSuperuser("GRANT CONNECT ON DATABASE supertokens TO PUBLIC");
    expect(run().status).toBe(0);
    expect(managed.asSuperuser("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'rex'")).toBe("f");
    expect(managed.asSuperuser("SELECT datdba::regrole FROM pg_database WHERE datname = 'reports'")).toBe("rex");
    expect(rex("SELECT 1", "supertokens").status).not.toBe(0);
  });
});

describe("what stops the job, in one line and before anything changes", () => {
  const refused = (plan: DatabasePlan, changes: Readonly<Record<string, string>>): string => {
    const before = managed.catalogs(DATABASES);
    const { status, output } = run(plan, changes);
    expect(status).toBe(1);
    expect(managed.catalogs(DATABASES)).toBe(before);
    return output;
  };

  test("an empty secret", () => {
    expect(refused(PLAN, { SUPERTOKENS_DB_PASSWORD: "" })).toBe(
      "db-init: the secret SUPERTOKENS_DB_PASSWORD is missing or empty\n",
    );
  });

  test("a wrong password of the master user", () => {
    const output = refused(PLAN, { PGPASSWORD: "wrong" });
    expect(output).toContain(`no connection yet, attempt 10 of 10: password authentication failed for user "master"`);
    expect(output).toMatch(/cannot connect to the database as its master user\n$/);
    expect(output).not.toContain("wrong");
  });

  test("rights that only a superuser takes back", () => {
    managed.asSuperuser("ALTER ROLE rex REPLICATION");
    expect(refused(PLAN, {})).toContain("a superuser gave the role rex rights that reach beyond the app");
    managed.asSuperuser("ALTER ROLE rex NOREPLICATION");
  });

  test("an extension that the server does not have", () => {
    const { status, output } = run({ ...PLAN, extensions: ["timescaledb"] });
    expect(status).toBe(1);
    expect(output).toMatch(/extension "timescaledb" is not available[^]*the database was not prepared: see above/);
  });
});

test("psql is asked for no password while somebody watches: the job has no terminal", () => {
  const text = fs.readFileSync(path.resolve("modules/ecs/files/db-roles.sh"), "utf8");
  expect(text).toContain("setsid --wait psql");
  expect(text).not.toMatch(/set -x|PGPASSWORD=.*--password/);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresSettings } from "../../../modules/containers/postgres-settings";
import { type DatabasePlan, initSql } from "../../../modules/host/config/init-sql";
import { type CommandResult, PostgresServer } from "../../helpers/postgres-server";

const PLAN: DatabasePlan = {
  major: 17,
  name: "shop",
  user: "shop",
  databases: ["accounts", "reports"],
  extensions: ["citext", "pg_trgm"],
  passwordSecret: "DB_PASSWORD",
  ownRoles: { reports: "REPORTS_DB_PASSWORD" },
};
const PASSWORD = `it's "a" \\ $HOME; DROP`;

let server: PostgresServer;

beforeAll(() => {
  const settings = postgresSettings({ memoryMiB: 256, maxConnections: 30, dataGiB: 2 });
  server = new PostgresServer({ ...settings, log_statement: "all", log_min_duration_statement: "0" });
});
afterAll(() => server.stop());

function apply(plan: DatabasePlan = PLAN, password = PASSWORD): CommandResult {
  server.write("DB_PASSWORD", `${password}\n`);
  server.write("REPORTS_DB_PASSWORD", "of reports\n");
  return server.psql([`--set=secrets=${server.folder}`, "--file", server.write("init.sql", initSql(plan))]);
}

/** Everything that the script may touch; a rewritten row shows by the transaction that wrote it. */
function catalogs(plan: DatabasePlan = PLAN): string {
  const databases = [plan.name, ...plan.databases];
  return [
    server.globals(),
    server.query("SELECT datname, datdba::regrole, datacl, xmin FROM pg_database ORDER BY 1"),
    ...databases.flatMap((database) => [
      server.query("SELECT nspname, nspowner::regrole, nspacl, xmin FROM pg_namespace ORDER BY 1", database),
      server.query("SELECT extname, extversion, xmin FROM pg_extension ORDER BY 1", database),
    ]),
  ].join("\n--\n");
}

const asApp = (sql: string, database = "shop", password = PASSWORD): CommandResult =>
  server.psql(["-c", sql], { user: "shop", password, database });

describe("the script that prepares PostgreSQL, on a real server", () => {
  test("runs without a word, and a second run changes nothing", () => {
    expect(apply()).toEqual({ status: 0, output: "" });
    const before = catalogs();
    expect(apply()).toEqual({ status: 0, output: "" });
    expect(catalogs()).toBe(before);
  });

  test("the server runs with every setting that its container passes", () => {
    const size = { memoryMiB: 256, maxConnections: 30, dataGiB: 2 };
    const names = Object.keys(postgresSettings(size)).map((name) => `'${name}'`);
    const query = `SELECT count(*) FROM pg_settings WHERE source = 'configuration file' AND name ILIKE ANY (ARRAY[${names.join()}])`;
    expect(server.query(query)).toBe(String(names.length));
    expect(server.query("SHOW wal_level")).toBe("logical");
    expect(server.query("SHOW data_checksums")).toBe("on");
  });

  test("the app's role owns its databases and may do nothing beyond them", () => {
    expect(
      server.query(
        "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = 'shop'",
      ),
    ).toBe("t|f|f|f|f|f");
    expect(server.query("SELECT datname FROM pg_database WHERE datdba = 'shop'::regrole ORDER BY 1")).toBe(
      "accounts\nshop",
    );
    expect(
      server.query(
        "SELECT datcollate, datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'shop'",
      ),
    ).toBe("C|C|UTF8");
  });

  test.each(["shop", "accounts"])("the app creates tables in %s", (database) => {
    expect(asApp("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); SELECT * FROM t", database)).toEqual({
      status: 0,
      output: expect.stringContaining("1"),
    });
  });

  test("a service's own database belongs to a role of its own, and neither reaches the other's", () => {
    const asReports = (sql: string, database: string) =>
      server.psql(["-c", sql], { user: "reports", password: "of reports", database });
    expect(server.query("SELECT datdba::regrole FROM pg_database WHERE datname = 'reports'")).toBe("reports");
    expect(
      server.query("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'reports'"),
    ).toBe("f");
    expect(asReports("CREATE TABLE t (id int)", "reports").status).toBe(0);
    for (const database of ["shop", "accounts"])
      expect(asReports("SELECT 1", database).output).toContain(`permission denied for database "${database}"`);
    expect(asApp("SELECT 1", "reports").output).toContain('permission denied for database "reports"');
  });

  test("the main database has the extensions, the others do not", () => {
    const query = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1";
    expect(server.query(query, "shop")).toBe("citext\npg_trgm");
    expect(server.query(query, "accounts")).toBe("");
  });

  test.each(["postgres", "template1"])("the app cannot connect to %s", (database) => {
    const { status, output } = asApp("SELECT 1", database);
    expect(status).not.toBe(0);
    expect(output).toContain(`permission denied for database "${database}"`);
  });

  test("another role cannot connect to the app's databases", () => {
    server.query("CREATE ROLE stranger LOGIN PASSWORD 'x'");
    for (const database of ["shop", "accounts"]) {
      const { output } = server.psql(["-c", "SELECT 1"], { user: "stranger", password: "x", database });
      expect(output).toContain(`permission denied for database "${database}"`);
    }
    server.query("DROP ROLE stranger");
  });

  test("a wrong password is refused, and a new one holds from the next run on", () => {
    expect(asApp("SELECT 1", "shop", "wrong").output).toContain("password authentication failed");
    expect(apply(PLAN, "second").status).toBe(0);
    expect(asApp("SELECT 1", "shop", PASSWORD).status).not.toBe(0);
    expect(asApp("SELECT 1", "shop", "second").status).toBe(0);
    expect(apply().status).toBe(0);
  });

  test("the password stands in no log, though the server logs every statement", () => {
    const log = server.log();
    expect(log).toContain("CREATE ROLE");
    expect(log).not.toContain("DROP'");
    expect(log).not.toContain("second");
  });

  test("an empty secret stops the run before anything changes", () => {
    const before = catalogs();
    const { status, output } = apply(PLAN, "");
    expect(status).not.toBe(0);
    expect(output).toContain("the secret DB_PASSWORD is missing or empty");
    expect(catalogs()).toBe(before);
    expect(asApp("SELECT 1").status).toBe(0);
  });

  test("rights and owners that someone changed by hand are set back", () => {
    server.query("ALTER ROLE shop SUPERUSER CREATEDB; ALTER DATABASE accounts OWNER TO postgres");
    server.query("GRANT CONNECT ON DATABASE shop TO PUBLIC");
    expect(apply().status).toBe(0);
    expect(server.query("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = 'shop'")).toBe("f");
    expect(server.query("SELECT datdba::regrole FROM pg_database WHERE datname = 'accounts'")).toBe("shop");
    expect(server.query("SELECT has_database_privilege('public', 'shop', 'CONNECT')")).toBe("f");
  });

  test("a side that was closed for a move stays closed, and the run still passes", () => {
    server.query("ALTER ROLE shop NOLOGIN");
    server.query("ALTER DATABASE shop SET default_transaction_read_only = on");
    server.query("REVOKE CONNECT ON DATABASE shop FROM PUBLIC, shop");
    expect(apply()).toEqual({ status: 0, output: "" });
    expect(server.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'shop'")).toBe("f");
    expect(server.query("SELECT has_database_privilege('shop', 'shop', 'CONNECT')")).toBe("f");
    expect(asApp("SELECT 1").status).not.toBe(0);
    server.query("ALTER ROLE shop LOGIN; GRANT CONNECT ON DATABASE shop TO shop");
    server.query("ALTER DATABASE shop RESET default_transaction_read_only");
  });

  test("names may be SQL's own words, and before version 15 schema public is closed to strangers", () => {
    const plan = { ...PLAN, major: 14, name: "order", user: "user", databases: ["select"] };
    expect(apply(plan)).toEqual({ status: 0, output: "" });
    const before = catalogs(plan);
    expect(apply(plan)).toEqual({ status: 0, output: "" });
    expect(catalogs(plan)).toBe(before);
    for (const database of ["order", "select"]) {
      expect(server.query("SELECT has_schema_privilege('public', 'public', 'CREATE')", database)).toBe("f");
      expect(server.query("SELECT has_schema_privilege('user', 'public', 'CREATE')", database)).toBe("t");
    }
  });

  test("before version 15, a schema that everyone may write to is closed", () => {
    const plan = { ...PLAN, major: 14 };
    server.query("GRANT CREATE ON SCHEMA public TO PUBLIC", "shop");
    expect(apply(plan).status).toBe(0);
    expect(server.query("SELECT has_schema_privilege('public', 'public', 'CREATE')", "shop")).toBe("f");
    expect(asApp("CREATE TABLE later (id int)").status).toBe(0);
  });
});

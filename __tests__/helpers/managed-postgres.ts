/**
 * A real PostgreSQL that behaves as one on RDS does, as far as the app's own job can see: TLS or nothing, a master user who
 * makes roles and databases but is no superuser, an empty database that belongs to it, and the extensions "postgis" and
 * "postgis_topology", which needs the other. These are stand-ins of a line each: where RDS allows the real ones to a master
 * user, these are trusted.
 */
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { type CommandResult, isRoot, PostgresServer, UNPRIVILEGED } from "./postgres-server";

export const MASTER = { user: "master", password: `master's "secret" $(id)` };

/** Programs of a server that knows the stand-in extension: a copy looks for extensions beside itself. */
const INSTALLED = "/usr/lib/postgresql/15";
const SHARED = "/usr/share/postgresql/15";

export class ManagedPostgres {
  private constructor(
    readonly server: PostgresServer,
    readonly port: number,
    private readonly made: string,
  ) {}

  /** @param database the one that RDS makes with the instance */
  static async start(database: string): Promise<ManagedPostgres> {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), "pg-programs-"));
    fs.chmodSync(made, 0o755);
    const port = await freePort();
    const certificate = selfSigned(made);
    const access = path.join(made, "pg_hba.conf");
    fs.writeFileSync(access, "local all postgres scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(port),
      ssl: "on",
      ssl_cert_file: certificate.certificate,
      ssl_key_file: certificate.key,
      hba_file: access,
      log_statement: "all",
      log_min_duration_statement: "0",
    };
    const server = new PostgresServer(settings, programs(made));
    const managed = new ManagedPostgres(server, port, made);
    managed.prepare(database);
    return managed;
  }

  /** The master user and what belongs to it. */
  private prepare(database: string): void {
    this.asSuperuser("CREATE ROLE rds_superuser NOLOGIN");
    this.asSuperuser(
      `CREATE ROLE master LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser PASSWORD ${quoted(MASTER.password)}`,
    );
    this.asSuperuser("ALTER DATABASE postgres OWNER TO master");
    this.asSuperuser("ALTER DATABASE template1 OWNER TO master");
    this.asSuperuser(`CREATE DATABASE ${database} OWNER master`);
  }

  /** The rows of a query as the superuser sees them, who exists on RDS too but is nobody's. */
  asSuperuser(sql: string, database = "postgres"): string {
    const { status, output } = this.server.psql(["-p", String(this.port), "-c", sql], { database });
    if (status !== 0) throw new Error(output);
    return output.trim();
  }

  /** What a role gets over TLS, or without it. */
  as(user: string, password: string, database: string, sql: string, sslmode = "require"): CommandResult {
    const args = ["-X", "-At", "-w", "-h", "127.0.0.1", "-p", String(this.port), "-U", user, "-d", database, "-c", sql];
    const env = { PATH: process.env.PATH, PGPASSWORD: password, PGSSLMODE: sslmode, LC_ALL: "C" };
    const { status, stdout, stderr } = spawnSync("psql", args, { encoding: "utf8", env });
    return { status: status ?? -1, output: `${stdout}${stderr}`.trim() };
  }

  /** Everything that the job may touch; a rewritten row shows by the transaction that wrote it. */
  catalogs(databases: readonly string[]): string {
    const each = (sql: string, database: string) => this.asSuperuser(sql, database);
    return [
      this.asSuperuser(
        "SELECT rolname, rolpassword, rolcanlogin, rolcreatedb, rolcreaterole, xmin FROM pg_authid ORDER BY 1",
      ),
      this.asSuperuser("SELECT roleid::regrole, member::regrole, xmin FROM pg_auth_members ORDER BY 1, 2"),
      this.asSuperuser("SELECT datname, datdba::regrole, datacl, xmin FROM pg_database ORDER BY 1"),
      ...databases.flatMap((database) => [
        each("SELECT nspname, nspowner::regrole, nspacl, xmin FROM pg_namespace ORDER BY 1", database),
        each("SELECT extname, extversion, xmin FROM pg_extension ORDER BY 1", database),
      ]),
    ].join("\n--\n");
  }

  stop(): void {
    this.server.stop();
    fs.rmSync(this.made, { recursive: true, force: true });
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Copies the server's program, which looks for its files by its own place, and links everything else. */
function programs(made: string): string {
  const bin = path.join(made, "lib", "postgresql", "15", "bin");
  const share = path.join(made, "share", "postgresql", "15");
  const extensions = path.join(share, "extension");
  fs.mkdirSync(bin, { recursive: true });
  fs.mkdirSync(extensions, { recursive: true });
  for (const program of ["postgres", "initdb", "pg_ctl"])
    fs.copyFileSync(`${INSTALLED}/bin/${program}`, `${bin}/${program}`);
  fs.symlinkSync(`${INSTALLED}/lib`, path.join(path.dirname(bin), "lib"));
  for (const name of fs.readdirSync(SHARED)) {
    if (name !== "extension") fs.symlinkSync(`${SHARED}/${name}`, path.join(share, name));
  }
  for (const name of fs.readdirSync(`${SHARED}/extension`)) {
    fs.symlinkSync(`${SHARED}/extension/${name}`, path.join(extensions, name));
  }
  standIn(extensions, "postgis", "CREATE DOMAIN geometry AS text;", "");
  standIn(extensions, "postgis_topology", "CREATE DOMAIN topogeometry AS text;", "requires = 'postgis'\n");
  return bin;
}

function standIn(folder: string, name: string, sql: string, control: string): void {
  fs.writeFileSync(
    path.join(folder, `${name}.control`),
    `default_version = '1'\nrelocatable = true\ntrusted = true\n${control}`,
  );
  fs.writeFileSync(path.join(folder, `${name}--1.sql`), `${sql}\n`);
}

function selfSigned(folder: string): { certificate: string; key: string } {
  const [certificate, key] = [path.join(folder, "server.crt"), path.join(folder, "server.key")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...request, "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  fs.chmodSync(key, 0o600);
  if (isRoot()) fs.chownSync(key, UNPRIVILEGED, UNPRIVILEGED);
  return { certificate, key };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** A real PostgreSQL server in a temporary folder, on a socket unless told otherwise, for tests named `*.postgres.test.ts`. */
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** What a command left behind. */
export interface CommandResult {
  readonly status: number;
  readonly output: string;
}

/** Debian's "nobody": the server refuses to run as root. */
export const UNPRIVILEGED = 65534;

export class PostgresServer {
  /** Readable by the server's user; removed by {@link stop}. */
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pg-"));
  private readonly superuserPassword = "superuser's password";

  /**
   * @param settings - passed to the server as its container passes them
   * @param programs - folder of the server's programs, before those on PATH
   */
  constructor(
    settings: Readonly<Record<string, string>>,
    private readonly programs?: string,
  ) {
    requireProgram("initdb");
    if (isRoot()) fs.chownSync(this.folder, UNPRIVILEGED, UNPRIVILEGED);
    const passwordFile = this.write("superuser", this.superuserPassword);
    const data = path.join(this.folder, "data");
    this.run("initdb", ["-D", data, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, ...INITDB]);
    const configuration = { listen_addresses: "", ...settings, unix_socket_directories: this.folder };
    const lines = Object.entries(configuration).map(([name, value]) => `${name} = '${value}'\n`);
    fs.appendFileSync(path.join(data, "postgresql.conf"), lines.join(""));
    this.run("pg_ctl", ["-D", data, "-w", "-l", this.logFile, "start"]);
  }

  private get logFile(): string {
    return path.join(this.folder, "log");
  }

  /** Writes a file that the server's user can read. */
  write(name: string, content: string): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, content);
    if (isRoot()) fs.chownSync(file, UNPRIVILEGED, UNPRIVILEGED);
    return file;
  }

  log(): string {
    return fs.readFileSync(this.logFile, "utf8");
  }

  /** The rows of a query as the superuser sees them. */
  query(sql: string, database = "postgres"): string {
    const { status, output } = this.psql(["-c", sql], { database });
    if (status !== 0) throw new Error(output);
    return output.trim();
  }

  /** psql with these arguments, by default as the superuser. */
  psql(args: readonly string[], as: { user?: string; password?: string; database?: string } = {}): CommandResult {
    const { user = "postgres", password = this.superuserPassword, database = "postgres" } = as;
    const connection = ["-X", "-At", "-h", this.folder, "-U", user, "-d", database];
    return this.attempt("psql", [...connection, ...args], { PGPASSWORD: password });
  }

  /** Every role and setting of the whole server, without passwords. */
  globals(): string {
    const args = ["-h", this.folder, "-U", "postgres", "--globals-only", "--no-role-passwords"];
    const { status, output } = this.attempt("pg_dumpall", args, { PGPASSWORD: this.superuserPassword });
    if (status !== 0) throw new Error(output);
    // Some minor releases put a random key into their dumps.
    return output.replace(/^\\(un)?restrict .*$/gm, "");
  }

  stop(): void {
    this.attempt("pg_ctl", ["-D", path.join(this.folder, "data"), "-m", "immediate", "stop"]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private attempt(program: string, args: readonly string[], env: Record<string, string> = {}): CommandResult {
    try {
      return { status: 0, output: this.run(program, args, env) };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number | null; stdout: string; stderr: string };
      return { status: status ?? -1, output: `${stdout}${stderr}` };
    }
  }

  private run(program: string, args: readonly string[], env: Record<string, string> = {}): string {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["ignore", program === "pg_ctl" ? "ignore" : "pipe", "pipe"],
      env: { PATH: [this.programs, process.env.PATH].filter(Boolean).join(":"), LC_ALL: "C", TZ: "UTC", ...env },
      ...(isRoot() && { uid: UNPRIVILEGED, gid: UNPRIVILEGED }),
    };
    return execFileSync(program, args, options);
  }
}

const INITDB = ["--locale=C", "--encoding=UTF8", "--data-checksums", "--no-sync"];

export const isRoot = (): boolean => process.getuid?.() === 0;

function requireProgram(program: string): void {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
  } catch {
    throw new Error(
      `This test needs a PostgreSQL server: "${program}" is not on PATH (Debian: apt install postgresql)`,
    );
  }
}

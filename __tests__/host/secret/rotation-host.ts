/** A host whose PostgreSQL is a real one and whose services sign in to it: for what happens to a role's password. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { AWS_STAND_IN, ScriptHost } from "../../helpers/script-host";
import type { PostgresServer } from "../../helpers/postgres-server";
import { initSql } from "../../../modules/host/config/init-sql";

/**
 * Docker: `exec` in the database's container runs here against the real server; `up` makes a service's container, which is
 * healthy when the password of its file of variables signs in, unless `sick` names it. What `pause` names as part of a call
 * waits until it is ended.
 */
const DOCKER = (server: PostgresServer) =>
  String.raw`
mkdir -p "$root/containers"
if [[ -e "$root/pause" && "$*" == *$(<"$root/pause")* ]]; then : >"$root/paused"; exec /bin/sleep 60; fi
case "$*" in
  "exec --interactive shop-postgres "*)
    shift 3
    arguments=("$@")
    if [[ "$(printf %s "$*" | tail -c 8)" == postgres && $# -gt 5 ]]; then arguments[-1]='${server.folder}'; fi
    PGHOST='${server.folder}' PGPASSWORD="$(<'${server.folder}/superuser')" exec "\${arguments[@]}" ;;
  *" up "*)
    service="$(printf '%s' "$*" | sed 's/.* //')"
    url="$(sed -n "s/^DATABASE_URL='\(.*\)'\$/\1/p" "$root/run/shop/env/$service.env" | sed "s/\\\\'/'/g")"
    echo "running healthy" >"$root/containers/shop-$service"
    if grep -qx "$service" "$root/sick" 2>/dev/null || ! psql "\${url/@postgres:5432/@}?host=${encodeURIComponent(server.folder)}" -c 'SELECT 1' >/dev/null; then
      echo "running unhealthy" >"$root/containers/shop-$service"
      exit 1
    fi ;;
  "inspect "*) cat "$root/containers/$4" 2>/dev/null ;;
esac`.replaceAll("\\${", "${");

/** Everything that a server can be told to write down. */
export const SERVER_SETTINGS = { log_statement: "all", log_min_duration_statement: "0" };

/** What a take-up has left behind. */
interface Report {
  readonly result: string;
  readonly reason: string;
  readonly databaseRole: string;
  readonly restarted: string[];
  readonly holder: string;
}

interface TakeUp {
  readonly status: number | null;
  readonly report: Report;
  readonly stderr: string;
}

export class RotationHost extends ScriptHost {
  /** @param server - with {@link SERVER_SETTINGS}; its roles get their old passwords */
  constructor(readonly server: PostgresServer) {
    super({
      database: { databases: ["reports"] },
      services: {
        api: { image: { build: {} }, port: 8080 },
        worker: { image: { build: {} } },
        reports: { image: { build: {} }, database: "reports" },
        web: { image: { build: {} }, port: 3000, connects: [] },
      },
      jobs: {},
    });
    this.standIn("aws", AWS_STAND_IN);
    this.standIn("docker", DOCKER(this.server));
    this.write("opt/shop/images.env", "");
    this.store("POSTGRES_PASSWORD", fs.readFileSync(path.join(server.folder, "superuser"), "utf8"));
    for (const name of ["DB_PASSWORD", "REPORTS_DB_PASSWORD"]) {
      this.store(name, `old ${name}`);
      this.server.write(name, `old ${name}`);
    }
    this.makeRoles();
    if (this.run("libexec/secrets").status !== 0) throw new Error("the secrets could not be written");
    for (const service of ["api", "worker", "reports", "web"]) {
      this.write(`containers/shop-${service}`, "running healthy\n");
    }
    this.forget();
  }

  private makeRoles(): void {
    const plan = {
      major: 15,
      name: "shop",
      user: "shop",
      databases: ["reports"],
      extensions: [],
      passwordSecret: "DB_PASSWORD",
      ownRoles: { reports: "REPORTS_DB_PASSWORD" },
    };
    const made = this.server.psql([
      `--set=secrets=${this.server.folder}`,
      "--file",
      this.server.write("init.sql", initSql(plan)),
    ]);
    if (made.status !== 0) throw new Error(made.output);
  }

  /** Puts a value where the host reads it. */
  store(name: string, value: string): void {
    this.write(`aws/_shop_mvp_secret_${name}`, value);
  }

  /** Whether the server takes this password. */
  takes(user: string, password: string, database = user): boolean {
    return this.server.psql(["-c", "SELECT 1"], { user, password, database }).status === 0;
  }

  /** Everything that the containers read their secrets from. */
  files(): Record<string, string> {
    const names = ["env/api", "env/worker", "env/reports"].map((name) => `${name}.env`);
    return Object.fromEntries(
      [...names, "secrets/DB_PASSWORD", "secrets/REPORTS_DB_PASSWORD"].map((name) => [
        name,
        this.read(path.join(this.runDir, name)),
      ]),
    );
  }

  /** Containers in the order in which they were made anew. */
  restarted(): string[] {
    return this.calls("docker")
      .filter((call) => call.includes(" up "))
      .map((call) => call.replace(/.* /, ""));
  }

  /** Takes up a secret; `meanwhile` is called while it is at work. */
  async takeUp(name: string, meanwhile?: (pid: number) => void | Promise<void>): Promise<TakeUp> {
    const child = spawn("/bin/bash", [path.join(this.appDir, "bin/secret"), "take-up", name, "--by", "ada", "--json"], {
      env: {
        PATH: `${path.join(this.root, "stand-ins")}:${process.env.PATH ?? ""}`,
        HOST_ROOT: this.root,
        HOME: this.root,
        LC_ALL: "C.UTF-8",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await meanwhile?.(child.pid ?? 0);
    const status = await ended;
    return { status, report: JSON.parse(stdout === "" ? "{}" : stdout) as Report, stderr };
  }
}

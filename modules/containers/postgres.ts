import { type ResolvedApp, SUPERUSER_SECRET } from "../spec";
import {
  bind,
  HARDENING,
  INTERNAL_NETWORK,
  limits,
  mebibytes,
  memoryFolders,
  seconds,
  type ComposeService,
} from "./compose";
import { containerName, type ContainerContext } from "./context";
import { postgresImage } from "./images";
import { configDir } from "./layout";
import { logging } from "./logging";
import { POSTGRES } from "./names";
import { postgresMemory, postgresSettings } from "./postgres-settings";

/** User and group of PostgreSQL in the Debian image; they own the data folder and the secrets' files on the host. */
export const POSTGRES_USER = "999:999";

/** The role that initdb makes. */
export const SUPERUSER = "postgres";

/** Where a container finds a secret that it reads as a file. */
const SECRETS_TARGET = "/run/secrets";

/** The passwords of all roles: the superuser's, the app's, and those of databases that have a role of their own. */
export function databaseSecrets({ database }: ResolvedApp): string[] {
  return [SUPERUSER_SECRET, database.passwordSecret, ...Object.values(database.ownRoles)];
}

/** Folder of the SQL script in the container of db-init, and the script's name. */
const SQL_TARGET = "/etc/db-init";
export const SQL_FILE = "init.sql";

/** Time for a fast shutdown with its checkpoint; a Spot interruption leaves two minutes. */
const STOP_GRACE_SECONDS = 90;

/**
 * Processes besides one per connection: about 10 of the server's own, 3 that vacuum, 8 workers, 10 that send the log to
 * replicas, 3 for input and output since version 18; the rest is for health checks and the host's dumps.
 */
const SERVER_PROCESSES = 64;

/**
 * PostgreSQL. It has no published port: the host's tools use `docker compose exec postgres`, and a move to another tier
 * opens its own way in while it lasts.
 */
export function postgresContainer(context: ContainerContext): ComposeService {
  const { app, layout, logTarget } = context;
  const { memoryMiB, major, maxConnections } = app.database;
  const size = { memoryMiB, maxConnections, dataGiB: app.host.dataGiB };
  const mount = dataMount(major);
  return {
    image: postgresImage(major),
    container_name: containerName(context, POSTGRES),
    command: [POSTGRES, ...settingFlags(postgresSettings(size))],
    environment: {
      PGDATA: `${mount}/pgdata`,
      POSTGRES_HOST_AUTH_METHOD: "scram-sha-256",
      // The C collation does not change with the operating system, so indexes outlive a move to another one.
      POSTGRES_INITDB_ARGS: "--locale=C --encoding=UTF8 --data-checksums --auth-host=scram-sha-256",
      POSTGRES_PASSWORD_FILE: `${SECRETS_TARGET}/${SUPERUSER_SECRET}`,
    },
    secrets: [SUPERUSER_SECRET],
    networks: [INTERNAL_NETWORK],
    user: POSTGRES_USER,
    read_only: true,
    tmpfs: memoryFolders(POSTGRES_USER, ["/tmp", "/var/run/postgresql"]),
    volumes: [bind(`${layout.dataDir}/postgres`, mount)],
    shm_size: mebibytes(postgresMemory(size).sharedMemory),
    ...HARDENING,
    deploy: limits({ memoryMiB, pids: maxConnections + SERVER_PROCESSES }),
    healthcheck: {
      // The server of the first start listens on its socket only, so the request over TCP waits for the final one.
      test: ["CMD-SHELL", "pg_isready -q -h 127.0.0.1 -U postgres && psql -XAtq -U postgres -d postgres -c 'SELECT 1'"],
      interval: seconds(5),
      timeout: seconds(5),
      retries: 6,
      start_period: seconds(300),
    },
    logging: logging(logTarget, POSTGRES),
    restart: "unless-stopped",
    stop_grace_period: seconds(STOP_GRACE_SECONDS),
  };
}

/**
 * Brings roles, databases, grants and extensions to what the specification asks for, and ends. Runs before the services at
 * every start of the app; a second run changes nothing.
 */
export function dbInitContainer({ app, layout, logTarget }: ContainerContext): ComposeService {
  return {
    image: postgresImage(app.database.major),
    command: ["sh", "-ec", dbInitCommand()],
    environment: { PGCONNECT_TIMEOUT: "10" },
    secrets: databaseSecrets(app),
    depends_on: { [POSTGRES]: { condition: "service_healthy" } },
    networks: [INTERNAL_NETWORK],
    user: POSTGRES_USER,
    init: true,
    read_only: true,
    tmpfs: memoryFolders(POSTGRES_USER, ["/tmp"]),
    volumes: [bind(configDir(layout, "postgres"), SQL_TARGET, "ro")],
    ...HARDENING,
    deploy: limits({ memoryMiB: 128 }),
    logging: logging(logTarget, POSTGRES),
    restart: "no",
  };
}

/**
 * Where the data volume's folder is mounted: the image's own volume, which moved with version 18. The data lies in
 * `pgdata` below it for every major version, so that a server of another version refuses the data instead of starting
 * empty beside it; and in a subfolder, because initdb wants an empty one.
 */
function dataMount(major: number): string {
  return major >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data";
}

function settingFlags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function dbInitCommand(): string {
  const readPassword = `PGPASSWORD="$$(cat ${SECRETS_TARGET}/${SUPERUSER_SECRET})"`;
  const psql = `psql --no-psqlrc --host=${POSTGRES} --username=postgres --dbname=postgres`;
  return `${readPassword}; export PGPASSWORD; exec ${psql} --set=secrets=${SECRETS_TARGET} --file=${SQL_TARGET}/${SQL_FILE}`;
}

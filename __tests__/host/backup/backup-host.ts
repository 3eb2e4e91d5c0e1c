/** The host's backup scripts as they ship, in front of a real PostgreSQL, a real AWS CLI and a local S3. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { initSql } from "../../../modules/host/config/init-sql";
import { run, type RunResult } from "../../../scripts/lib/process";
import { ROOT } from "../../helpers/folders";
import { type Moto, startMoto } from "../../helpers/moto";
import { PostgresServer } from "../../helpers/postgres-server";
import { installedVenv } from "../../helpers/python-venv";
import { type FaultProxy, startFaultProxy } from "./fault-proxy";

export const BUCKET = "shop-mvp-backups";
const REGION = "eu-central-1";
const PLAN = { major: 15, name: "shop", user: "shop", databases: ["accounts"], extensions: ["citext"], ownRoles: {} };
const FILES = path.join(ROOT, "modules/host/files");
const STAND_INS = path.join(__dirname, "stand-ins");

/** What a manifest says, as far as tests look. */
export interface Manifest {
  id: string;
  startedAt: string;
  reason: string;
  notBackedUp: string[];
  onceJobs?: string[];
  files: {
    kind: string;
    database?: string;
    key: string;
    versionId: string;
    bytes: number;
    sha256: string;
    lsn?: string;
    rows?: Record<string, number>;
  }[];
}

export class BackupHost {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "backup-host-"));
  readonly appDir = path.join(this.folder, "app");
  readonly stateDir = path.join(this.appDir, "data", ".tierstack");
  readonly s3: S3Client;

  private constructor(
    readonly server: PostgresServer,
    readonly proxy: FaultProxy,
    private readonly moto: Moto,
    private readonly programs: string,
  ) {
    this.s3 = new S3Client({
      endpoint: moto.url,
      region: REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }

  /** A host with an empty bucket and two databases that hold some rows. */
  static async open(): Promise<BackupHost> {
    const programs = await installedVenv("awscli");
    const moto = await startMoto();
    const host = new BackupHost(new PostgresServer({}), await startFaultProxy(moto.url), moto, programs);
    host.install();
    await host.emptyBucket();
    host.fillDatabases();
    return host;
  }

  /** The same with one backup in the bucket. */
  static async withBackup(): Promise<{ host: BackupHost; manifest: Manifest }> {
    const host = await BackupHost.open();
    const { code, stderr } = await host.run("backup", ["now"]);
    const [manifest] = await host.manifests();
    if (code !== 0 || manifest === undefined) throw new Error(`nothing was published: ${stderr}`);
    return { host, manifest };
  }

  private install(): void {
    fs.chmodSync(this.folder, 0o755);
    for (const part of ["bin", "lib"])
      fs.cpSync(path.join(FILES, part), path.join(this.appDir, part), { recursive: true });
    for (const program of ["backup", "restore"]) fs.chmodSync(path.join(this.appDir, "bin", program), 0o755);
    fs.mkdirSync(this.stateDir, { recursive: true });
    fs.writeFileSync(path.join(this.stateDir, "volume"), "STACK_NAME='shop-mvp'\nCREATED='1700000000'\n");
    this.useDatabases("shop accounts");
    fs.mkdirSync(path.join(this.folder, "programs"));
    fs.mkdirSync(path.join(this.folder, "containers"));
    // The server's user writes its socket there.
    fs.chmodSync(path.join(this.folder, "containers"), 0o777);
    this.program("docker", fs.readFileSync(path.join(STAND_INS, "docker"), "utf8"));
    this.program(
      "systemctl",
      `#!/bin/sh
echo "systemctl $*" >>"$STAND_IN_DIR/docker.log"
case "$*" in *--type=service*) echo "\${RUNNING_JOB-}" ;; esac\n`,
    );
    this.setUptime(1_000_000);
    // The image's user does not exist here; the stand-in for Docker gives the folder to the server's.
    this.program("chown", "#!/bin/sh\n");
    fs.symlinkSync(path.join(this.programs, "aws"), path.join(this.folder, "programs", "aws"));
    fs.mkdirSync(path.join(this.appDir, "libexec"));
    fs.writeFileSync(
      path.join(this.appDir, "libexec", "start"),
      `#!/bin/sh\necho start >>"$STAND_IN_DIR/docker.log"\n`,
      {
        mode: 0o755,
      },
    );
  }

  /** Seconds since the host has booted. */
  setUptime(seconds: number): void {
    fs.mkdirSync(path.join(this.folder, "proc"), { recursive: true });
    fs.writeFileSync(path.join(this.folder, "proc", "uptime"), `${seconds}.25 1.00\n`);
  }

  /** What the specification lists. */
  useDatabases(databases: string): void {
    fs.writeFileSync(path.join(this.appDir, "stack.env"), this.settings(databases));
  }

  private program(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, "programs", name), text, { mode: 0o755 });
  }

  private settings(databases: string): string {
    const settings = {
      APP_NAME: "shop",
      STACK_NAME: "shop-mvp",
      APP_DIR: this.appDir,
      DATA_DIR: path.join(this.appDir, "data"),
      RUN_DIR: path.join(this.folder, "run"),
      IMAGES_FILE: path.join(this.appDir, "images.env"),
      AWS_REGION: REGION,
      BUCKET,
      BACKUP_PREFIX: "backups/",
      STAGING_PREFIX: "staging/",
      CONFIG_PREFIX: "host/",
      METRIC_NAMESPACE: "shop/mvp",
      OS: "ubuntu",
      SWAP_MIB: "0",
      DATA_VOLUME_ID: "vol-1",
      POSTGRES_CONTAINER: "postgres",
      POSTGRES_IMAGE: "postgres:15",
      POSTGRES_MAJOR: "15",
      DATABASES: databases,
      DATABASE_USER: "shop",
      SERVICES: "backend",
      ONCE_JOBS: "job-admin",
      MARKER_OF_JOB_ADMIN: ".admin-made",
      PROXY: "none",
    };
    return Object.entries(settings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join("");
  }

  private async emptyBucket(): Promise<void> {
    await this.s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    await this.s3.send(
      new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }),
    );
  }

  private fillDatabases(): void {
    this.server.write("init.sql", initSql({ ...PLAN, passwordSecret: "DB_PASSWORD" }));
    this.server.write("DB_PASSWORD", "the app's");
    const made = this.server.psql([`--set=secrets=${this.server.folder}`, "--file", `${this.server.folder}/init.sql`]);
    if (made.status !== 0) throw new Error(made.output);
    this.server.query("CREATE ROLE reader; ALTER DATABASE shop SET search_path = public, extra");
    this.server.query(
      `SET ROLE shop; CREATE TABLE items (id int PRIMARY KEY, name text); GRANT SELECT ON items TO reader;
       INSERT INTO items SELECT n, md5(n::text) FROM generate_series(1, 20000) n; CREATE TABLE "No Rows" ();
       SELECT lo_from_bytea(0, 'a large object'); RESET ROLE; CREATE EXTENSION pgcrypto`,
      "shop",
    );
    this.server.query("CREATE TABLE users (id int); INSERT INTO users VALUES (1), (2), (3)", "accounts");
  }

  /** Runs one of the host's programs. */
  run(program: "backup" | "restore", args: readonly string[], env: Record<string, string> = {}): Promise<RunResult> {
    return run(path.join(this.appDir, "bin", program), args, { env: { ...this.env(), ...env } });
  }

  env(): Record<string, string> {
    return {
      PATH: `${path.join(this.folder, "programs")}:${process.env.PATH}`,
      HOME: this.folder,
      HOST_ROOT: this.folder,
      AWS_ENDPOINT_URL: this.proxy.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      STAND_IN_DIR: path.join(this.folder, "containers"),
      LIVE_SERVER: this.server.folder,
      LC_ALL: "C.UTF-8",
    };
  }

  /** What the stand-ins for Docker and systemd were asked for since the last call. */
  commands(): string[] {
    const file = path.join(this.folder, "containers", "docker.log");
    const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
    fs.rmSync(file, { force: true });
    return lines;
  }

  state(name: string): string | undefined {
    const file = path.join(this.stateDir, name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  }

  /** Every manifest in the bucket, the newest first. */
  async manifests(): Promise<Manifest[]> {
    const Key = "backups/manifest.json";
    const { Versions: versions = [] } = await this.s3.send(
      new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: Key }),
    );
    return Promise.all(
      versions.map(
        async ({ VersionId: version }) => JSON.parse((await this.object(Key, version)).toString()) as Manifest,
      ),
    );
  }

  /** Makes this the newest manifest while the work is done. */
  async withManifest(Body: string, work: () => Promise<void>): Promise<void> {
    const at = { Bucket: BUCKET, Key: "backups/manifest.json" };
    const { VersionId } = await this.s3.send(new PutObjectCommand({ ...at, Body }));
    try {
      await work();
    } finally {
      await this.s3.send(new DeleteObjectCommand({ ...at, VersionId }));
    }
  }

  async object(key: string, version?: string): Promise<Buffer> {
    const { Body: body } = await this.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, VersionId: version }));
    return Buffer.from((await body?.transformToByteArray()) ?? []);
  }

  sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

  /** Waits until something is so; gives up after half a minute. */
  async until(isSo: () => boolean): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if (isSo()) return;
      await pause(100);
    }
    throw new Error("it never came to be so");
  }

  /** Runs with the state on a file system of its own with this many MiB, in memory. */
  async withSmallVolume<T>(mib: number, work: () => Promise<T>): Promise<T> {
    const data = path.join(this.appDir, "data");
    const kept = `${data}-kept`;
    fs.renameSync(data, kept);
    fs.mkdirSync(data);
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", data]);
    try {
      fs.cpSync(kept, data, { recursive: true });
      return await work();
    } finally {
      execFileSync("/bin/umount", [data]);
      fs.rmdirSync(data);
      fs.renameSync(kept, data);
    }
  }

  async close(): Promise<void> {
    this.s3.destroy();
    this.server.stop();
    await this.proxy.stop();
    await this.moto.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

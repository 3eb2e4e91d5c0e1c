/**
 * The backup's task as Fargate runs it: the shipped containers one after the other over a shared folder, in front of an
 * RDS-like PostgreSQL that the shipped db-init prepared, and of a local S3 behind a proxy that can damage what passes.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type BackupContainersInput, backupContainerDefinitions } from "../../modules/ecs/backup-containers";
import { dbInitContainers } from "../../modules/ecs/db-init";
import type { DatabasePlan } from "../../modules/host/config/init-sql";
import { plainText } from "../../modules/terraform/escape";
import { run, type RunResult } from "../../scripts/lib/process";
import { ManagedPostgres, MASTER } from "../helpers/managed-postgres";
import { BackupHost, BUCKET } from "../host/backup/backup-host";

/** A main database with one beside it, and one whose service has it for itself. */
const PLAN: DatabasePlan = {
  major: 15,
  name: "shop",
  user: "shop",
  databases: ["accounts"],
  extensions: ["citext"],
  passwordSecret: "DB_PASSWORD",
  ownRoles: { accounts: "ACCOUNTS_PASSWORD" },
};
const PASSWORDS: Readonly<Record<string, string>> = {
  DB_PASSWORD: `it's "a" \\ $(id)`,
  ACCOUNTS_PASSWORD: "of/accounts+=",
};

/** The programs that each image certainly has, beside its own: what a small Debian and a small Amazon Linux share. */
const SMALL_PROGRAMS = "bash cat cut date grep numfmt paste rm sed sha256sum sleep stat tail tr".split(" ");
const POSTGRES_PROGRAMS = ["psql", "pg_dump", "pg_dumpall", "pg_restore"];
/** What the stand-ins of tests need besides. */
const FOR_STAND_INS = ["head", "truncate"];

interface Definition {
  name: string;
  entryPoint: string[];
  command: string[];
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
  dependsOn?: { containerName: string; condition: string }[];
}

interface Run {
  /** Changes of the first container's environment. */
  dump?: Readonly<Record<string, string>>;
  /** Changes of the second one's. */
  publish?: Readonly<Record<string, string>>;
  /** What happens to the shared folder between the two. */
  between?: (work: string) => void;
}

export class BackupRun {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "backup-task-"));

  private constructor(
    readonly managed: ManagedPostgres,
    /** A host over the same bucket, for what reads backups. */
    readonly host: BackupHost,
  ) {}

  static async open(): Promise<BackupRun> {
    const opened = new BackupRun(await ManagedPostgres.start("shop"), await BackupHost.open());
    opened.prepare();
    return opened;
  }

  private prepare(): void {
    const [roles] = dbInitContainers({ ...this.place(), masterUser: MASTER.user, masterSecretArn: "arn:master" });
    const [program = "", ...args] = [...(roles?.entryPoint ?? []), ...(roles?.command ?? [])];
    const env = { PATH: process.env.PATH, ...roles?.environment, ...PASSWORDS, PGPASSWORD: MASTER.password };
    execFileSync(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    this.managed.asSuperuser(
      `SET ROLE shop; CREATE TABLE items (id int PRIMARY KEY, name citext); CREATE TABLE "It's" ("a ""b""" int);
       INSERT INTO items SELECT n, md5(n::text) FROM generate_series(1, 20000) n;
       SELECT lo_from_bytea(0, 'a large object')`,
      "shop",
    );
    this.managed.asSuperuser(
      "SET ROLE accounts; CREATE TABLE users (id int); INSERT INTO users VALUES (1), (2), (3)",
      "accounts",
    );
    // What RDS keeps for itself, and what somebody made by hand.
    for (const name of ["rdsadmin", "by_hand"]) this.managed.asSuperuser(`CREATE DATABASE ${name}`);
    this.programs("dump", [...POSTGRES_PROGRAMS, ...FOR_STAND_INS]);
    this.programs("publish", []);
    fs.symlinkSync(path.join(this.host.folder, "programs", "aws"), path.join(this.folder, "publish", "aws"));
  }

  private place() {
    return {
      plan: PLAN,
      host: "127.0.0.1",
      port: String(this.managed.port),
      region: "eu-central-1",
      passwordArns: Object.fromEntries(Object.keys(PASSWORDS).map((name) => [name, `arn:${name}`])),
      log: { group: "/shop", region: "eu-central-1", prefix: "backup" },
      memoryMiB: 1024,
    };
  }

  private programs(container: string, more: readonly string[]): void {
    const folder = path.join(this.folder, container);
    fs.mkdirSync(folder);
    for (const name of [...SMALL_PROGRAMS, ...more]) {
      fs.symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), path.join(folder, name));
    }
  }

  /** Puts a program in the place of one of the first container's; `$real` in its text is the real one. */
  standIn(name: string, text: string): () => void {
    const program = path.join(this.folder, "dump", name);
    const real = fs.readlinkSync(program);
    fs.rmSync(program);
    fs.writeFileSync(program, `#!/bin/bash\nreal=${real}\n${text}\n`, { mode: 0o755 });
    return () => {
      fs.rmSync(program);
      fs.symlinkSync(real, program);
    };
  }

  /** Runs the task: the second container starts only when the first has ended well. */
  async task({ dump = {}, publish = {}, between }: Run = {}): Promise<RunResult> {
    const work = fs.mkdtempSync(path.join(this.folder, "work-"));
    const [first, second] = this.definitions();
    if (first === undefined || second?.dependsOn?.[0]?.condition !== "SUCCESS") throw new Error("no second container");
    const dumped = await this.container(first, { WORK: work, ...dump });
    if (dumped.code !== 0) return dumped;
    between?.(work);
    const published = await this.container(second, { WORK: work, ...this.aws(), ...publish });
    return { ...published, stderr: dumped.stderr + published.stderr };
  }

  private definitions(): Definition[] {
    const input: BackupContainersInput = {
      ...this.place(),
      stack: "shop-mvp",
      bucket: BUCKET,
      backupPrefix: "backups/",
      stagingPrefix: "staging/",
      metricNamespace: "shop/mvp",
    };
    return JSON.parse(plainText(backupContainerDefinitions(input))) as Definition[];
  }

  private container(definition: Definition, changes: Readonly<Record<string, string>>): Promise<RunResult> {
    const { name, entryPoint, command, environment, secrets } = definition;
    const [program = "", ...args] = [...entryPoint, ...command];
    const env = {
      PATH: path.join(this.folder, name),
      ...Object.fromEntries(environment.map((variable) => [variable.name, variable.value])),
      ...Object.fromEntries(secrets.map((secret) => [secret.name, PASSWORDS[secret.valueFrom.slice("arn:".length)]])),
      ...changes,
    };
    return run(program, args, { env, title: name });
  }

  /** What a task's own role and region are on Fargate. */
  private aws(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.host.proxy.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  async close(): Promise<void> {
    this.managed.stop();
    await this.host.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

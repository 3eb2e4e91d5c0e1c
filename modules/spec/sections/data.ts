import { z } from "zod";
import { awsRegion, flag, guided, list, oneOf, secretName, sqlName, text, timeOfDay, wholeNumber } from "../fields";

const extensionName = () =>
  text(
    /^[a-z][a-z0-9_-]{0,62}$/,
    `the name of a PostgreSQL extension such as "pg_trgm"`,
    "copy it from pg_available_extensions",
  );

/** The app's PostgreSQL. */
export const database = z.strictObject({
  /**
   * "own" is a database that the stack runs: a container on tier mvp, `rds` on tier growth. "external" lies behind a URL
   * that you own.
   * @default "own"
   */
  mode: oneOf(["own", "external", "none"]).default("own"),
  /** PostgreSQL major version. @default 17 */
  major: wholeNumber(13, 18, "PostgreSQL major version").default(17),
  /** The main database. @default - the app's name with _ for - */
  name: sqlName().optional(),
  /**
   * The role that services sign in with; it is no superuser and owns the main database and those that no service has for
   * itself (`services.*.database`). @default - the main database's name
   */
  user: sqlName().optional(),
  /** Further databases on the same server. @default [] */
  databases: list(sqlName(), "database names").default([]),
  /** Extensions to create in the main database. @default [] */
  extensions: list(extensionName(), "extension names").default([]),
  /** Memory of the PostgreSQL container of tier mvp in MiB. @default - a quarter of the instance's memory, at least 256 */
  memoryMiB: wholeNumber(256, 65536, "MiB").optional(),
  /** Upper limit of connections on tier mvp; RDS has one that follows from its memory. @default 100 */
  maxConnections: wholeNumber(20, 5000, "connections").default(100),
  /** The secret that holds the role's password, handed to services as an environment variable. @default "DB_PASSWORD" */
  passwordSecret: secretName().default("DB_PASSWORD"),
  /**
   * With mode "external": the secret that holds the connection URL, handed to services as an environment variable.
   * @default - none
   */
  urlSecret: secretName().optional(),
});

/** The app's cache or queue. */
export const cache = z.strictObject({
  /** "own" is one that the stack runs: a container on tier mvp, `elasticache` on tier growth. @default "none" */
  mode: oneOf(["own", "none"]).default("none"),
  /** The server. @default "valkey" */
  engine: oneOf(["valkey", "redis"]).default("valkey"),
  /**
   * Version line of the server on tier mvp: valkey 8.1, redis 7.2 or 8.2. ElastiCache has lines of its own: valkey 8.1, and
   * redis 7.1.
   * @default - the newest of the engine
   */
  version: oneOf(["8.1", "7.2", "8.2"]).optional(),
  /** "cache" evicts the least recently used keys; "queue" never evicts and keeps its data on disk. @default "cache" */
  use: oneOf(["cache", "queue"]).default("cache"),
  /** Memory for data of the container of tier mvp in MiB; it gets a quarter more. @default 256 */
  maxMemoryMiB: wholeNumber(16, 65536, "MiB").default(256),
});

/** Backups of the databases to S3. */
export const backup = z.strictObject({
  /** Time of the daily dump, UTC. @default "02:00" */
  dailyAt: timeOfDay().default("02:00"),
  /** Days after which an older version of a dump goes. @default 30 */
  noncurrentDays: wholeNumber(1, 3650, "days").default(30),
  /** Newest older versions that stay whatever their age. @default 7 */
  keepNoncurrent: wholeNumber(1, 100, "versions").default(7),
  /** Hours without a verified dump until the alarm rings; more than the day between two dumps. @default 26 */
  maxAgeHours: wholeNumber(25, 168, "hours").default(26),
  /** Days without a successful restore drill until the alarm rings; more than the day between two drills. @default 8 */
  drillMaxAgeDays: wholeNumber(2, 90, "days").default(8),
});

/** A value that must not stand in code, plan or state. */
export const secret = guided(
  z.strictObject({
    /** Random bytes of a generated value. @default 32 */
    bytes: wholeNumber(16, 128, "bytes").default(32),
    /** How the bytes are written. @default "base64url" */
    encoding: oneOf(["base64", "base64url", "hex"]).default("base64url"),
    /** "generated" on first use, or "provided" by a person. @default "generated" */
    source: oneOf(["generated", "provided"]).default("generated"),
    /** AWS service that keeps it on tier mvp; tier growth has Secrets Manager. @default "ssm" (Parameter Store SecureString) */
    store: oneOf(["ssm", "secrets-manager"]).default("ssm"),
    /** Whether the value must travel along when the app moves to another tier. @default false */
    carry: flag().default(false),
  }),
  "an object with bytes, encoding, source, store, carry, or {} for the defaults",
  "never write the value itself: it is generated, or a person provides it later",
);

/** The app's own image repositories. */
export const registry = z.strictObject({
  /** Released images kept per repository, the newest ones; a release tags its image `released-<tag>`. @default 10 */
  keep: wholeNumber(2, 1000, "images").default(10),
  /** Whether images are scanned when they are pushed. @default true */
  scanOnPush: flag().default(true),
});

/** The name of an S3 bucket. */
export const bucketName = () =>
  text(
    /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and dashes",
    "copy the bucket's name, without s3://",
  );

/** A key of KMS. */
export const kmsKey = () =>
  text(
    /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/\S+|alias\/[\w/-]+|(mrk-)?[0-9a-f-]{32,36})$/,
    "a KMS key id, alias or ARN",
    "copy it from the KMS console",
  );

/** Where Terraform keeps its state. */
export const state = z.strictObject({
  /** "local" beside the project, or "s3" with native locking. @default "local" */
  backend: oneOf(["local", "s3"]).default("local"),
  /** Bucket of the state. @default - none; required for "s3" */
  bucket: bucketName().optional(),
  /** Region of the bucket. @default - the app's region */
  region: awsRegion().optional(),
  /** KMS key that encrypts the state. @default - the bucket's own encryption (SSE-S3) */
  kmsKeyId: kmsKey().optional(),
});

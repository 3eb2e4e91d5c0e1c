import { z } from "zod";
import { flag, guided, oneOf, safety, text, wholeNumber } from "../fields";

/** Aurora counts its capacity in halves of a unit. Source: Aurora User Guide, "Aurora Serverless v2 capacity". */
const capacityUnits = (least: number) =>
  guided(
    z.number().min(least).max(256).multipleOf(0.5),
    `a number from ${least} to 256 in steps of 0.5 (Aurora capacity units)`,
    "one unit is about 2 GiB of memory",
  );

/** The database of tier growth: RDS for PostgreSQL, or Aurora Serverless v2. */
export const rds = z.strictObject({
  /** "postgres" is one RDS instance, "aurora-postgresql" an Aurora Serverless v2 cluster. @default "postgres" */
  engine: oneOf(["postgres", "aurora-postgresql"]).default("postgres"),
  /** Class of the RDS instance. A Terraform variable has it as its default. @default "db.t4g.micro" */
  instanceClass: text(
    /^db\.[a-z][a-z0-9]*\.(micro|small|medium|large|\d*xlarge)$/,
    `an RDS instance class such as "db.t4g.micro"`,
    "take it from the RDS price list",
  ).default("db.t4g.micro"),
  /** Storage at the start, GiB. @default 20 */
  storageGiB: wholeNumber(20, 65536, "GiB").default(20),
  /** Storage up to which RDS grows by itself, GiB. @default 100 */
  maxStorageGiB: wholeNumber(20, 65536, "GiB").default(100),
  /** Kind of storage. @default "gp3" */
  storageType: oneOf(["gp3", "gp2"]).default("gp3"),
  /** Capacity of an Aurora cluster in Aurora capacity units. @default - 0.5 to 2 units */
  capacity: z
    .strictObject({
      /** Units that are always there; 0 with `autoPauseSeconds` only. @default 0.5 */
      min: capacityUnits(0).default(0.5),
      /** Most units. @default 2 */
      max: capacityUnits(1).default(2),
      /**
       * Seconds without a connection after which the cluster stops; the next connection waits about 15 seconds. A service
       * that keeps connections open never lets it. @default - never
       */
      autoPauseSeconds: wholeNumber(300, 86400, "seconds").optional(),
    })
    .prefault({}),
  /** Whether a standby waits in another zone. A Terraform variable has it as its default. @default false */
  multiAz: flag().default(false),
  /** Read replicas, in Aurora readers. A Terraform variable has the number as its default. @default 0 */
  readReplicas: wholeNumber(0, 5, "replicas").default(0),
  /** Days that AWS keeps automatic backups, for restores to any second. @default 7 */
  backupDays: wholeNumber(1, 35, "days").default(7),
  /** Whether the storage is encrypted. It cannot be turned on later. @default true */
  encrypted: safety().default(true),
  /** Zone letter of a database without standby. @default - AWS chooses one of the network's */
  zone: text(/^[a-f]$/, `a zone letter from "a" to "f"`, "use the last letter of the zone's name").optional(),
});

/** The cache or queue of tier growth. */
export const elasticache = z.strictObject({
  /** Type of its nodes. A Terraform variable has it as its default. @default "cache.t4g.micro" */
  nodeType: text(
    /^cache\.[a-z][a-z0-9]*\.(micro|small|medium|large|\d*xlarge)$/,
    `an ElastiCache node type such as "cache.t4g.micro"`,
    "take it from the ElastiCache price list",
  ).default("cache.t4g.micro"),
  /** Replicas in other zones that take over; a Terraform variable has the number as its default. @default 0 */
  replicas: wholeNumber(0, 5, "replicas").default(0),
  /** Days that daily snapshots are kept; 0 takes none. @default 1 */
  snapshotDays: wholeNumber(0, 35, "days").default(1),
  /** Whether connections are encrypted. It cannot be turned on later without replacing the cache. @default true */
  tls: safety().default(true),
});

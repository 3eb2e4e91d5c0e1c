import { z } from "zod";
import { scaling } from "./fargate";
import {
  absolutePath,
  byName,
  command,
  envName,
  envValue,
  flag,
  guided,
  kebab,
  list,
  oneOf,
  publicHostName,
  relativePath,
  safety,
  secretName,
  serviceName,
  sqlName,
  text,
  timeOfDay,
  wholeNumber,
} from "../fields";

/** How an image of the app is built from source. */
const imageBuild = z.strictObject({
  /** Folder that is sent to the builder, relative to the app's repository. @default "." */
  context: relativePath().default("."),
  /** Dockerfile, relative to the app's repository. @default "Dockerfile" */
  dockerfile: relativePath().default("Dockerfile"),
  /** Build stage to stop at. @default - the last stage */
  target: text(/^[A-Za-z0-9._-]+$/, "the name of a build stage", "copy the name after AS in the Dockerfile").optional(),
});

const REFERENCE = /^[a-z0-9][a-z0-9._/:-]*[a-z0-9](:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

/** Where a service's image comes from: built into this app's own registry, or someone else's by reference. */
const image = guided(
  z.union([
    z.strictObject({
      /** Build it from source; the stack makes an ECR repository for it. */
      build: imageBuild,
    }),
    z.strictObject({
      /** A complete image reference with a tag or, better, a digest. */
      reference: text(
        REFERENCE,
        `an image reference such as "ghcr.io/acme/api:1.4.2"`,
        "write it as docker pull takes it",
      ),
    }),
  ]),
  `{ build: { context, dockerfile, target } } or { reference: "<registry>/<repository>:<tag>" }`,
  "give exactly one of build and reference",
);

const requestPath = () => text(/^\/\S*$/, `a path such as "/health"`, "start it with /");

/** How to see that a service works. */
export const healthCheck = z.strictObject({
  /** Path on the service's port that answers 2xx when the service can take traffic. @default "/health" */
  path: requestPath().default("/health"),
  /** Command run inside the container instead of a request to `path`; exit 0 means healthy. @default - a request to `path` */
  command: command().optional(),
  /** Seconds between two checks. @default 30 */
  intervalSeconds: wholeNumber(5, 300, "seconds").default(30),
  /** Seconds until a check counts as failed. @default 5 */
  timeoutSeconds: wholeNumber(2, 120, "seconds").default(5),
  /** Failed checks in a row until the service counts as unhealthy. @default 3 */
  retries: wholeNumber(1, 10, "checks").default(3),
  /** Seconds after start in which failures do not count. @default 60 */
  graceSeconds: wholeNumber(0, 600, "seconds").default(60),
});

const route = z.strictObject({
  /** Public DNS names that lead to this service, or "*" for every name and the bare address; at least one. */
  hosts: list(publicHostName(), "DNS names", 1),
  /** Path patterns under these hosts, most specific wins. @default ["/*"] */
  paths: list(
    text(/^\/[^\s*]*\*?$/, `a path pattern such as "/api/*"`, "start with /, end with * to match below it"),
    "path patterns",
    1,
  ).default(["/*"]),
});

const volume = z.strictObject({
  /** Folder on the data volume, kept when the container is replaced. */
  name: kebab(1, 30),
  /** Where the container sees it. */
  path: absolutePath(),
});

/** Most bytes of one configuration file. */
const MOST_FILE_BYTES = 65536;

const fileContent = () =>
  guided(
    z.string().refine((content) => Buffer.byteLength(content) <= MOST_FILE_BYTES && !content.includes("\0")),
    `a text of up to ${MOST_FILE_BYTES / 1024} KiB`,
    "put larger files and binary ones into the image",
  );

/** Requests that show that a service reaches what it is connected to. */
const smoke = z.strictObject({
  /** Path on the service's port that answers 2xx only when the service has used its database. @default - not asked */
  database: requestPath().optional(),
  /** Path on the service's port that answers 2xx only when the service has used its cache. @default - not asked */
  cache: requestPath().optional(),
});

/** One container of the app that runs all the time. */
export const service = z.strictObject({
  /**
   * Whether the service exists. One that is off leaves nothing behind: no repository, parameter, container or log group, nor
   * the secrets that only it lists.
   * @default true
   */
  enabled: flag().default(true),
  /** "web" answers requests on a port, "worker" does not. @default "web" */
  kind: oneOf(["web", "worker"]).default("web"),
  /** Where the image comes from. */
  image,
  /** Port that the process listens on inside its container. @default - none; required for kind "web" */
  port: wholeNumber(1, 65535, "TCP port").optional(),
  /**
   * Port of the host that leads to `port` without the proxy, open to `ingress.directCidrs` only.
   * @default - none: reachable through the proxy only
   */
  hostPort: wholeNumber(1, 65535, "TCP port").optional(),
  /** How to see that the service works. @default - GET /health on `port` for web, none for workers */
  healthCheck: healthCheck.optional(),
  /** Which public requests lead here. @default - none: only other services reach it */
  route: route.optional(),
  /** Plain settings, not secrets. @default {} */
  env: byName(envName(), envValue(), "environment variables").default({}),
  /** Names of entries of `secrets` that the service gets as environment variables. @default [] */
  secrets: list(secretName(), "names of secrets").default([]),
  /**
   * Further names of variables that the service gets, for an image that has names of its own:
   * `{ POSTGRESQL_CONNECTION_URI: "DATABASE_URL" }`.
   * @default {}
   */
  aliases: byName(
    envName(),
    text(/^[A-Z][A-Z0-9_]{0,63}$/, "the name of a variable that the service gets", "write it as the service gets it"),
    "names of variables",
    "further name",
  ).default({}),
  /**
   * Small read-only configuration files by their path in the container, each up to 64 KiB. They lie readable for everyone
   * on the host and in the state: nothing secret belongs into them.
   * @default {}
   */
  files: byName(absolutePath(), fileContent(), "texts of files", "path").default({}),
  /** Requests that show that the service reaches its database and its cache. @default - none */
  smoke: smoke.prefault({}),
  /**
   * What the service gets the connection settings of (DB_HOST, DATABASE_URL, REDIS_URL and so on): [] for a service that
   * needs neither, such as a frontend that only calls an API.
   * @default - the database and the cache, as far as the app has them
   */
  connects: list(oneOf(["database", "cache"]), "connections", 0, 2).optional(),
  /**
   * One of `database.databases` for this service: it then belongs to a role of its own, which is called like it and reaches
   * no other database. Choose it before the database holds tables: those stay with the role that has made them.
   * @default - the main database
   */
  database: sqlName().optional(),
  /** Services, "database" or "cache" that must be healthy before this one starts. @default [] */
  dependsOn: list(
    serviceName(`the name of a service of the app, "database" or "cache"`),
    `names of services, "database" or "cache"`,
  ).default([]),
  /** CPU limit in units of 1/1024 of a vCPU. @default 512 */
  cpu: wholeNumber(64, 16384, "units of 1/1024 vCPU").default(512),
  /** Memory limit in MiB. @default 512 */
  memoryMiB: wholeNumber(32, 122880, "MiB").default(512),
  /** Command instead of the image's own. @default - the image's own */
  command: command().optional(),
  /** User and group the process runs as; never root. @default "10001:10001" */
  user: text(
    /^(?!0(:|$))[1-9]\d{0,5}(:[1-9]\d{0,5})?$/,
    `numbers such as "1000:1000", never 0`,
    "use the image's own unprivileged user",
  ).default("10001:10001"),
  /** Whether the container's root file system is read-only. @default true */
  readOnlyRoot: safety().default(true),
  /** Writable folders in memory. @default ["/tmp"] */
  tmpfs: list(absolutePath(), "absolute paths").default(["/tmp"]),
  /** Writable folders in memory that programs may run from, for images that unpack native libraries. @default [] */
  execTmpfs: list(absolutePath(), "absolute paths").default([]),
  /** Folders kept on the data volume. @default [] */
  volumes: list(volume, "{ name, path }").default([]),
  /**
   * Tasks that tier growth runs; on tier mvp a service is one container. A Terraform variable has the number as its default.
   * @default - 2 for kind "web", 1 for workers
   */
  count: wholeNumber(0, 1000, "tasks").optional(),
  /** How many tasks tier growth runs by load, instead of a fixed number. @default - `count` */
  scaling: scaling.optional(),
  /** Share of its tasks that tier growth runs on Fargate Spot, which AWS may stop at two minutes' notice. @default 0 */
  spotPercent: wholeNumber(0, 100, "per cent").default(0),
  /** Seconds between the stop signal and the kill. @default 30 */
  stopGraceSeconds: wholeNumber(1, 120, "seconds").default(30),
});

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** When a scheduled job runs, in UTC. */
const schedule = guided(
  z.union([
    z.strictObject({
      /** Minutes from one start to the next. */
      everyMinutes: wholeNumber(1, 1440, "minutes"),
    }),
    z.strictObject({
      /** Time of day, UTC. */
      dailyAt: timeOfDay(),
    }),
    z.strictObject({
      /** Day of the week. */
      weeklyOn: oneOf(WEEKDAYS),
      /** Time of that day, UTC. */
      at: timeOfDay(),
    }),
  ]),
  `{ everyMinutes: 1 to 1440 }, { dailyAt: "02:30" } or { weeklyOn: "sunday", at: "02:30" }, in UTC`,
  "choose one of the three forms",
);

/** A command that runs to its end with a service's image: by hand, at each release, once, or on a schedule. */
export const job = z.strictObject({
  /** The service whose image, settings and secrets the job uses. */
  service: serviceName(),
  /** The command; it must be safe to run twice. */
  command: command(),
  /**
   * "manual", "deploy" (at each release, before the services start), "once" (after the services of the first release are
   * well, and at further releases until it has succeeded) or { schedule }.
   * @default "manual"
   */
  when: guided(
    z.union([
      z.literal("manual"),
      z.literal("deploy"),
      z.literal("once"),
      z.strictObject({
        /** When it runs by itself. */
        schedule,
      }),
    ]),
    `"manual" | "deploy" | "once" | { schedule: { everyMinutes } | { dailyAt } | { weeklyOn, at } }`,
    "choose one of these forms",
  ).default("manual"),
  /** Seconds until the job is stopped and counts as failed. @default 900 */
  timeoutSeconds: wholeNumber(10, 86400, "seconds").default(900),
  /** Settings on top of the service's. @default {} */
  env: byName(envName(), envValue(), "environment variables").default({}),
  /** Names of entries of `secrets` that the job gets besides its service's. @default [] */
  secrets: list(secretName(), "names of secrets").default([]),
  /**
   * With `when: "once"`: name of the file in the app's folder on the host that appears when the job has succeeded.
   * @default - ".<job>-done"
   */
  marker: text(
    /^\.[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
    `the name of a hidden file such as ".admin-initialized"`,
    "write a dot, then letters, digits, _ and -",
  ).optional(),
});

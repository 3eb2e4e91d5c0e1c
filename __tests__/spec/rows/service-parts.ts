import type { Row } from "./row";

const api = (fields: object): object => ({ services: { api: fields } });
const worker = (fields: object): object => ({ services: { worker: fields } });
const migrate = (fields: object): object => ({ jobs: { migrate: fields } });

const ADVICE = "name a variable that the service gets, or connect the service to what sets it";
const KNOWN = [
  "DB_HOST",
  "DB_PORT",
  "DB_NAME",
  "DB_USER",
  "DATABASE_URL",
  "CACHE_URL",
  "REDIS_URL",
  "REDIS_HOST",
  "REDIS_PORT",
]
  .concat(["JWT_SECRET", "DB_PASSWORD"])
  .map((name) => `"${name}"`)
  .join(" | ");

/** Services that are off, further names, configuration files, smoke requests; jobs that run once, with secrets of their own. */
export const SERVICE_PART_ROWS: readonly Row[] = [
  {
    name: "switch as a text",
    patch: api({ enabled: "no" }),
    lines: [`shop-mvp: services.api.enabled is "no"; allowed: true | false; set true or false, without quotes`],
  },
  {
    name: "service that needs one that is off",
    rule: "needed-services-are-on",
    patch: {
      services: { search: { enabled: false, image: { build: {} }, port: 1 }, worker: { dependsOn: ["search"] } },
    },
    lines: [
      `shop-mvp: services.worker.dependsOn[0] is "search"; allowed: a service that is on; services.search.enabled is false; turn search on, or remove what needs it`,
    ],
  },
  {
    name: "job of a service that is off",
    rule: "needed-services-are-on",
    patch: api({ enabled: false }),
    lines: [
      `shop-mvp: jobs.migrate.service is "api"; allowed: a service that is on; services.api.enabled is false; turn api on, or remove what needs it`,
    ],
  },
  {
    name: "further names in a list",
    patch: api({ aliases: ["PG_URL"] }),
    lines: [
      "shop-mvp: services.api.aliases is a list of 1 (not shown); allowed: names of variables by further name; write it in braces, each with its further name in front",
    ],
  },
  {
    name: "value in place of a variable's name",
    patch: api({ aliases: { API_KEYS: "hunter2-hunter2" } }),
    lines: [
      "shop-mvp: services.api.aliases.API_KEYS is a text (not shown); allowed: the name of a variable that the service gets; write it as the service gets it",
    ],
  },
  {
    name: "further name of a variable that the service does not get",
    rule: "alias-variables-exist",
    patch: api({ aliases: { PG_URL: "POSTGRES" } }),
    lines: [`shop-mvp: services.api.aliases.PG_URL is "POSTGRES"; allowed: ${KNOWN}; ${ADVICE}`],
  },
  {
    name: "further name of a further name",
    rule: "alias-variables-exist",
    patch: worker({ connects: ["cache"], aliases: { QUEUE: "REDIS_URL", BROKER: "QUEUE" } }),
    lines: [
      `shop-mvp: services.worker.aliases.BROKER is "QUEUE"; allowed: "CACHE_URL" | "REDIS_URL" | "REDIS_HOST" | "REDIS_PORT"; ${ADVICE}`,
    ],
  },
  {
    name: "further name that hides a variable of the stack",
    rule: "aliases-hide-nothing",
    patch: api({ aliases: { DB_HOST: "REDIS_HOST" } }),
    lines: [
      `shop-mvp: services.api.aliases.DB_HOST is named "DB_HOST"; allowed: a name that no other variable of the service has; choose another name, or remove the variable that has it`,
    ],
  },
  {
    name: "setting of a job that hides a further name",
    rule: "aliases-hide-nothing",
    patch: { ...api({ aliases: { PG_URL: "DATABASE_URL" } }), ...migrate({ env: { PG_URL: "x" } }) },
    lines: [
      `shop-mvp: jobs.migrate.env.PG_URL is named "PG_URL"; allowed: a name that no other variable of the service has; remove it, or the alias of services.api`,
    ],
  },
  {
    name: "files in a list",
    patch: api({ files: ["/etc/app"] }),
    lines: [
      "shop-mvp: services.api.files is a list of 1 (not shown); allowed: texts of files by path; write it in braces, each with its path in front",
    ],
  },
  {
    name: "file without a path",
    patch: api({ files: { settings: "x" } }),
    lines: [
      `shop-mvp: services.api.files.settings is named "settings"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "file of 65 KiB",
    patch: api({ files: { "/etc/app": "hunter2 ".repeat(65 * 128) } }),
    lines: [
      "shop-mvp: services.api.files./etc/app is a text (not shown); allowed: a text of up to 64 KiB; put larger files and binary ones into the image",
    ],
  },
  {
    name: "file above a volume",
    rule: "files-apart",
    patch: api({ files: { "/srv": "x" }, volumes: [{ name: "uploads", path: "/srv/uploads" }] }),
    lines: [
      `shop-mvp: services.api.files./srv is named "/srv"; allowed: a path at and below which the service has no other file, volume or tmpfs; choose another path`,
    ],
  },
  {
    name: "file in place of a folder in memory",
    rule: "files-apart",
    patch: api({ files: { "/tmp": "x" } }),
    lines: [
      `shop-mvp: services.api.files./tmp is named "/tmp"; allowed: a path at and below which the service has no other file, volume or tmpfs; choose another path`,
    ],
  },
  {
    name: "folder in memory for programs as a text",
    patch: api({ execTmpfs: "/native" }),
    lines: [
      `shop-mvp: services.api.execTmpfs is "/native"; allowed: a list of up to 64 absolute paths; write it in square brackets`,
    ],
  },
  {
    name: "folder in memory for programs without a path",
    patch: api({ execTmpfs: ["native"] }),
    lines: [
      `shop-mvp: services.api.execTmpfs[0] is "native"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "one smoke request for everything",
    patch: api({ smoke: "/ready" }),
    lines: [
      `shop-mvp: services.api.smoke is "/ready"; allowed: an object with database, cache; write it in braces with these fields`,
    ],
  },
  {
    name: "smoke request without a slash",
    patch: api({ smoke: { database: "ready", cache: "ready" } }),
    lines: [
      `shop-mvp: services.api.smoke.database is "ready"; allowed: a path such as "/health"; start it with /`,
      `shop-mvp: services.api.smoke.cache is "ready"; allowed: a path such as "/health"; start it with /`,
    ],
  },
  {
    name: "smoke request to a worker",
    rule: "smoke-is-connected",
    patch: worker({ smoke: { cache: "/ready" } }),
    lines: [`shop-mvp: services.worker.smoke.cache is "/ready"; allowed: nothing while kind is "worker"; remove it`],
  },
  {
    name: "smoke request for a database that the service does not use",
    rule: "smoke-is-connected",
    patch: api({ connects: ["cache"], smoke: { database: "/ready" } }),
    lines: [
      `shop-mvp: services.api.smoke.database is "/ready"; allowed: nothing while the service has no database; remove it`,
    ],
  },
  {
    name: "value of a secret in place of its name, in a job",
    patch: migrate({ secrets: ["hunter2-hunter2-hunter2"] }),
    lines: [
      "shop-mvp: jobs.migrate.secrets[0] is a text (not shown); allowed: the name of a secret: upper-case letters, digits and underscores, up to 64; write its name, for example JWT_SECRET, never its value",
    ],
  },
  {
    name: "secrets of a job by name",
    patch: migrate({ secrets: { ADMIN_PASSWORD: true } }),
    lines: [
      "shop-mvp: jobs.migrate.secrets is an object (not shown); allowed: a list of up to 64 names of secrets; write it in square brackets",
    ],
  },
  {
    name: "secret of a job that its service has",
    rule: "job-secrets-are-new",
    patch: migrate({ secrets: ["JWT_SECRET"] }),
    lines: [
      `shop-mvp: jobs.migrate.secrets[0] is "JWT_SECRET"; allowed: a secret whose name no variable of services.api has; remove it: the job gets what its service gets`,
    ],
  },
  {
    name: "marker with a folder",
    patch: migrate({ when: "once", marker: "data/done" }),
    lines: [
      `shop-mvp: jobs.migrate.marker is "data/done"; allowed: the name of a hidden file such as ".admin-initialized"; write a dot, then letters, digits, _ and -`,
    ],
  },
  {
    name: "marker of a job that runs at each release",
    rule: "marker-needs-once",
    patch: migrate({ marker: ".migrated" }),
    lines: [
      `shop-mvp: jobs.migrate.marker is ".migrated"; allowed: nothing unless when is "once"; remove it, or set when: "once"`,
    ],
  },
  {
    name: "marker of another job",
    rule: "markers-free",
    patch: {
      jobs: {
        first: { service: "api", command: ["x"], when: "once" },
        second: { service: "api", command: ["x"], when: "once", marker: ".first-done" },
      },
    },
    lines: [
      `shop-mvp: jobs.second.marker is ".first-done"; allowed: a file that nothing else has; choose another: jobs.first has this one`,
    ],
  },
  {
    name: "marker of the host",
    rule: "markers-free",
    patch: migrate({ when: "once", marker: ".installed" }),
    lines: [
      `shop-mvp: jobs.migrate.marker is ".installed"; allowed: a file that nothing else has; choose another: the host has this one`,
    ],
  },
];

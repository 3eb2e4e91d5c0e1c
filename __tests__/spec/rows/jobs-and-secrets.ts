import type { Row } from "./row";

const migrate = (fields: object): object => ({ jobs: { migrate: fields } });

/** Jobs and secrets. */
export const JOB_AND_SECRET_ROWS: readonly Row[] = [
  {
    name: "job that is a command",
    patch: { jobs: { migrate: ["./migrate"] } },
    lines: [
      "shop-mvp: jobs.migrate is a list of 1; allowed: an object with service, command, when, timeoutSeconds, env, secrets, marker; write it in braces with these fields",
    ],
  },
  {
    name: "job name with a blank",
    patch: { jobs: { "clean up": { service: "api", command: ["x"] } } },
    lines: [
      `shop-mvp: jobs.clean up is named "clean up"; allowed: 1 to 30 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "job without a service",
    patch: migrate({ service: undefined }),
    lines: ["shop-mvp: jobs.migrate.service is missing; allowed: the name of a service of the app; add it"],
  },
  {
    name: "job of a service that does not exist",
    rule: "job-services-exist",
    patch: migrate({ service: "apii" }),
    lines: [`shop-mvp: jobs.migrate.service is "apii"; allowed: "api" | "worker"; did you mean "api"?`],
  },
  {
    name: "job named like a service",
    rule: "job-names-free",
    patch: { jobs: { api: { service: "api", command: ["x"] } } },
    lines: [
      `shop-mvp: jobs.api is named "api"; allowed: a name that no service has; rename it, for example to "api-job"`,
    ],
  },
  {
    name: "job without a command",
    patch: migrate({ command: [] }),
    lines: [
      `shop-mvp: jobs.migrate.command is an empty list; allowed: a list of the command and its arguments such as ["node", "migrate.js"]; write each word as a text of its own; no shell reads it`,
    ],
  },
  {
    name: "missing word in a command",
    patch: migrate({ command: [null] }),
    lines: [
      "shop-mvp: jobs.migrate.command[0] is null; allowed: a word of the command, not empty; write a text in quotes",
    ],
  },
  {
    name: "job at a time that does not exist",
    patch: migrate({ when: "nightly" }),
    lines: [
      `shop-mvp: jobs.migrate.when is "nightly"; allowed: "manual" | "deploy" | "once" | { schedule: { everyMinutes } | { dailyAt } | { weeklyOn, at } }; choose one of these forms`,
    ],
  },
  {
    name: "schedule of no form",
    patch: migrate({ when: { schedule: "0 2 * * *" } }),
    lines: [
      `shop-mvp: jobs.migrate.when.schedule is "0 2 * * *"; allowed: { everyMinutes: 1 to 1440 }, { dailyAt: "02:30" } or { weeklyOn: "sunday", at: "02:30" }, in UTC; choose one of the three forms`,
    ],
  },
  {
    name: "schedule of two forms",
    patch: migrate({ when: { schedule: { everyMinutes: 5, dailyAt: "02:00" } } }),
    lines: [
      `shop-mvp: jobs.migrate.when.schedule is an object; allowed: { everyMinutes: 1 to 1440 }, { dailyAt: "02:30" } or { weeklyOn: "sunday", at: "02:30" }, in UTC; choose one of the three forms`,
    ],
  },
  {
    name: "misspelt schedule",
    patch: migrate({ when: { shedule: { everyMinutes: 5 } } }),
    lines: [`shop-mvp: jobs.migrate.when.shedule is not a known field; allowed: schedule; did you mean "schedule"?`],
  },
  {
    name: "schedule every zero minutes",
    patch: migrate({ when: { schedule: { everyMinutes: 0 } } }),
    lines: [
      "shop-mvp: jobs.migrate.when.schedule.everyMinutes is 0; allowed: a whole number from 1 to 1440 (minutes); set a number in that range, without quotes",
    ],
  },
  {
    name: "schedule at half past",
    patch: migrate({ when: { schedule: { dailyAt: "2:30" } } }),
    lines: [
      `shop-mvp: jobs.migrate.when.schedule.dailyAt is "2:30"; allowed: a time of day in UTC such as "02:30"; write two digits, a colon, two digits`,
    ],
  },
  {
    name: "schedule on a day that does not exist",
    patch: migrate({ when: { schedule: { weeklyOn: "Sunday", at: "02:30" } } }),
    lines: [
      `shop-mvp: jobs.migrate.when.schedule.weeklyOn is "Sunday"; allowed: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday"; choose one of these`,
    ],
  },
  {
    name: "weekly schedule without a time",
    patch: migrate({ when: { schedule: { weeklyOn: "sunday" } } }),
    lines: [
      `shop-mvp: jobs.migrate.when.schedule.at is missing; allowed: a time of day in UTC such as "02:30"; add it`,
    ],
  },
  {
    name: "job of a second",
    patch: migrate({ timeoutSeconds: 1 }),
    lines: [
      "shop-mvp: jobs.migrate.timeoutSeconds is 1; allowed: a whole number from 10 to 86400 (seconds); set a number in that range, without quotes",
    ],
  },
  {
    name: "job longer than its interval",
    rule: "job-ends-before-next",
    patch: migrate({ when: { schedule: { everyMinutes: 5 } } }),
    lines: [
      "shop-mvp: jobs.migrate.timeoutSeconds is 900; allowed: up to 300 (seconds), because the job starts every 5 minutes; set a shorter limit, or start the job less often",
    ],
  },
  {
    name: "env of a job in a list",
    patch: migrate({ env: ["A=1"] }),
    lines: [
      "shop-mvp: jobs.migrate.env is a list of 1 (not shown); allowed: environment variables by name; write it in braces, each with its name in front",
    ],
  },
  {
    name: "env value of a job as true",
    patch: migrate({ env: { DRY_RUN: true } }),
    lines: [
      "shop-mvp: jobs.migrate.env.DRY_RUN is true or false (not shown); allowed: a text of up to 4096 characters; write it in quotes, numbers and true or false too",
    ],
  },
  {
    name: "value of a secret in the code",
    patch: { secrets: { JWT_SECRET: "hunter2-hunter2" } },
    lines: [
      "shop-mvp: secrets.JWT_SECRET is a text (not shown); allowed: an object with bytes, encoding, source, store, carry, or {} for the defaults; never write the value itself: it is generated, or a person provides it later",
    ],
  },
  {
    name: "secret name with a dash",
    patch: { secrets: { "JWT-SECRET": {} } },
    lines: [
      `shop-mvp: secrets.JWT-SECRET is named "JWT-SECRET"; allowed: upper-case letters, digits and underscores, up to 64; rename it, for example JWT_SECRET`,
    ],
  },
  {
    name: "secret of one byte",
    patch: { secrets: { JWT_SECRET: { bytes: 1 } } },
    lines: [
      "shop-mvp: secrets.JWT_SECRET.bytes is 1; allowed: a whole number from 16 to 128 (bytes); set a number in that range, without quotes",
    ],
  },
  {
    name: "secret in an unknown encoding",
    patch: { secrets: { JWT_SECRET: { encoding: "base32" } } },
    lines: [
      `shop-mvp: secrets.JWT_SECRET.encoding is "base32"; allowed: "base64" | "base64url" | "hex"; choose one of these`,
    ],
  },
  {
    name: "secret from an unknown source",
    patch: { secrets: { JWT_SECRET: { source: "vault" } } },
    lines: [`shop-mvp: secrets.JWT_SECRET.source is "vault"; allowed: "generated" | "provided"; choose one of these`],
  },
  {
    name: "secret in an unknown store",
    patch: { secrets: { JWT_SECRET: { store: "SSM" } } },
    lines: [`shop-mvp: secrets.JWT_SECRET.store is "SSM"; allowed: "ssm" | "secrets-manager"; choose one of these`],
  },
  {
    name: "secret that may travel",
    patch: { secrets: { JWT_SECRET: { carry: "yes" } } },
    lines: [`shop-mvp: secrets.JWT_SECRET.carry is "yes"; allowed: true | false; set true or false, without quotes`],
  },
  {
    name: "secret that does not exist",
    rule: "secrets-exist",
    patch: { services: { api: { secrets: ["JWT_SECERT"] } } },
    lines: [
      `shop-mvp: services.api.secrets[0] is "JWT_SECERT"; allowed: "JWT_SECRET" | "DB_PASSWORD"; did you mean "JWT_SECRET"?`,
    ],
  },
  {
    name: "secret that nothing resembles",
    rule: "secrets-exist",
    patch: { services: { api: { secrets: ["STRIPE_KEY"] } } },
    lines: [
      `shop-mvp: services.api.secrets[0] is "STRIPE_KEY"; allowed: "JWT_SECRET" | "DB_PASSWORD"; add STRIPE_KEY to secrets`,
    ],
  },
  {
    name: "superuser's password for a service",
    rule: "superuser-stays-in",
    patch: { services: { api: { secrets: ["POSTGRES_PASSWORD"] } } },
    lines: [
      `shop-mvp: services.api.secrets[0] is "POSTGRES_PASSWORD"; allowed: any secret but "POSTGRES_PASSWORD"; take another name: POSTGRES_PASSWORD belongs to the superuser, whom the stack keeps to itself`,
    ],
  },
  {
    name: "superuser's password for the role",
    rule: "superuser-stays-in",
    patch: { database: { passwordSecret: "POSTGRES_PASSWORD" } },
    lines: [
      `shop-mvp: database.passwordSecret is "POSTGRES_PASSWORD"; allowed: any secret but "POSTGRES_PASSWORD"; take another name: POSTGRES_PASSWORD belongs to the superuser, whom the stack keeps to itself`,
    ],
  },
  {
    name: "setting in place of a connection",
    rule: "settings-do-not-replace-connections",
    patch: { services: { worker: { env: { DB_HOST: "db" } } } },
    lines: [
      `shop-mvp: services.worker.env.DB_HOST is named "DB_HOST"; allowed: any name but DB_HOST, DB_PORT, DB_NAME, DB_USER, DATABASE_URL, CACHE_URL, REDIS_URL, REDIS_HOST, REDIS_PORT; remove it: the stack sets it; or take the connection away with connects`,
    ],
  },
  {
    name: "setting of a job in place of a connection",
    rule: "settings-do-not-replace-connections",
    patch: migrate({ env: { REDIS_URL: "redis://other" } }),
    lines: [
      `shop-mvp: jobs.migrate.env.REDIS_URL is named "REDIS_URL"; allowed: any name but DB_HOST, DB_PORT, DB_NAME, DB_USER, DATABASE_URL, CACHE_URL, REDIS_URL, REDIS_HOST, REDIS_PORT; remove it: the stack sets it; or take the connection away with connects`,
    ],
  },
  {
    name: "setting and secret of one name",
    rule: "settings-are-no-secrets",
    patch: { services: { api: { env: { JWT_SECRET: "x" } } } },
    lines: [
      `shop-mvp: services.api.env.JWT_SECRET is named "JWT_SECRET"; allowed: a name that is not among the service's secrets; keep it among the secrets and remove it here`,
    ],
  },
  {
    name: "database password as a setting",
    rule: "settings-are-no-secrets",
    patch: { services: { worker: { env: { DB_PASSWORD: "x" } } } },
    lines: [
      `shop-mvp: services.worker.env.DB_PASSWORD is named "DB_PASSWORD"; allowed: a name that is not among the service's secrets; keep it among the secrets and remove it here`,
    ],
  },
  {
    name: "secret named like a connection",
    rule: "secret-names-free",
    patch: { secrets: { DATABASE_URL: {} } },
    lines: [
      `shop-mvp: secrets.DATABASE_URL is named "DATABASE_URL"; allowed: any name but DB_HOST, DB_PORT, DB_NAME, DB_USER, DATABASE_URL, CACHE_URL, REDIS_URL, REDIS_HOST, REDIS_PORT; rename it: the stack sets this variable itself`,
    ],
  },
  {
    name: "password named like a connection",
    rule: "secret-names-free",
    patch: { database: { passwordSecret: "DB_USER" } },
    lines: [
      `shop-mvp: database.passwordSecret is "DB_USER"; allowed: any name but DB_HOST, DB_PORT, DB_NAME, DB_USER, DATABASE_URL, CACHE_URL, REDIS_URL, REDIS_HOST, REDIS_PORT; rename it: the stack sets this variable itself`,
    ],
  },
  {
    name: "database password that no URL takes",
    rule: "password-fits-url",
    patch: { secrets: { DB_PASSWORD: { encoding: "base64" } } },
    lines: [
      `shop-mvp: secrets.DB_PASSWORD.encoding is "base64"; allowed: "base64url" | "hex" for the database password; choose one of these: + and / would have to be escaped in a URL`,
    ],
  },
  {
    name: "length of a provided secret",
    rule: "provided-secret-has-no-form",
    patch: { secrets: { JWT_SECRET: { source: "provided" } } },
    lines: [
      `shop-mvp: secrets.JWT_SECRET.bytes is 64; allowed: nothing while source is "provided"; remove it: a person chooses the value`,
    ],
  },
];

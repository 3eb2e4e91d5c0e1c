import type { Row } from "./row";

const api = (fields: object): object => ({ services: { api: fields } });

/** Services: their names, images, ports and health checks. */
export const SERVICE_ROWS: readonly Row[] = [
  {
    name: "no service",
    rule: "services-present",
    patch: { services: { api: undefined, worker: undefined }, jobs: undefined },
    lines: ["shop-mvp: services is an empty object; allowed: at least one service by name; add a service"],
  },
  {
    name: "service that is no object",
    patch: { services: { api: "ghcr.io/acme/api" } },
    lines: [
      `shop-mvp: services.api is "ghcr.io/acme/api"; allowed: an object with enabled, kind, image, port, hostPort, healthCheck, route, env, secrets, aliases, files, smoke, connects, database, dependsOn, cpu, memoryMiB, command, user, readOnlyRoot, tmpfs, execTmpfs, volumes, count, scaling, spotPercent, stopGraceSeconds; write it in braces with these fields`,
    ],
  },
  {
    name: "service name with an underscore",
    patch: { services: { my_api: { image: { build: {} }, port: 1 } } },
    lines: [
      `shop-mvp: services.my_api is named "my_api"; allowed: 1 to 30 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "service named like a container of the stack",
    rule: "service-names-free",
    patch: { services: { cache: { image: { build: {} }, port: 1 } } },
    lines: [
      `shop-mvp: services.cache is named "cache"; allowed: any name but cache, caddy, database, db-init, nginx, postgres, proxy, redis, valkey and job-...; rename it, for example to "app-cache"`,
    ],
  },
  {
    name: "service named like a job's container",
    rule: "service-names-free",
    patch: { services: { "job-x": { image: { build: {} }, port: 1 } } },
    lines: [
      `shop-mvp: services.job-x is named "job-x"; allowed: any name but cache, caddy, database, db-init, nginx, postgres, proxy, redis, valkey and job-...; rename it, for example to "app-job-x"`,
    ],
  },
  {
    name: "misspelt field of a service",
    patch: api({ prot: 8080 }),
    lines: [
      `shop-mvp: services.api.prot is not a known field; allowed: enabled, kind, image, port, hostPort, healthCheck, route, env, secrets, aliases, files, smoke, connects, database, dependsOn, cpu, memoryMiB, command, user, readOnlyRoot, tmpfs, execTmpfs, volumes, count, scaling, spotPercent, stopGraceSeconds; did you mean "port"?`,
    ],
  },
  {
    name: "kind that does not exist",
    patch: api({ kind: "cron" }),
    lines: [`shop-mvp: services.api.kind is "cron"; allowed: "web" | "worker"; choose one of these`],
  },
  {
    name: "no image",
    patch: api({ image: undefined }),
    lines: [
      `shop-mvp: services.api.image is missing; allowed: { build: { context, dockerfile, target } } or { reference: "<registry>/<repository>:<tag>" }; add it`,
    ],
  },
  {
    name: "image of no form",
    patch: api({ image: { reference: undefined } }),
    lines: [
      `shop-mvp: services.api.image is an empty object; allowed: { build: { context, dockerfile, target } } or { reference: "<registry>/<repository>:<tag>" }; give exactly one of build and reference`,
    ],
  },
  {
    name: "image of both forms",
    patch: api({ image: { build: {} } }),
    lines: [
      `shop-mvp: services.api.image is an object; allowed: { build: { context, dockerfile, target } } or { reference: "<registry>/<repository>:<tag>" }; give exactly one of build and reference`,
    ],
  },
  {
    name: "image reference with capitals",
    patch: api({ image: { reference: "ghcr.io/Acme/API" } }),
    lines: [
      `shop-mvp: services.api.image.reference is "ghcr.io/Acme/API"; allowed: an image reference such as "ghcr.io/acme/api:1.4.2"; write it as docker pull takes it`,
    ],
  },
  {
    name: "build that is no object",
    patch: { services: { worker: { image: { build: "." } } } },
    lines: [
      `shop-mvp: services.worker.image.build is "."; allowed: an object with context, dockerfile, target; write it in braces with these fields`,
    ],
  },
  {
    name: "misspelt field of a build",
    patch: { services: { worker: { image: { build: { dockrfile: "x" } } } } },
    lines: [
      `shop-mvp: services.worker.image.build.dockrfile is not a known field; allowed: context, dockerfile, target; did you mean "dockerfile"?`,
    ],
  },
  {
    name: "build context outside the repository",
    patch: { services: { worker: { image: { build: { context: "../other" } } } } },
    lines: [
      `shop-mvp: services.worker.image.build.context is "../other"; allowed: a relative path such as "docker/Dockerfile", without ..; write it relative to the app's repository`,
    ],
  },
  {
    name: "Dockerfile by absolute path",
    patch: { services: { worker: { image: { build: { dockerfile: "/Dockerfile" } } } } },
    lines: [
      `shop-mvp: services.worker.image.build.dockerfile is "/Dockerfile"; allowed: a relative path such as "docker/Dockerfile", without ..; write it relative to the app's repository`,
    ],
  },
  {
    name: "build stage with a blank",
    patch: { services: { worker: { image: { build: { target: "the last" } } } } },
    lines: [
      `shop-mvp: services.worker.image.build.target is "the last"; allowed: the name of a build stage; copy the name after AS in the Dockerfile`,
    ],
  },
  {
    name: "port as a text",
    patch: api({ port: "8080" }),
    lines: [
      `shop-mvp: services.api.port is "8080"; allowed: a whole number from 1 to 65535 (TCP port); set a number in that range, without quotes`,
    ],
  },
  {
    name: "port out of range",
    patch: api({ port: 70000 }),
    lines: [
      "shop-mvp: services.api.port is 70000; allowed: a whole number from 1 to 65535 (TCP port); set a number in that range, without quotes",
    ],
  },
  {
    name: "web service without a port",
    rule: "web-has-port",
    patch: api({ port: undefined }),
    lines: [
      `shop-mvp: services.api.port is missing; allowed: a whole number from 1 to 65535 (TCP port); set the port that the process listens on, or kind: "worker"`,
    ],
  },
  {
    name: "worker with a port",
    rule: "worker-is-not-reached",
    patch: { services: { worker: { port: 9000 } } },
    lines: [
      `shop-mvp: services.worker.port is 9000; allowed: nothing while kind is "worker"; remove it, or set kind: "web"`,
    ],
  },
  {
    name: "worker with a route",
    rule: "worker-is-not-reached",
    patch: { services: { worker: { route: { hosts: ["w.example.com"] } } } },
    lines: [
      `shop-mvp: services.worker.route is an object; allowed: nothing while kind is "worker"; remove it, or set kind: "web"`,
    ],
  },
  {
    name: "host port of zero",
    patch: api({ hostPort: 0 }),
    lines: [
      "shop-mvp: services.api.hostPort is 0; allowed: a whole number from 1 to 65535 (TCP port); set a number in that range, without quotes",
    ],
  },
  {
    name: "health check that is a path",
    patch: api({ healthCheck: "/health" }),
    lines: [
      `shop-mvp: services.api.healthCheck is "/health"; allowed: an object with path, command, intervalSeconds, timeoutSeconds, retries, graceSeconds; write it in braces with these fields`,
    ],
  },
  {
    name: "health path without a slash",
    patch: api({ healthCheck: { path: "health" } }),
    lines: [`shop-mvp: services.api.healthCheck.path is "health"; allowed: a path such as "/health"; start it with /`],
  },
  {
    name: "health command as one text",
    patch: api({ healthCheck: { command: "pg_isready" } }),
    lines: [
      `shop-mvp: services.api.healthCheck.command is "pg_isready"; allowed: a list of the command and its arguments such as ["node", "migrate.js"]; write each word as a text of its own; no shell reads it`,
    ],
  },
  {
    name: "empty word in a health command",
    patch: api({ healthCheck: { command: [""] } }),
    lines: [
      `shop-mvp: services.api.healthCheck.command[0] is ""; allowed: a word of the command, not empty; write a text in quotes`,
    ],
  },
  {
    name: "health check every second",
    patch: api({ healthCheck: { intervalSeconds: 1 } }),
    lines: [
      "shop-mvp: services.api.healthCheck.intervalSeconds is 1; allowed: a whole number from 5 to 300 (seconds); set a number in that range, without quotes",
    ],
  },
  {
    name: "health check that may take minutes",
    patch: api({ healthCheck: { timeoutSeconds: 600 } }),
    lines: [
      "shop-mvp: services.api.healthCheck.timeoutSeconds is 600; allowed: a whole number from 2 to 120 (seconds); set a number in that range, without quotes",
    ],
  },
  {
    name: "health check without retries",
    patch: api({ healthCheck: { retries: 0 } }),
    lines: [
      "shop-mvp: services.api.healthCheck.retries is 0; allowed: a whole number from 1 to 10 (checks); set a number in that range, without quotes",
    ],
  },
  {
    name: "negative grace",
    patch: api({ healthCheck: { graceSeconds: -1 } }),
    lines: [
      "shop-mvp: services.api.healthCheck.graceSeconds is -1; allowed: a whole number from 0 to 600 (seconds); set a number in that range, without quotes",
    ],
  },
  {
    name: "health check longer than its interval",
    rule: "health-check-ends-in-time",
    patch: api({ healthCheck: { intervalSeconds: 10, timeoutSeconds: 10 } }),
    lines: [
      "shop-mvp: services.api.healthCheck.timeoutSeconds is 10; allowed: less than intervalSeconds, which is 10; shorten the timeout or lengthen the interval",
    ],
  },
  {
    name: "health check by path and command",
    rule: "one-kind-of-health-check",
    patch: api({ healthCheck: { path: "/", command: ["true"] } }),
    lines: [
      `shop-mvp: services.api.healthCheck.path is "/"; allowed: nothing beside healthCheck.command; keep one of path and command`,
    ],
  },
  {
    name: "worker with a health path",
    rule: "worker-health-is-command",
    patch: { services: { worker: { healthCheck: { path: "/" } } } },
    lines: [
      "shop-mvp: services.worker.healthCheck.command is missing; allowed: a list of the command and its arguments, because a worker has no port; give a command that exits with 0 when the worker is well, or remove healthCheck",
    ],
  },
];

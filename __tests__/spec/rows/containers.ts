import type { Row } from "./row";

const api = (fields: object): object => ({ services: { api: fields } });

/** Services: environment, dependencies, limits, file system. */
export const CONTAINER_ROWS: readonly Row[] = [
  {
    name: "env in a list",
    patch: api({ env: ["A=1"] }),
    lines: [
      "shop-mvp: services.api.env is a list of 1 (not shown); allowed: environment variables by name; write it in braces, each with its name in front",
    ],
  },
  {
    name: "env value as a number",
    patch: api({ env: { WORKERS: 4 } }),
    lines: [
      "shop-mvp: services.api.env.WORKERS is a number (not shown); allowed: a text of up to 4096 characters; write it in quotes, numbers and true or false too",
    ],
  },
  {
    name: "env name in lower case",
    patch: api({ env: { workers: "4" } }),
    lines: [
      `shop-mvp: services.api.env.workers is named "workers"; allowed: upper-case letters, digits and underscores, up to 64; rename it, for example JWT_SECRET`,
    ],
  },
  {
    name: "secrets by name",
    patch: api({ secrets: { JWT_SECRET: true } }),
    lines: [
      "shop-mvp: services.api.secrets is an object (not shown); allowed: a list of up to 64 names of secrets; write it in square brackets",
    ],
  },
  {
    name: "value of a secret in place of its name",
    patch: api({ secrets: ["hunter2-hunter2"] }),
    lines: [
      "shop-mvp: services.api.secrets[0] is a text (not shown); allowed: the name of a secret: upper-case letters, digits and underscores, up to 64; write its name, for example JWT_SECRET, never its value",
    ],
  },
  {
    name: "connections as a text",
    patch: api({ connects: "database" }),
    lines: [
      `shop-mvp: services.api.connects is "database"; allowed: a list of up to 2 connections; write it in square brackets`,
    ],
  },
  {
    name: "connection that does not exist",
    patch: api({ connects: ["queue"] }),
    lines: [`shop-mvp: services.api.connects[0] is "queue"; allowed: "database" | "cache"; choose one of these`],
  },
  {
    name: "dependencies as a text",
    patch: api({ dependsOn: "worker" }),
    lines: [
      `shop-mvp: services.api.dependsOn is "worker"; allowed: a list of up to 64 names of services, "database" or "cache"; write it in square brackets`,
    ],
  },
  {
    name: "dependency of a wrong form",
    patch: api({ dependsOn: ["The Worker"] }),
    lines: [
      `shop-mvp: services.api.dependsOn[0] is "The Worker"; allowed: the name of a service of the app, "database" or "cache"; write the name as it stands under services`,
    ],
  },
  {
    name: "dependency that does not exist",
    rule: "dependencies-exist",
    patch: api({ dependsOn: ["wroker"] }),
    lines: [
      `shop-mvp: services.api.dependsOn[0] is "wroker"; allowed: "worker" | "database" | "cache"; did you mean "worker"?`,
    ],
  },
  {
    name: "dependency on a database elsewhere",
    rule: "data-dependencies-run",
    patch: { database: { mode: "none" } },
    lines: [
      `shop-mvp: services.worker.dependsOn[0] is "database"; allowed: "database" only while database.mode is "own"; remove it, or set database.mode`,
    ],
  },
  {
    name: "service that waits for itself",
    rule: "no-dependency-cycle",
    patch: api({ dependsOn: ["api"] }),
    lines: [
      "shop-mvp: services.api.dependsOn is a cycle: api -> api; allowed: services that do not wait for each other in a circle; remove one of these dependencies",
    ],
  },
  {
    name: "services that wait for each other",
    rule: "no-dependency-cycle",
    patch: { services: { api: { dependsOn: ["worker"] }, worker: { dependsOn: ["api"] } } },
    lines: [
      "shop-mvp: services.api.dependsOn is a cycle: api -> worker -> api; allowed: services that do not wait for each other in a circle; remove one of these dependencies",
    ],
  },
  {
    name: "CPU of a fraction",
    patch: api({ cpu: 0.5 }),
    lines: [
      "shop-mvp: services.api.cpu is 0.5; allowed: a whole number from 64 to 16384 (units of 1/1024 vCPU); set a number in that range, without quotes",
    ],
  },
  {
    name: "memory in words",
    patch: api({ memoryMiB: "512m" }),
    lines: [
      `shop-mvp: services.api.memoryMiB is "512m"; allowed: a whole number from 32 to 122880 (MiB); set a number in that range, without quotes`,
    ],
  },
  {
    name: "command as one text",
    patch: api({ command: "npm start" }),
    lines: [
      `shop-mvp: services.api.command is "npm start"; allowed: a list of the command and its arguments such as ["node", "migrate.js"]; write each word as a text of its own; no shell reads it`,
    ],
  },
  {
    name: "number in a command",
    patch: api({ command: ["sleep", 5] }),
    lines: [
      "shop-mvp: services.api.command[1] is 5; allowed: a word of the command, not empty; write a text in quotes",
    ],
  },
  {
    name: "root as user",
    patch: api({ user: "0:0" }),
    lines: [
      `shop-mvp: services.api.user is "0:0"; allowed: numbers such as "1000:1000", never 0; use the image's own unprivileged user`,
    ],
  },
  {
    name: "writable root without a reason",
    patch: api({ readOnlyRoot: false }),
    lines: [
      `shop-mvp: services.api.readOnlyRoot is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
    ],
  },
  {
    name: "writable root with a reason of a wrong kind",
    patch: api({ readOnlyRoot: { off: true } }),
    lines: [
      "shop-mvp: services.api.readOnlyRoot.off is true; allowed: one sentence of 10 to 200 characters; say why this app does without the safety",
    ],
  },
  {
    name: "tmpfs as a text",
    patch: api({ tmpfs: "/tmp" }),
    lines: [
      `shop-mvp: services.api.tmpfs is "/tmp"; allowed: a list of up to 64 absolute paths; write it in square brackets`,
    ],
  },
  {
    name: "tmpfs by relative path",
    patch: api({ tmpfs: ["tmp"] }),
    lines: [
      `shop-mvp: services.api.tmpfs[0] is "tmp"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "tmpfs with . or .. as a part",
    patch: api({ tmpfs: ["/tmp/.", "/run/../etc", "/..", "/run/.cache..d"] }),
    lines: [
      `shop-mvp: services.api.tmpfs[0] is "/tmp/."; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
      `shop-mvp: services.api.tmpfs[1] is "/run/../etc"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
      `shop-mvp: services.api.tmpfs[2] is "/.."; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "volumes by name",
    patch: api({ volumes: { data: "/data" } }),
    lines: [
      "shop-mvp: services.api.volumes is an object; allowed: a list of up to 64 { name, path }; write it in square brackets",
    ],
  },
  {
    name: "volume in one text",
    patch: api({ volumes: ["data:/data"] }),
    lines: [
      `shop-mvp: services.api.volumes[0] is "data:/data"; allowed: an object with name, path; write it in braces with these fields`,
    ],
  },
  {
    name: "volume with wrong name and path",
    patch: api({ volumes: [{ name: "Data", path: "data" }] }),
    lines: [
      `shop-mvp: services.api.volumes[0].name is "Data"; allowed: 1 to 30 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
      `shop-mvp: services.api.volumes[0].path is "data"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "volume twice",
    rule: "volumes-apart",
    patch: api({
      volumes: [
        { name: "data", path: "/a" },
        { name: "data", path: "/b" },
      ],
    }),
    lines: [
      `shop-mvp: services.api.volumes[1].name is "data"; allowed: a name once per service; rename one of the two`,
    ],
  },
  {
    name: "volume where memory is",
    rule: "volumes-apart",
    patch: api({ volumes: [{ name: "data", path: "/tmp" }] }),
    lines: [
      `shop-mvp: services.api.volumes[0].path is "/tmp"; allowed: a path that no other volume and no tmpfs of the service has; choose another path`,
    ],
  },
  {
    name: "stop grace of an hour",
    patch: api({ stopGraceSeconds: 3600 }),
    lines: [
      "shop-mvp: services.api.stopGraceSeconds is 3600; allowed: a whole number from 1 to 120 (seconds); set a number in that range, without quotes",
    ],
  },
  {
    name: "CPU beyond the instance",
    rule: "cpu-fits",
    patch: api({ cpu: 4096 }),
    lines: [
      "shop-mvp: services.api.cpu is 4096; allowed: up to 2048, the 2 vCPUs of a t3.medium; lower it, or take a larger host.instanceType",
    ],
  },
];

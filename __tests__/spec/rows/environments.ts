import type { Row } from "./row";

const staging = (overrides: unknown): object => ({ environments: { staging: overrides } });

/** Further environments, and several mistakes at once. */
export const ENVIRONMENT_ROWS: readonly Row[] = [
  {
    name: "environments in a list",
    patch: { environments: ["staging"] },
    lines: [
      "shop-mvp: environments is a list of 1; allowed: environments by name; write it in braces, each with its name in front",
    ],
  },
  {
    name: "environment that is no object",
    patch: staging(true),
    lines: ["shop-mvp-staging: environments.staging is true; allowed: an object with what differs; write it in braces"],
  },
  {
    name: "environment with capitals",
    patch: { environments: { Staging: {} } },
    lines: [
      `shop-mvp-Staging: environments.Staging is named "Staging"; allowed: 2 to 12 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "environment of the app itself",
    patch: { environments: { production: {} } },
    lines: [
      `shop-mvp-production: environments.production is named "production"; allowed: a name other than the app's own environment; rename it, or write its values into the app itself`,
    ],
  },
  {
    name: "environment that renames the app",
    patch: staging({ name: "other" }),
    lines: [
      "shop-mvp-staging: environments.staging.name is not a known field; allowed: region, stacks, tags, protect, state, network, services, jobs, database, cache, ingress, dns, host, alb, ecs, rds, elasticache, registry, backup, secrets, observability, ci; remove it",
    ],
  },
  {
    name: "misspelt section in an environment",
    patch: staging({ hots: { spot: true } }),
    lines: [
      `shop-mvp-staging: environments.staging.hots is not a known field; allowed: region, stacks, tags, protect, state, network, services, jobs, database, cache, ingress, dns, host, alb, ecs, rds, elasticache, registry, backup, secrets, observability, ci; did you mean "host"?`,
    ],
  },
  {
    name: "wrong value in an environment",
    patch: staging({ services: { api: { port: "8080" } } }),
    lines: [
      `shop-mvp-staging: environments.staging.services.api.port is "8080"; allowed: a whole number from 1 to 65535 (TCP port); set a number in that range, without quotes`,
    ],
  },
  {
    name: "new service of an environment without an image",
    patch: staging({ services: { mail: { port: 25 } } }),
    lines: [
      `shop-mvp-staging: environments.staging.services.mail.image is missing; allowed: { build: { context, dockerfile, target } } or { reference: "<registry>/<repository>:<tag>" }; add it`,
    ],
  },
  {
    name: "instance of an environment that is too small",
    rule: "memory-fits",
    patch: staging({ host: { instanceType: "t3.micro" } }),
    lines: [
      `shop-mvp-staging: environments.staging.host.instanceType is "t3.micro" (1024 MiB); allowed: a type with at least 1984 MiB, which the containers and the system need together; take a larger type, or lower memoryMiB of services or the database`,
    ],
  },
  {
    name: "mistake of the app that its environment inherits",
    patch: { registry: { keep: 1 }, ...staging({ host: { instanceType: "t3.large" } }) },
    lines: [
      "shop-mvp: registry.keep is 1; allowed: a whole number from 2 to 1000 (images); set a number in that range, without quotes",
    ],
  },
  {
    name: "mistake of the app that its environment mends",
    patch: { registry: { keep: 1 }, ...staging({ registry: { keep: 2 } }) },
    lines: [
      "shop-mvp: registry.keep is 1; allowed: a whole number from 2 to 1000 (images); set a number in that range, without quotes",
    ],
  },
  {
    name: "mistakes in the app and in its environment",
    patch: { registry: { keep: 1 }, ...staging({ backup: { maxAgeHours: 1 } }) },
    lines: [
      "shop-mvp: registry.keep is 1; allowed: a whole number from 2 to 1000 (images); set a number in that range, without quotes",
      "shop-mvp-staging: environments.staging.backup.maxAgeHours is 1; allowed: a whole number from 25 to 168 (hours); set a number in that range, without quotes",
    ],
  },
  {
    name: "several mistakes at once",
    patch: {
      name: "Shop",
      services: { api: { port: 0, image: { reference: "" }, env: { KEY: 5 } } },
      host: { instanceTyp: "t3.small", spot: 1 },
      database: { major: 9 },
    },
    lines: [
      `app 1: name is "Shop"; allowed: 2 to 20 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
      `app 1: services.api.image.reference is ""; allowed: an image reference such as "ghcr.io/acme/api:1.4.2"; write it as docker pull takes it`,
      "app 1: services.api.port is 0; allowed: a whole number from 1 to 65535 (TCP port); set a number in that range, without quotes",
      "app 1: services.api.env.KEY is a number (not shown); allowed: a text of up to 4096 characters; write it in quotes, numbers and true or false too",
      "app 1: database.major is 9; allowed: a whole number from 13 to 18 (PostgreSQL major version); set a number in that range, without quotes",
      "app 1: host.spot is 1; allowed: true | false; set true or false, without quotes",
      `app 1: host.instanceTyp is not a known field; allowed: instanceType, os, spot, cpuCredits, rootGiB, dataGiB, snapshotsKept, appDir, keyName, sshCidrs; did you mean "instanceType"?`,
    ],
  },
];

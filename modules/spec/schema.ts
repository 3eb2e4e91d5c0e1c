import { z } from "zod";
import { awsRegion, byName, envName, kebab, safety, tags } from "./fields";
import { ci } from "./sections/ci";
import { backup, cache, database, registry, secret, state } from "./sections/data";
import { alb, ecs } from "./sections/fargate";
import { elasticache, rds } from "./sections/managed-data";
import { dns, host, ingress, network, observability, stackEntry } from "./sections/host";
import { job, service } from "./sections/service";

/** Tiers that exist. scale adds its name here and its sections below. */
export const TIERS = ["mvp", "growth"] as const;
export type Tier = (typeof TIERS)[number];

/** Every section of an app but its environments. */
export const appSections = {
  /** The app's name; part of every physical name. */
  name: kebab(2, 20),
  /** AWS region. */
  region: awsRegion(),
  /** Name of this environment. @default "production" */
  environment: kebab(2, 12).default("production"),
  /** Stacks of this app by tier. @default { mvp: {} } */
  stacks: z
    .strictObject({
      /** The one-instance tier. @default - not built */
      mvp: stackEntry.optional(),
      /** The tier on ECS Fargate, RDS and ElastiCache. @default - not built */
      growth: stackEntry.optional(),
    })
    .prefault({ mvp: {} }),
  /** Tags on every resource, besides Application, Environment, Tier and ManagedBy. @default {} */
  tags: tags().default({}),
  /** Whether data resources refuse to be destroyed. @default true */
  protect: safety().default(true),
  /** Where Terraform keeps its state. @default local */
  state: state.prefault({}),
  /** The network. @default - a VPC of its own */
  network: network.prefault({}),
  /** Containers that run all the time, by name. */
  services: byName(kebab(1, 30), service, "services"),
  /** Commands that run to their end, by name. @default {} */
  jobs: byName(kebab(1, 30), job, "jobs").default({}),
  /** PostgreSQL. @default - a container */
  database: database.prefault({}),
  /** Cache or queue. @default - none */
  cache: cache.prefault({}),
  /** How the public reaches the app. @default - Caddy with TLS */
  ingress: ingress.prefault({}),
  /** Public names. @default - none */
  dns: dns.prefault({}),
  /** The instance of the mvp tier. @default - a t3.medium with Ubuntu 24.04 */
  host: host.prefault({}),
  /** The load balancer of the growth tier. @default - HTTPS with a certificate of ACM */
  alb: alb.prefault({}),
  /** The containers of the growth tier. @default - x86_64 with Container Insights */
  ecs: ecs.prefault({}),
  /** The database of the growth tier. @default - a db.t4g.micro with 20 GiB */
  rds: rds.prefault({}),
  /** The cache of the growth tier. @default - a cache.t4g.micro */
  elasticache: elasticache.prefault({}),
  /** Image repositories. @default - keep 10, scan on push */
  registry: registry.prefault({}),
  /** Backups. @default - daily */
  backup: backup.prefault({}),
  /** Secrets by environment variable name. @default {} */
  secrets: byName(envName(), secret, "secrets").default({}),
  /** Logs, alarms, dashboard. @default - all on */
  observability: observability.prefault({}),
  /** Checks and releases by GitHub Actions. @default - none */
  ci: ci.optional(),
};

export const appSchema = z.strictObject(appSections);

/** The words that a report uses for the further environments of an app. */
export const environmentsOf = byName(kebab(2, 12), z.unknown(), "environments");

/** What an author writes. */
export type AppInput = Omit<z.input<typeof appSchema>, "stacks"> & {
  /** Stacks of this app by tier. @default { mvp: {} } */
  stacks?: StackEntries;

  /**
   * Further environments of the same app: each names what differs. Objects merge, lists and plain values replace.
   * @default {}
   */
  environments?: Record<string, EnvironmentOverrides>;
};

type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;
type EnvironmentOverrides = DeepPartial<Omit<z.input<typeof appSchema>, "name" | "environment" | "stacks">> & {
  stacks?: StackEntries;
};
type TierOverrides = DeepPartial<Omit<z.input<typeof appSchema>, "name" | "environment" | "stacks" | "state" | "ci">>;
type StackEntries = {
  [tier in Tier]?: Omit<z.input<typeof stackEntry>, "overrides"> & {
    /**
     * What the app says differently on this tier: objects merge, lists and plain values replace.
     * @default {}
     */
    overrides?: TierOverrides;
  };
};

/** An app of one environment with every default filled in. */
export type App = z.output<typeof appSchema>;
export type Service = App["services"][string];
export type Job = App["jobs"][string];
export type Secret = App["secrets"][string];

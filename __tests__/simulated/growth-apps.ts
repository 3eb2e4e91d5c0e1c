/** Apps on tier growth for simulated runs: a small one, and variants that between them use every option of the tier. */
import type { AppInput } from "../../modules/spec";

/** An app with everything at its default: nobody has created its DNS records yet. */
export const simple: AppInput = {
  name: "simple",
  region: "eu-central-1",
  stacks: { growth: { id: "simple" } },
  services: {
    api: {
      image: { reference: "ghcr.io/simple/api:1.0.0" },
      port: 8080,
      route: { hosts: ["api.simple.example.com"] },
    },
  },
  dns: { domain: "simple.example.com" },
};

/** Every option that can be on at the same time. */
export const whole: AppInput = {
  name: "whole",
  region: "eu-central-1",
  stacks: {
    growth: {
      id: "whole",
      names: { alarm_latency: "whole-is-slow" },
      outputAliases: { apiBaseUrl: "base_url" },
      overrides: { observability: { logDays: 60 } },
    },
  },
  tags: { Team: "platform" },
  network: { zones: ["a", "b", "c"], egress: "nat-instance", flowLogDays: 14 },
  services: {
    api: {
      image: { build: { context: "api" } },
      port: 8080,
      route: { hosts: ["whole.example.com"], paths: ["/api/*"] },
      secrets: ["JWT_SECRET", "LICENSE"],
      aliases: { QUEUE_URL: "REDIS_URL" },
      cpu: 1024,
      memoryMiB: 1024,
      scaling: { max: 6, requestsPerTask: 600 },
    },
    web: { image: { build: {} }, port: 3000, route: { hosts: ["whole.example.com"] }, connects: [], spotPercent: 50 },
    search: { image: { reference: "ghcr.io/whole/search:2" }, port: 9200, database: "search", count: 1 },
    worker: { kind: "worker", image: { build: { target: "worker" } }, command: ["worker", "--all"], spotPercent: 100 },
  },
  jobs: {
    migrate: { service: "api", command: ["migrate", "up"], when: "deploy" },
    report: { service: "api", command: ["report"], when: { schedule: { weeklyOn: "sunday", at: "04:30" } } },
    seed: { service: "api", command: ["seed"], when: "once", secrets: ["SEED_PASSWORD"] },
  },
  database: { databases: ["search"], extensions: ["pg_trgm"] },
  cache: { mode: "own", engine: "redis", use: "queue" },
  ingress: { origin: "cloudflare" },
  dns: { domain: "whole.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" },
  alb: { waf: {}, idleSeconds: 120 },
  ecs: { architecture: "arm64", insights: "enhanced", exec: true },
  rds: { engine: "aurora-postgresql", capacity: { max: 4 }, readReplicas: 1 },
  elasticache: { replicas: 1 },
  secrets: {
    JWT_SECRET: { bytes: 64, encoding: "base64", carry: true },
    LICENSE: { source: "provided" },
    SEED_PASSWORD: { encoding: "hex" },
  },
  observability: { emails: ["ops@example.com"], budgetUsd: 300 },
};

/** Cheapest: one public task, HTTP only, a database in one zone, nothing protected. */
export const proof: AppInput = {
  name: "proof",
  region: "eu-central-1",
  stacks: { growth: { id: "proof" } },
  protect: { off: "a proof of concept without data" },
  network: { egress: "public-tasks" },
  services: {
    django: {
      image: { build: {} },
      port: 8000,
      route: { hosts: ["*"] },
      cpu: 256,
      count: 1,
    },
  },
  ingress: { tls: { off: "a proof of concept without a domain" } },
  rds: { zone: "a", storageType: "gp2", backupDays: 1 },
  alb: { accessLogDays: 0 },
  ecs: { insights: "off" },
  registry: { keep: 5, scanOnPush: false },
  observability: { alarms: { off: "nobody is woken up for a proof" }, dashboard: false, logDays: 7 },
};

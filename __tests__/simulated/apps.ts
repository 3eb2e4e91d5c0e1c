/** Apps for simulated runs: a small one, and variants that between them use every option of the mvp tier. */
import type { AppInput } from "../../modules/spec";

/** A small app with everything at its default. */
export const small: AppInput = {
  name: "small",
  region: "eu-central-1",
  stacks: { mvp: { id: "small" } },
  services: { api: { image: { reference: "ghcr.io/small/api:1.0.0" }, port: 8080 } },
};

/** Every option of the mvp tier that can be on at the same time. */
export const full: AppInput = {
  name: "full",
  region: "eu-central-1",
  stacks: { mvp: { id: "full", names: { alarm_cpu: "full-high-cpu" }, outputAliases: { apiBaseUrl: "app_urls" } } },
  tags: { Team: "platform" },
  network: { cidr: "10.8.0.0/16", zones: ["a", "b"], flowLogDays: 14 },
  services: {
    api: {
      image: { build: { context: "api", dockerfile: "api/Dockerfile.prod", target: "api" } },
      port: 8080,
      hostPort: 18080,
      route: { hosts: ["full.example.com", "api.full.example.com"], paths: ["/api/*"] },
      secrets: ["JWT_SECRET", "LICENSE"],
      volumes: [{ name: "uploads", path: "/srv/uploads" }],
      aliases: { QUEUE_URL: "REDIS_URL" },
      files: { "/etc/full/settings.toml": 'theme = "${dark}"\n' },
      smoke: { database: "/ready/database" },
      readOnlyRoot: { off: "the report engine writes beside its code" },
    },
    web: { image: { build: {} }, port: 3000, route: { hosts: ["full.example.com"] }, dependsOn: ["api"] },
    worker: { kind: "worker", image: { build: { target: "worker" } }, command: ["worker", "--all"] },
  },
  jobs: {
    migrate: { service: "api", command: ["migrate", "up"], when: "deploy" },
    report: { service: "api", command: ["report"], when: { schedule: { weeklyOn: "sunday", at: "04:30" } } },
    seed: { service: "api", command: ["seed"], when: "once", secrets: ["SEED_PASSWORD"], marker: ".seed-planted" },
  },
  database: { databases: ["reports"], extensions: ["pg_trgm"] },
  cache: { mode: "own", engine: "redis", use: "queue" },
  ingress: { proxy: "nginx", acmeEmail: "ops@example.com", origin: "cloudflare", directCidrs: ["203.0.113.0/24"] },
  dns: { domain: "full.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" },
  host: {
    instanceType: "t4g.large",
    os: "amazon-linux-2023",
    snapshotsKept: 7,
    keyName: "full-key",
    sshCidrs: ["198.51.100.7/32"],
    cpuCredits: "standard",
  },
  secrets: {
    JWT_SECRET: { bytes: 64, encoding: "base64", carry: true },
    LICENSE: { source: "provided", store: "secrets-manager" },
    REPORT_KEY: {},
    SEED_PASSWORD: {},
  },
  observability: { emails: ["ops@example.com"], logDays: 90 },
};

/** Spot, no proxy, no database, unprotected, in a network that exists. */
export const lean: AppInput = {
  name: "lean",
  region: "eu-central-1",
  stacks: { mvp: { id: "lean" } },
  protect: { off: "a throw-away demonstration" },
  network: { existing: { vpcId: "vpc-0a1b2c3d4e5f60718", subnetId: "subnet-0a1b2c3d4e5f60718" } },
  services: { demo: { image: { reference: "ghcr.io/lean/demo:2.1.0" }, port: 8000, hostPort: 80 } },
  database: { mode: "none" },
  ingress: { proxy: "none", directCidrs: ["203.0.113.9/32"] },
  host: { instanceType: "t3a.medium", spot: true },
  observability: {
    alarms: { off: "nobody is woken up for a demonstration" },
    dashboard: false,
    logs: "local",
  },
};

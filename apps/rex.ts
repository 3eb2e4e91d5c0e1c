import { defineApp } from "../modules/spec";

/**
 * Who reaches the API's port, which speaks plain HTTP: nobody but these. The range is one that no one has (RFC 5737); write
 * those in that need it, or give them to a deploy as the Terraform variable `direct_cidrs`.
 */
const CLIENTS = ["203.0.113.0/24"];

/**
 * Rex: an API and a worker with PostgreSQL, a queue and the SuperTokens core that signs users in, all on one Spot instance.
 * Its stack is called "rex-all-in-one".
 *
 * The same services make up the system on other tiers; which of its stacks is deployed is the switch between them, and no
 * deploy of one takes another away.
 *
 * With a domain, a proxy takes the place of the open port: set `dns.domain`, `ingress: { proxy: "caddy" }` without
 * `directCidrs`, and at the API `route: { hosts: ["api.<domain>"] }` without `hostPort`.
 */
export const rex = defineApp({
  name: "rex",
  region: "ap-south-1",
  stacks: {
    mvp: {
      id: "rex-all-in-one",
      // What the system's scripts have always asked for. There is no load balancer: the name leads to the host itself.
      outputAliases: { allInOneInstanceId: "instance_id", apiBaseUrl: "base_url", albDnsName: "public_dns_name" },
    },
  },

  services: {
    // The core trusts whoever holds its key, so it has no port on the host and no route: only containers reach it.
    supertokens: {
      // The first line that runs without root and on a read-only root file system is 9.2.3.
      image: { reference: "registry.supertokens.io/supertokens/supertokens-postgresql:11.4.5" },
      port: 3567,
      // The image has neither wget nor curl.
      healthCheck: {
        command: [
          "bash",
          "-c",
          "exec 3<>/dev/tcp/127.0.0.1/3567 && " +
            "printf 'GET /hello HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q Hello <&3",
        ],
        graceSeconds: 120,
      },
      connects: ["database"],
      database: "supertokens",
      secrets: ["SUPERTOKENS_API_KEY"],
      aliases: { API_KEYS: "SUPERTOKENS_API_KEY", POSTGRESQL_CONNECTION_URI: "DATABASE_URL" },
      env: { DISABLE_TELEMETRY: "true" },
      user: "1000:1000",
      // Its configuration, and the native library that it unpacks at each start.
      execTmpfs: ["/lib/supertokens/temp"],
    },
    api: {
      image: { build: { dockerfile: "Dockerfile.prod", target: "api" } },
      port: 8080,
      hostPort: 8080,
      healthCheck: { path: "/health" },
      dependsOn: ["database", "cache", "supertokens"],
      env: { SUPERTOKENS_CONNECTION_URI: "http://supertokens:3567" },
      secrets: ["SUPERTOKENS_API_KEY"],
    },
    worker: {
      kind: "worker",
      image: { build: { dockerfile: "Dockerfile.prod", target: "worker" } },
      dependsOn: ["database", "cache"],
    },
    // For a system that serves its own pages: remove `enabled`. Port 80 is then open to the same clients.
    frontend: {
      enabled: false,
      image: { build: { dockerfile: "Dockerfile.prod", target: "frontend" } },
      port: 3000,
      hostPort: 80,
      healthCheck: { path: "/" },
      connects: [],
      dependsOn: ["api"],
      memoryMiB: 256,
    },
  },

  jobs: {
    migrate: { service: "api", command: ["/app/migrate", "up"], when: "deploy" },
    // The first administrator. The password is made by the host; `tiers secrets` says where it lies.
    "admin-init": {
      service: "api",
      command: ["/app/admin-init"],
      when: "once",
      marker: ".admin-initialized",
      env: { PLATFORM_ADMIN_EMAIL: "admin@platform.local" },
      secrets: ["PLATFORM_ADMIN_PASSWORD"],
    },
  },

  database: { name: "rex_backend", user: "rexadmin", databases: ["supertokens"] },
  cache: { mode: "own", use: "queue", maxMemoryMiB: 512 },
  secrets: {
    // The core takes letters, digits, "-" and "=" only.
    SUPERTOKENS_API_KEY: { encoding: "hex" },
    // The core keeps a hash of it in its database, so a new value would open nothing.
    PLATFORM_ADMIN_PASSWORD: { bytes: 18, carry: true },
  },

  network: { publicSubnets: ["10.0.0.0/24"] },
  ingress: { proxy: "none", directCidrs: CLIENTS },
  host: { instanceType: "t3a.medium", spot: true, appDir: "/app" },
});

import { defineApp } from "../modules/spec";

/**
 * Webrana, an AI proxy: a Rust API and a Next.js frontend with PostgreSQL and Redis behind Cloudflare. The default app of
 * this repository; its stack is called "mvp".
 */
export const webrana = defineApp({
  name: "webrana",
  region: "ap-southeast-1",
  stacks: {
    // People and tools know this alarm by its name; nothing else has to keep one.
    mvp: { id: "mvp", names: { alarm_cpu: "webrana-high-cpu" } },
  },

  services: {
    backend: {
      image: { build: { dockerfile: "infrastructure/docker/Dockerfile.backend" } },
      port: 8080,
      healthCheck: { path: "/health" },
      route: { hosts: ["api.webrana.id"] },
      secrets: ["MASTER_ENCRYPTION_KEY", "JWT_SECRET"],
      dependsOn: ["database", "cache"],
      memoryMiB: 1024,
      cpu: 1024,
    },
    frontend: {
      image: { build: { dockerfile: "infrastructure/docker/Dockerfile.frontend" } },
      port: 3000,
      healthCheck: { path: "/" },
      route: { hosts: ["webrana.id"] },
      connects: [],
      dependsOn: ["backend"],
      // Next.js keeps rendered pages and resized images in its own folder, and the root file system is read-only.
      tmpfs: ["/tmp", "/app/.next/cache"],
    },
  },

  database: { name: "webrana", user: "webrana" },
  // Redis has to keep its data over a restart, which is what a queue does.
  cache: { mode: "own", use: "queue" },

  secrets: {
    DB_PASSWORD: { bytes: 24 },
    // Losing either of these would lock users out or make their data unreadable, so they move along between tiers.
    MASTER_ENCRYPTION_KEY: { bytes: 32, encoding: "base64", carry: true },
    JWT_SECRET: { bytes: 64, encoding: "base64", carry: true },
  },

  ingress: { proxy: "caddy", origin: "cloudflare" },
  dns: { domain: "webrana.id" },
  host: { instanceType: "t3.medium", os: "ubuntu-24.04", dataGiB: 30, appDir: "/opt/webrana" },
  backup: { dailyAt: "02:00", noncurrentDays: 30 },
});

import { defineApp } from "../modules/spec";
import { GRAFANA_FILES } from "./fastapi/grafana";
import { PROMETHEUS_CONFIG, PROMETHEUS_FILE } from "./fastapi/prometheus";

/** Whether Prometheus and Grafana run beside the app. They are reached by `tiers tunnel` only. */
const MONITORED = false;

/**
 * A FastAPI service with a model in memory and a database elsewhere, behind a proxy on one small instance. Its stack is
 * called "fastapi-ec2".
 */
export const fastapi = defineApp({
  name: "fastapi",
  region: "ap-southeast-1",
  stacks: {
    mvp: {
      id: "fastapi-ec2",
      names: { repository_app_images: "fastapi-app-repo" },
      outputAliases: { ecr_url: "repository_urls.app" },
    },
  },

  services: {
    app: {
      image: { build: {} },
      port: 8000,
      healthCheck: { path: "/health" },
      // It has no name of its own: people call it by the address of the host.
      route: { hosts: ["*"] },
      smoke: { database: "/items" },
      memoryMiB: 512,
      cpu: 512,
    },
    prometheus: {
      enabled: MONITORED,
      image: { reference: "prom/prometheus:v3.5.0" },
      port: 9090,
      healthCheck: { path: "/-/healthy" },
      command: [
        `--config.file=${PROMETHEUS_FILE}`,
        "--storage.tsdb.path=/prometheus",
        "--storage.tsdb.retention.time=15d",
        "--storage.tsdb.retention.size=4GB",
      ],
      files: { [PROMETHEUS_FILE]: PROMETHEUS_CONFIG },
      volumes: [{ name: "metrics", path: "/prometheus" }],
      connects: [],
      user: "65534:65534",
      memoryMiB: 384,
      cpu: 256,
    },
    grafana: {
      enabled: MONITORED,
      image: { reference: "grafana/grafana:12.1.1" },
      port: 3000,
      healthCheck: { path: "/api/health" },
      files: GRAFANA_FILES,
      volumes: [{ name: "grafana", path: "/var/lib/grafana" }],
      connects: [],
      dependsOn: ["prometheus"],
      env: {
        GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
        GF_ANALYTICS_REPORTING_ENABLED: "false",
        GF_PLUGINS_PREINSTALL_DISABLED: "true",
      },
      // It counts at the first start only; afterwards Grafana keeps the password itself.
      secrets: ["GRAFANA_ADMIN_PASSWORD"],
      aliases: { GF_SECURITY_ADMIN_PASSWORD: "GRAFANA_ADMIN_PASSWORD" },
      user: "472",
      memoryMiB: 256,
      cpu: 256,
    },
  },

  jobs: { migrate: { service: "app", command: ["alembic", "upgrade", "head"], when: "deploy" } },
  database: { mode: "external", urlSecret: "DATABASE_URL" },
  // Grafana keeps a hash of it with its data, so a new value would open nothing.
  secrets: { GRAFANA_ADMIN_PASSWORD: { bytes: 18, carry: true } },

  network: { publicSubnets: ["10.0.1.0/24"] },
  ingress: { tls: { off: "People call the host by its address, for which there is no certificate." } },
  host: { instanceType: "t3.small", os: "amazon-linux-2023", dataGiB: 10 },
  registry: { keep: 10 },

  ci: {
    // The repository of the app; this project lies in its folder "infrastructure".
    github: { repository: "example/fastapi-app" },
    setup: { python: "3.11" },
    test: ["python -m pip install -r requirements.txt", "pytest"],
  },
});

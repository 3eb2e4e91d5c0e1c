import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { hostConfig } from "../../../modules/host/config";
import { type AppChanges, hostInput, shop } from "../../helpers/fixtures";

function stackEnvOf(changes: AppChanges = {}): string {
  const files = hostConfig(hostInput(shop(changes)));
  return files.find(({ path }) => path === "stack.env")?.content ?? "";
}

test("settings of the host's scripts", () => {
  expect(stackEnvOf({ database: { databases: ["accounts"] } })).toMatchInlineSnapshot(`
    "# Settings of the host's scripts, rendered from the app's specification.
    APP_NAME='shop'
    STACK_NAME='shop-mvp'
    APP_DIR='/opt/shop'
    DATA_DIR='/opt/shop/data'
    RUN_DIR='/run/shop'
    IMAGES_FILE='/opt/shop/images.env'
    AWS_REGION='eu-central-1'
    BUCKET='shop-mvp-backups'
    BACKUP_PREFIX='backups/'
    STAGING_PREFIX='staging/'
    CONFIG_PREFIX='host/'
    METRIC_NAMESPACE='shop/mvp'
    OS='ubuntu-24.04'
    SWAP_MIB='2048'
    DATA_VOLUME_ID='vol-0123456789abcdef0'
    COMPOSE_VERSION='5.1.0'
    POSTGRES_CONTAINER='postgres'
    POSTGRES_IMAGE='postgres:17.10-bookworm'
    POSTGRES_MAJOR='17'
    DATABASES='shop accounts'
    DATABASE_USER='shop'
    BACKUP_MAX_AGE_HOURS='26'
    DATA_SERVICES='postgres cache'
    SERVICES='api web'
    IMAGE_PARAMETER_API='/shop/mvp/image/api'
    IMAGE_PARAMETER_WEB='/shop/mvp/image/web'
    NEEDS_WEB='api'
    PORT_API='8080'
    HEALTH_PATH_API='/health'
    DATABASE_OF_API='shop'
    ROLE_OF_API='shop'
    PORT_WEB='3000'
    HEALTH_PATH_WEB='/'
    JOBS='job-migrate job-report'
    DEPLOY_JOBS='job-migrate'
    ONCE_JOBS=''
    SERVICE_OF_JOB_MIGRATE='api'
    SECONDS_OF_JOB_MIGRATE='900'
    SERVICE_OF_JOB_REPORT='api'
    SECONDS_OF_JOB_REPORT='900'
    PROXY='caddy'
    TLS='yes'
    PUBLIC_HOSTS='api.shop.example=api:/api/* shop.example=api:/api/* shop.example=web:/*'
    "
  `);
});

test("what a host without database, cache, proxy and jobs is told", () => {
  const bare = stackEnvOf({
    database: { mode: "none" },
    cache: { mode: "none" },
    ingress: { proxy: "none" },
    host: { spot: true, os: "amazon-linux-2023" },
    services: { api: { image: { build: {} }, port: 80 } },
    jobs: {},
  });
  const none = ["DATA_SERVICES", "JOBS", "DEPLOY_JOBS", "ONCE_JOBS", "PUBLIC_HOSTS"].map((name) => `${name}=''`);
  for (const line of [...none, "PROXY='none'", "TLS='no'", "OS='amazon-linux-2023'"]) {
    expect(bare).toContain(`\n${line}\n`);
  }
  expect(bare).not.toMatch(/POSTGRES|NEEDS_|CERTIFICATE|_OF_|SMOKE_/);
});

test("what shows that a service works, for each way of asking", () => {
  const env = stackEnvOf({
    database: { databases: ["accounts"] },
    services: {
      "my-api": {
        image: { build: {} },
        port: 8080,
        healthCheck: { command: ["check"] },
        smoke: { database: "/ready/db", cache: "/ready/cache" },
        database: "accounts",
      },
      worker: { kind: "worker", image: { build: {} }, connects: ["cache"] },
    },
    jobs: {},
  });
  const settings = env.split("\n").filter((line) => /^(PORT|HEALTH|SMOKE|DATABASE_OF|ROLE_OF)/.test(line));
  expect(settings).toEqual([
    "PORT_MY_API='8080'",
    "SMOKE_DATABASE_MY_API='/ready/db'",
    "SMOKE_CACHE_MY_API='/ready/cache'",
    "DATABASE_OF_MY_API='accounts'",
    "ROLE_OF_MY_API='accounts'",
  ]);
});

test("a route of every host is asked as one of them", () => {
  const services = { api: { image: { build: {} }, port: 80, route: { hosts: ["*"] } } };
  const env = stackEnvOf({ services, jobs: {}, ingress: { tls: { off: "A load balancer ends TLS" } } });
  expect(env).toContain("\nTLS='no'\nPUBLIC_HOSTS='localhost=api:/*'\n");
});

test("jobs that run once have a marker, their own or the usual one", () => {
  const once: NonNullable<AppChanges["jobs"]>[string] = { service: "api", command: ["x"], when: "once" };
  const env = stackEnvOf({ jobs: { "admin-init": { ...once, marker: ".admin-initialized" }, seed: once } });
  expect(env).toContain("\nONCE_JOBS='job-admin-init job-seed'\n");
  expect(env).toContain("\nMARKER_OF_JOB_ADMIN_INIT='.admin-initialized'\n");
  expect(env).toContain("\nMARKER_OF_JOB_SEED='.seed-done'\n");
  expect(stackEnvOf()).not.toContain("MARKER_OF");
});

test("a shell reads every value as it was", () => {
  const values = execFileSync(
    "bash",
    ["-c", 'set -eu; eval "$(cat)"; printf "%s|%s" "$NEEDS_WEB" "$SERVICE_OF_JOB_MIGRATE"'],
    {
      encoding: "utf8",
      input: stackEnvOf(),
    },
  );
  expect(values).toBe("api|api");
});

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
    DATA_SERVICES='postgres cache'
    SERVICES='api web'
    IMAGE_PARAMETER_API='/shop/mvp/image/api'
    IMAGE_PARAMETER_WEB='/shop/mvp/image/web'
    NEEDS_WEB='api'
    DEPLOY_JOBS='job-migrate'
    SERVICE_OF_JOB_MIGRATE='api'
    SECONDS_OF_JOB_MIGRATE='900'
    PROXY='caddy'
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
  for (const line of ["DATA_SERVICES=''", "DEPLOY_JOBS=''", "PROXY='none'", "OS='amazon-linux-2023'"]) {
    expect(bare).toContain(`\n${line}\n`);
  }
  expect(bare).not.toMatch(/POSTGRES|NEEDS_|CERTIFICATE/);
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

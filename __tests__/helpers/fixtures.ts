/** Apps as the pure functions receive them, and what a stack hands to the host's configuration. */
import type { HostConfigInput } from "../../modules/host/config";
import { containerNames } from "../../modules/containers/names";
import type { AppInput, ResolvedApp } from "../../modules/spec";
import { resolveApp } from "../../modules/spec/derive";
import { appSchema } from "../../modules/spec/schema";

/** A reference as cdktf writes it into a text: only Terraform knows its value. */
export const OPAQUE = "${TfToken[TOKEN.7]}";

/** What a test changes of {@link shop}. */
export type AppChanges = Omit<Partial<AppInput>, "name" | "region" | "environments">;

const SHOP: AppInput = {
  name: "shop",
  region: "eu-central-1",
  services: {
    api: {
      image: { build: {} },
      port: 8080,
      route: { hosts: ["shop.example", "api.shop.example"], paths: ["/api/*"] },
      env: { RUST_LOG: "info" },
      secrets: ["JWT_SECRET"],
    },
    web: {
      image: { reference: "ghcr.io/shop/web:1.4.2" },
      port: 3000,
      healthCheck: { path: "/" },
      route: { hosts: ["shop.example"] },
      connects: [],
      dependsOn: ["api"],
    },
  },
  jobs: {
    migrate: { service: "api", command: ["/app/migrate", "up"], when: "deploy" },
    report: { service: "api", command: ["/app/report"], when: { schedule: { dailyAt: "03:15" } } },
  },
  cache: { mode: "own" },
  secrets: { JWT_SECRET: { bytes: 64, encoding: "base64", carry: true } },
  ingress: { acmeEmail: "ops@shop.example" },
  dns: { domain: "shop.example" },
};

/** A shop with an API, a web frontend, a database, a cache and two jobs; sections may be replaced. */
export function shop(changes: AppChanges = {}): ResolvedApp {
  return resolveApp(appSchema.parse({ ...SHOP, ...changes }), "mvp", true);
}

/** A service of the shop's API with changes. */
export function apiWith(changes: Partial<AppInput["services"][string]>): AppInput["services"] {
  return { api: { image: { build: {} }, port: 8080, ...changes } };
}

/** What the stack of an app hands over, with opaque references wherever a stack has them. */
export function hostInput(app: ResolvedApp, changes: Partial<HostConfigInput> = {}): HostConfigInput {
  const byName = <T>(names: readonly string[], value: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, value(name)]));
  return {
    app,
    stack: `${app.name}-mvp`,
    domain: app.dns.domain,
    logGroups: byName(containerNames(app), (name) => `/${app.name}/mvp/${name}`),
    imageParameters: byName(Object.keys(app.services), (name) => `/${app.name}/mvp/image/${name}`),
    secretSources: byName(Object.keys(app.secrets), (name) => ({
      store: "ssm",
      id: `/${app.name}/mvp/secret/${name}`,
    })),
    region: app.region,
    bucket: `${app.name}-mvp-backups`,
    backupPrefix: "backups/",
    stagingPrefix: "staging/",
    configPrefix: "host/",
    metricNamespace: `${app.name}/mvp`,
    dataVolumeId: "vol-0123456789abcdef0",
    ...changes,
  };
}

import { publicSubnetsOf } from "./cidr";
import { withoutDisabled } from "./enabled";
import { SUPERUSER_SECRET } from "./injected";
import { architectureOf, isBurstable } from "./instance-types";
import { cacheContainerMiB, databaseMemoryMiB } from "./memory";
import type { DataService, ResolvedApp, ResolvedJob, ResolvedService } from "./resolved";
import type { App, Job, Secret, Service, Tier } from "./schema";
import { secret } from "./sections/data";
import { healthCheck } from "./sections/service";

/** The range of each tier's own network; they differ so that tiers can be peered while an app moves. */
const TIER_NETWORKS: Readonly<Record<Tier, string>> = { mvp: "10.0.0.0/16", growth: "10.1.0.0/16" };

/** The zones of a network that names none: a load balancer and a group of database subnets need two. */
const TIER_ZONES: Readonly<Record<Tier, readonly string[]>> = { mvp: ["a"], growth: ["a", "b"] };

const NEWEST_CACHE = { valkey: "8.1", redis: "8.2" } as const;

/** The range of the app's own network on a tier. */
export const networkOf = (app: App, tier: Tier): string => app.network.cidr ?? TIER_NETWORKS[tier];

/** The zones of the app's own network on a tier, as letters. */
export const zonesOf = (app: App, tier: Tier): readonly string[] => app.network.zones ?? TIER_ZONES[tier];

/** The main database: as written, or the app's name as an SQL name. */
export const databaseNameOf = (app: App): string => app.database.name ?? app.name.replaceAll("-", "_");

/** The role that services sign in with. */
export const databaseUserOf = (app: App): string => app.database.user ?? databaseNameOf(app);

/**
 * The databases that services have for themselves, each with the secret of its own role's password. The role is called like
 * the database.
 */
export function ownRolesOf({ database, services }: App): Record<string, string> {
  const chosen = new Set(Object.values(services).map((service) => service.database));
  const own = database.databases.filter((name) => chosen.has(name));
  return Object.fromEntries(own.map((name) => [name, `${name.toUpperCase()}_${database.passwordSecret}`]));
}

/** What of the database and the cache exists for services to connect to. */
export function dataServicesOf(app: App): DataService[] {
  return [
    ...(app.database.mode === "none" ? [] : ["database" as const]),
    ...(app.cache.mode === "none" ? [] : ["cache" as const]),
  ];
}

/**
 * The secrets that the app has on a tier without naming them under `secrets`. The superuser of RDS has one that RDS keeps
 * itself.
 */
export function impliedSecrets(app: App, tier: Tier): Record<string, Secret> {
  const { mode, passwordSecret, urlSecret } = app.database;
  if (mode === "own") {
    const superuser = tier === "mvp" ? [SUPERUSER_SECRET] : [];
    const names = [passwordSecret, ...Object.values(ownRolesOf(app)), ...superuser];
    return Object.fromEntries(names.map((name) => [name, secret.parse({})]));
  }
  if (mode === "external" && urlSecret !== undefined) return { [urlSecret]: secret.parse({ source: "provided" }) };
  return {};
}

function resolveService(app: App, written: Service): ResolvedService {
  const { enabled: _, ...service } = written;
  const available = dataServicesOf(app);
  const wanted = service.connects ?? available;
  return {
    ...service,
    healthCheck: service.healthCheck ?? (service.kind === "web" ? healthCheck.parse({}) : undefined),
    ...tasksOf(written),
    connects: available.filter((name) => wanted.includes(name)),
    database: service.database ?? databaseNameOf(app),
  };
}

/** How many tasks a service has on tier growth. */
function tasksOf({
  kind,
  count = kind === "web" ? 2 : 1,
  scaling,
}: Service): Pick<ResolvedService, "count" | "scaling"> {
  return { count, scaling: scaling && { ...scaling, min: scaling.min ?? Math.min(count, scaling.max) } };
}

const resolveJob = (name: string, job: Job): ResolvedJob => ({
  ...job,
  marker: job.when === "once" ? (job.marker ?? `.${name}-done`) : undefined,
});

function resolveHost(app: App): ResolvedApp["host"] {
  const { appDir, cpuCredits, instanceType, spot } = app.host;
  return {
    ...app.host,
    appDir: appDir ?? `/opt/${app.name}`,
    cpuCredits: cpuCredits ?? (spot ? "standard" : "unlimited"),
    arch: architectureOf(instanceType),
    burstable: isBurstable(instanceType),
  };
}

function resolveNetwork(app: App, tier: Tier): ResolvedApp["network"] {
  const cidr = networkOf(app, tier);
  const zones = zonesOf(app, tier);
  const publicSubnets = app.network.publicSubnets ?? publicSubnetsOf(cidr, zones.length) ?? [];
  return { ...app.network, cidr, zones, publicSubnets };
}

/** Fills in every default that follows from other fields. The app must have passed its checks. */
export function resolveApp(written: App, tier: Tier, isDefaultEnvironment: boolean): ResolvedApp {
  const app = withoutDisabled(written);
  const { stacks: _, services, jobs, ...rest } = app;
  return {
    ...rest,
    isDefaultEnvironment,
    services: Object.fromEntries(Object.entries(services).map(([name, one]) => [name, resolveService(app, one)])),
    jobs: Object.fromEntries(Object.entries(jobs).map(([name, one]) => [name, resolveJob(name, one)])),
    database: {
      ...app.database,
      name: databaseNameOf(app),
      user: databaseUserOf(app),
      ownRoles: ownRolesOf(app),
      memoryMiB: databaseMemoryMiB(app),
    },
    cache: {
      ...app.cache,
      version: app.cache.version ?? NEWEST_CACHE[app.cache.engine],
      containerMemoryMiB: cacheContainerMiB(app.cache.maxMemoryMiB),
    },
    host: resolveHost(app),
    network: resolveNetwork(app, tier),
    state: { ...app.state, region: app.state.region ?? app.region },
    secrets: { ...impliedSecrets(app, tier), ...app.secrets },
  };
}

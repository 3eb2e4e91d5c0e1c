import type { ContainerContext } from "../../containers/context";
import { signIn, usesPostgres } from "../../containers/environment";
import { postgresImage } from "../../containers/images";
import {
  CACHE,
  environmentName,
  jobContainerName,
  POSTGRES,
  proxyOf,
  runsCache,
  runsPostgres,
} from "../../containers/names";
import { hostRoutes } from "../../containers/routes";
import { ANY_HOST, isOn } from "../../spec";
import type { HostConfigInput } from "./index";
import { lines } from "./text";

/**
 * Swap in MiB for a host with less than 4 GiB of memory: room for what sleeps when a release runs the old and the new
 * container side by side for a moment. A host with more memory gets none: its containers have limits of their own.
 */
const SWAP_MIB = 2048;

/** The Compose plugin of Amazon Linux, one of those in `files/etc/compose-plugin.sha256`; Ubuntu has its own package. */
const COMPOSE_VERSION = "5.1.0";

/** Plain settings for the host's shell and units: nothing secret, one `NAME='value'` per line. */
export function stackEnv(input: HostConfigInput, context: ContainerContext): string {
  return lines(
    "# Settings of the host's scripts, rendered from the app's specification.",
    Object.entries(stackSettings(input, context)).map(([name, value]) => `${name}=${shellWord(value)}`),
  );
}

function stackSettings(input: HostConfigInput, context: ContainerContext): Record<string, string> {
  const { app, layout } = context;
  return {
    APP_NAME: app.name,
    STACK_NAME: input.stack,
    APP_DIR: layout.appDir,
    DATA_DIR: layout.dataDir,
    RUN_DIR: layout.runDir,
    IMAGES_FILE: layout.imagesFile,
    AWS_REGION: input.region,
    BUCKET: input.bucket,
    BACKUP_PREFIX: input.backupPrefix,
    STAGING_PREFIX: input.stagingPrefix,
    CONFIG_PREFIX: input.configPrefix,
    METRIC_NAMESPACE: input.metricNamespace,
    OS: app.host.os,
    SWAP_MIB: String(SWAP_MIB),
    DATA_VOLUME_ID: input.dataVolumeId,
    COMPOSE_VERSION,
    ...(runsPostgres(app) && {
      POSTGRES_CONTAINER: POSTGRES,
      POSTGRES_IMAGE: postgresImage(app.database.major),
      POSTGRES_MAJOR: String(app.database.major),
      DATABASES: [app.database.name, ...app.database.databases].join(" "),
      DATABASE_USER: app.database.user,
      ...databaseRoles(context),
      BACKUP_MAX_AGE_HOURS: String(app.backup.maxAgeHours),
    }),
    DATA_SERVICES: [...(runsPostgres(app) ? [POSTGRES] : []), ...(runsCache(app) ? [CACHE] : [])].join(" "),
    SERVICES: Object.keys(app.services).join(" "),
    ...imageParameters(input),
    ...neededServices(context),
    ...smokeSettings(context),
    JOBS: Object.keys(app.jobs).map(jobContainerName).join(" "),
    DEPLOY_JOBS: jobsThatRun(context, "deploy"),
    ONCE_JOBS: jobsThatRun(context, "once"),
    ...jobSettings(context),
    PROXY: proxyOf(app) ?? "none",
    TLS: proxyOf(app) !== undefined && isOn(app.ingress.tls) ? "yes" : "no",
    PUBLIC_HOSTS: publicHosts(input),
    ...certificateSettings(input),
  };
}

/** USER_OF_<DATABASE> is the role that has a database for itself; DATABASE_USER has the others. */
function databaseRoles({ app }: ContainerContext): Record<string, string> {
  return Object.fromEntries(
    Object.keys(app.database.ownRoles).map((name) => [`USER_OF_${environmentName(name)}`, name]),
  );
}

/** IMAGE_PARAMETER_<SERVICE> names the parameter that holds the released image of each service. */
function imageParameters({ app, imageParameters: names }: HostConfigInput): Record<string, string> {
  return Object.fromEntries(
    Object.keys(app.services).map((service) => {
      const name = names[service];
      if (name === undefined) throw new Error(`service "${service}" has no image parameter`);
      return [`IMAGE_PARAMETER_${environmentName(service)}`, name];
    }),
  );
}

/** NEEDS_<SERVICE> names the services that must run before a service does: it is left out while one of them is. */
function neededServices({ app }: ContainerContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(app.services).flatMap(([service, { dependsOn }]) => {
      const needed = dependsOn.filter((name) => Object.hasOwn(app.services, name));
      return needed.length > 0 ? [[`NEEDS_${environmentName(service)}`, needed.join(" ")]] : [];
    }),
  );
}

/**
 * What shows that a service works: PORT_<SERVICE> is its port inside, HEALTH_PATH_<SERVICE> answers 2xx when it is well,
 * SMOKE_DATABASE_<SERVICE> and SMOKE_CACHE_<SERVICE> when it has used these, DATABASE_OF_<SERVICE> and ROLE_OF_<SERVICE> are
 * what it signs in to on the stack's own server, and as whom.
 */
function smokeSettings({ app }: ContainerContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(app.services).flatMap(([name, service]) => {
      const { port, healthCheck, smoke } = service;
      const access = usesPostgres(app, service) ? signIn(app, service) : undefined;
      const known = {
        PORT: port === undefined ? undefined : String(port),
        HEALTH_PATH: port === undefined || healthCheck?.command ? undefined : healthCheck?.path,
        SMOKE_DATABASE: smoke.database,
        SMOKE_CACHE: smoke.cache,
        DATABASE_OF: access?.database,
        ROLE_OF: access?.user,
      };
      return Object.entries(known).flatMap(([key, value]) =>
        value === undefined ? [] : [[`${key}_${environmentName(name)}`, value] as const],
      );
    }),
  );
}

function jobsThatRun({ app }: ContainerContext, when: "deploy" | "once"): string {
  return Object.keys(app.jobs)
    .filter((name) => app.jobs[name]?.when === when)
    .map(jobContainerName)
    .join(" ");
}

/**
 * SERVICE_OF_<JOB> is the service whose image a job runs in, SECONDS_OF_<JOB> the time it has, MARKER_OF_<JOB> the file in the
 * app's folder that says that a job of ONCE_JOBS has succeeded.
 */
function jobSettings({ app }: ContainerContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(app.jobs).flatMap(([name, { service, timeoutSeconds, marker }]) => {
      const suffix = environmentName(jobContainerName(name));
      return [
        [`SERVICE_OF_${suffix}`, service],
        [`SECONDS_OF_${suffix}`, String(timeoutSeconds)],
        ...(marker === undefined ? [] : [[`MARKER_OF_${suffix}`, marker]]),
      ];
    }),
  );
}

/**
 * What the proxy leads where: `<host>=<service>:<path pattern>`, most specific first for each host. "localhost" stands for a
 * route of every host: it is one of them.
 */
function publicHosts({ app, domain }: HostConfigInput): string {
  if (proxyOf(app) === undefined) return "";
  return hostRoutes(app, domain)
    .flatMap(({ host, served, routes }) =>
      routes.map(({ pattern, service }) => `${host === ANY_HOST ? "localhost" : served}=${service}:${pattern}`),
    )
    .join(" ");
}

/** Only nginx leaves certificates to the host; Caddy gets its own. */
function certificateSettings({ app, domain }: HostConfigInput): Record<string, string> {
  if (proxyOf(app) !== "nginx" || !isOn(app.ingress.tls)) return {};
  return {
    CERTIFICATE_HOSTS: hostRoutes(app, domain)
      .map(({ served }) => served)
      .join(" "),
    ...(app.ingress.acmeEmail !== undefined && { CERTIFICATE_EMAIL: app.ingress.acmeEmail }),
  };
}

/** A word that a POSIX shell and systemd's EnvironmentFile read alike. Opaque references stay whole inside the quotes. */
const shellWord = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

import { createHash } from "node:crypto";
import type { Job, ResolvedApp } from "../spec";
import { isOn } from "../spec";
import {
  bind,
  EDGE_NETWORK,
  HARDENING,
  INTERNAL_NETWORK,
  limits,
  literal,
  memoryFolders,
  seconds,
  type ComposeBind,
  type ComposeHealthcheck,
  type ComposeService,
} from "./compose";
import { containerName, type ContainerContext } from "./context";
import { plainEnvironment, secretEnvironment, usesCache, usesPostgres } from "./environment";
import { configDir, type HostLayout, volumeDir } from "./layout";
import { logging } from "./logging";
import { CACHE, DB_INIT, imageVariable, jobContainerName, POSTGRES, runsCache, runsPostgres } from "./names";

type ResolvedService = ResolvedApp["services"][string];
type DependsOn = NonNullable<ComposeService["depends_on"]>;

/** A service of the app. */
export function serviceContainer(context: ContainerContext, name: string, service: ResolvedService): ComposeService {
  const { app, logTarget } = context;
  const health = healthcheck(service);
  return {
    image: releasedImage(name),
    container_name: containerName(context, name),
    ...filesLabel(service),
    ...(service.command && { command: service.command.map(literal) }),
    ...settings(context, name, service, service.env),
    ...dependencies({ ...dataDependencies(app, service), ...serviceDependencies(app, service) }),
    ...process(context, name, service),
    ...(service.hostPort !== undefined && { ports: [`${service.hostPort}:${service.port}`] }),
    ...(health && { healthcheck: health }),
    logging: logging(logTarget, name),
    restart: "unless-stopped",
    stop_grace_period: seconds(service.stopGraceSeconds),
  };
}

/**
 * A job: its service's image, settings, secrets, files, limits and volumes with another command, and the secrets of its own.
 * Compose leaves it alone until
 * someone runs it. It waits for the data services only, because a job at a release runs before the services start.
 */
export function jobContainer(context: ContainerContext, name: string, job: Job): ComposeService {
  const { app, layout, logTarget } = context;
  const service = app.services[job.service];
  if (service === undefined) throw new Error(`a job names the unknown service "${job.service}"`);
  return {
    image: releasedImage(job.service),
    profiles: ["jobs"],
    command: job.command.map(literal),
    ...settings(
      context,
      job.service,
      service,
      { ...service.env, ...job.env },
      job.secrets.length > 0 ? [environmentFile(layout, jobContainerName(name))] : [],
    ),
    ...dependencies(dataDependencies(app, service)),
    ...process(context, job.service, service),
    logging: logging(logTarget, job.service),
    restart: "no",
  };
}

/**
 * The released image, or one that no registry has: names below "invalid" lead nowhere. So Compose reads the file before
 * anything was released and the host can start the rest, and a service that was not released never runs by mistake.
 */
function releasedImage(service: string): string {
  return `\${${imageVariable(service)}:-not-released.invalid/${service}}`;
}

function settings(
  { app, layout }: ContainerContext,
  name: string,
  service: ResolvedService,
  env: Readonly<Record<string, string>>,
  furtherFiles: readonly string[] = [],
): Pick<ComposeService, "environment" | "env_file"> {
  const plain = Object.entries(plainEnvironment(app, { ...service, env }));
  const hasSecrets = Object.keys(secretEnvironment(app, service)).length > 0;
  const files = [...(hasSecrets ? [environmentFile(layout, name)] : []), ...furtherFiles];
  return {
    ...(plain.length > 0 && { environment: Object.fromEntries(plain.map(([key, value]) => [key, literal(value)])) }),
    ...(files.length > 0 && { env_file: files }),
  };
}

/** The file of a service's or a job's secret variables, in memory on the host. */
export const environmentFile = ({ environmentDir }: HostLayout, container: string): string =>
  `${environmentDir}/${container}.env`;

/** Where a service's n-th file lies in the configuration, relative to the app's folder on the host. */
export const configurationFile = (service: string, index: number): string => `files/${service}/${index}`;

/** Changes with the service's files: a container sees what they were when it was made. */
function filesLabel({ files }: ResolvedService): Pick<ComposeService, "labels"> {
  if (Object.keys(files).length === 0) return {};
  const digest = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  return { labels: { "files.content": digest } };
}

/** What a service and its jobs have in common as processes: networks, user, file system, limits. */
function process(
  { app, layout }: ContainerContext,
  name: string,
  service: ResolvedService,
): Omit<ComposeService, "image" | "logging" | "restart"> {
  const usesData = usesPostgres(app, service) || usesCache(app, service);
  const inMemory = memoryFolders(service.user, service.tmpfs, service.execTmpfs);
  const mounts = [...volumeMounts(layout, name, service), ...fileMounts(layout, name, service)];
  return {
    networks: usesData ? [EDGE_NETWORK, INTERNAL_NETWORK] : [EDGE_NETWORK],
    user: service.user,
    init: true,
    read_only: isOn(service.readOnlyRoot),
    ...(inMemory.length > 0 && { tmpfs: inMemory }),
    ...(mounts.length > 0 && { volumes: mounts }),
    ...HARDENING,
    deploy: limits({ memoryMiB: service.memoryMiB, cpu: service.cpu }),
  };
}

function volumeMounts(layout: HostLayout, name: string, { volumes }: ResolvedService): ComposeBind[] {
  return volumes.map(({ name: volume, path }) => bind(volumeDir(layout, name, volume), path));
}

function fileMounts(layout: HostLayout, name: string, { files }: ResolvedService): ComposeBind[] {
  return Object.keys(files).map((path, index) => bind(configDir(layout, configurationFile(name, index)), path, "ro"));
}

function dataDependencies(app: ResolvedApp, service: ResolvedService): DependsOn {
  const waitsFor = (what: "database" | "cache") => service.dependsOn.includes(what);
  return {
    ...(runsPostgres(app) &&
      (usesPostgres(app, service) || waitsFor("database")) && {
        [POSTGRES]: { condition: "service_healthy" },
        [DB_INIT]: { condition: "service_completed_successfully" },
      }),
    ...(runsCache(app) &&
      (usesCache(app, service) || waitsFor("cache")) && { [CACHE]: { condition: "service_healthy" } }),
  };
}

function serviceDependencies(app: ResolvedApp, { dependsOn }: ResolvedService): DependsOn {
  const found: DependsOn = {};
  for (const name of dependsOn) {
    const other = app.services[name];
    if (other) found[name] = { condition: other.healthCheck ? "service_healthy" : "service_started" };
  }
  return found;
}

function dependencies(dependsOn: DependsOn): Pick<ComposeService, "depends_on"> {
  return Object.keys(dependsOn).length > 0 ? { depends_on: dependsOn } : {};
}

function healthcheck({ healthCheck, port }: ResolvedService): ComposeHealthcheck | undefined {
  if (!healthCheck) return undefined;
  return {
    test: healthCheck.command
      ? ["CMD", ...healthCheck.command.map(literal)]
      : ["CMD-SHELL", literal(requestCommand(`http://127.0.0.1:${port}${healthCheck.path}`))],
    interval: seconds(healthCheck.intervalSeconds),
    timeout: seconds(healthCheck.timeoutSeconds),
    retries: healthCheck.retries,
    start_period: seconds(healthCheck.graceSeconds),
  };
}

/** A request with whichever client the image has; Alpine's and Debian's slim images have one of the two, or neither. */
export function requestCommand(url: string): string {
  const quoted = `'${url.replaceAll("'", `'\\''`)}'`;
  return `wget -q -O /dev/null ${quoted} || curl -fsS -o /dev/null ${quoted}`;
}

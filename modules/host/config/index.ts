import { createHash } from "node:crypto";
import { composeText } from "../../containers/compose-file";
import type { ContainerContext } from "../../containers/context";
import { hostLayout } from "../../containers/layout";
import { proxyOf, runsPostgres } from "../../containers/names";
import { SQL_FILE } from "../../containers/postgres";
import { configurationFile } from "../../containers/service";
import type { ResolvedApp } from "../../spec";
import { backupUnits } from "./backup-units";
import { caddyfile } from "./caddyfile";
import { folders } from "./folders";
import { hostUnits } from "./host-units";
import { initSql } from "./init-sql";
import { nginxConf } from "./nginx-conf";
import { secretsFile } from "./secrets-file";
import { staticFiles } from "./static-files";
import { stackEnv } from "./stack-env";
import { systemdUnits } from "./systemd-units";

export { TRUSTED_PROXY_SEPARATOR } from "./caddyfile";

/** Where a secret's value lies: the name of an SSM parameter or the ARN of a Secrets Manager secret. */
export interface SecretSource {
  readonly store: "ssm" | "secrets-manager";
  /** May be an opaque reference. */
  readonly id: string;
}

/**
 * What the host's configuration is rendered from. Texts marked as opaque may be references that Terraform resolves
 * later: they are handed on byte for byte, never parsed, cut or compared.
 */
export interface HostConfigInput {
  readonly app: ResolvedApp;
  /** `<app>-<tier>[-env]`, e.g. "shop-mvp". */
  readonly stack: string;
  /** The public domain that takes the place of the specification's; opaque. @default - as the specification says */
  readonly domain?: string;
  /**
   * Ranges of the CDN in front of the proxy, joined by {@link TRUSTED_PROXY_SEPARATOR}; opaque. To be given when
   * `ingress.origin` is "cloudflare": else the services see the CDN's addresses as their clients'.
   * @default - no header about the client's address is believed
   */
  readonly trustedProxies?: string;
  /** Log group per container, as `containerNames` lists them, when logs go to CloudWatch; opaque. */
  readonly logGroups: Readonly<Record<string, string>>;
  /** Name of the parameter with the released image, per service; opaque. */
  readonly imageParameters: Readonly<Record<string, string>>;
  /** Where each secret lies. */
  readonly secretSources: Readonly<Record<string, SecretSource>>;
  readonly region: string;
  /** Bucket for backups; opaque. */
  readonly bucket: string;
  /** Prefix of the dumps in the bucket, with a trailing slash. */
  readonly backupPrefix: string;
  /** Prefix of dumps in the bucket that are not verified yet, with a trailing slash. */
  readonly stagingPrefix: string;
  /** Prefix of this configuration in the bucket, with a trailing slash. */
  readonly configPrefix: string;
  /** The EBS volume that the host keeps its data on, by id; opaque. */
  readonly dataVolumeId: string;
  /** CloudWatch namespace of the host's own metrics. */
  readonly metricNamespace: string;
}

/** One file of the host's configuration. */
export interface HostFile {
  /** Relative to the app's folder on the host, e.g. "compose.yaml". */
  readonly path: string;
  readonly content: string;
  readonly mode: "0644" | "0755" | "0400";
}

/**
 * The whole configuration of the host: every file that its shell, Compose and systemd read. Throws when a container, a
 * service or a secret is missing from what the stack made for it.
 */
export function hostConfig(input: HostConfigInput): readonly HostFile[] {
  const context = containerContext(input);
  const proxy = proxyFile(input);
  return [
    file("compose.yaml", composeText(context, input.stack, { config: proxyRevision(input), domain: input.domain })),
    ...(proxy ? [proxy] : []),
    ...(runsPostgres(input.app) ? [file(`postgres/${SQL_FILE}`, initSql(input.app.database))] : []),
    ...serviceFiles(input.app),
    file("secrets.json", `${JSON.stringify(secretsFile(context, input.secretSources), null, 2)}\n`),
    file("stack.env", stackEnv(input, context)),
    file("tmpfiles.conf", folders(context)),
    ...[hostUnits, systemdUnits, backupUnits].flatMap((units) =>
      units(context, input.stack).map(({ name, text }) => file(`systemd/${name}`, text)),
    ),
    ...staticFiles(),
  ];
}

function containerContext({ app, region, logGroups }: HostConfigInput): ContainerContext {
  return { app, layout: hostLayout(app), logTarget: { logs: app.observability.logs, region, logGroups } };
}

function proxyFile(input: HostConfigInput): HostFile | undefined {
  const proxy = proxyOf(input.app);
  if (proxy === undefined) return undefined;
  return proxy === "caddy" ? file("caddy/Caddyfile", caddyfile(input)) : file("nginx/nginx.conf", nginxConf(input));
}

/** The configuration files of services, as their containers mount them. */
function serviceFiles({ services }: ResolvedApp): HostFile[] {
  return Object.entries(services).flatMap(([name, { files }]) =>
    Object.values(files).map((content, index) => file(configurationFile(name, index), content)),
  );
}

/**
 * Short mark of the proxy's configuration, so that its container is made anew when the file has changed. The opaque texts
 * stay out of it, because a reference is another text at each synth; the domain is marked by itself.
 */
function proxyRevision({ app, trustedProxies }: HostConfigInput): string {
  const known = { app, trustedProxies: trustedProxies === undefined ? undefined : "" };
  const text = proxyOf(app) === "nginx" ? nginxConf(known) : caddyfile(known);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** No file holds a secret: all of them are everyone's to read on the host, containers' users included. */
function file(path: string, content: string): HostFile {
  return { path, content, mode: "0644" };
}

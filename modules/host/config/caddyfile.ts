import { MAINTENANCE, MAINTENANCE_PAGE, STATUS_PORT } from "../../containers/proxy";
import { type HostRoutes, hostRoutes, type PathRoute } from "../../containers/routes";
import { oneLine } from "../../containers/yaml";
import { ANY_HOST, isOn, type ResolvedApp } from "../../spec";
import { indent, lines } from "./text";

/** What a proxy's configuration follows from. */
export interface ProxyInput {
  readonly app: ResolvedApp;
  /** Opaque. */
  readonly domain?: string;
  /** Opaque; see {@link TRUSTED_PROXY_SEPARATOR}. */
  readonly trustedProxies?: string;
}

/**
 * What stands between two ranges of trusted proxies, so that a list that only Terraform knows can be joined by it and put
 * into a configuration as one text.
 */
export const TRUSTED_PROXY_SEPARATOR = { caddy: " ", nginx: ";\nset_real_ip_from " } as const;

/** How long a request waits for a service that is being replaced. */
export const RETRY_SECONDS = 15;

/** When a client may ask again while the app is closed. */
export const RETRY_AFTER_SECONDS = 120;

/** Caddy's configuration: every public host with its paths, certificates by itself. */
export function caddyfile(input: ProxyInput): string {
  const { app, domain } = input;
  const tls = isOn(app.ingress.tls);
  const hosts = hostRoutes(app, domain);
  const other = hosts.find(({ host }) => host === ANY_HOST);
  return lines(
    tls ? [] : [`# Without TLS: ${oneLine(reasonWithoutTls(app))}`],
    globalOptions(input),
    "",
    snippet(tls),
    "",
    maintenance(),
    hosts.filter(({ host }) => host !== ANY_HOST).flatMap((host) => ["", ...site(app, host, tls ? "" : "http://")]),
    "",
    "# Any other host.",
    other ? site(app, { ...other, served: "" }, "http://") : block("http://", [], ["respond 404"]),
    "",
    block(
      `http://127.0.0.1:${STATUS_PORT}`,
      ["# For the container's health check."],
      ["bind 127.0.0.1", "respond 200"],
    ),
  );
}

/** Why the app speaks plain HTTP. */
export function reasonWithoutTls({ ingress }: ResolvedApp): string {
  return isOn(ingress.tls) ? "" : ingress.tls.off;
}

function globalOptions({ app, trustedProxies }: ProxyInput): string[] {
  const { acmeEmail } = app.ingress;
  return block(
    "",
    [],
    [
      ...(acmeEmail === undefined ? [] : [`email ${acmeEmail}`]),
      "persist_config off",
      ...block(
        "servers",
        [],
        [
          "# HTTP/3 is left out: the host's firewall admits TCP only.",
          "protocols h1 h2",
          ...(trustedProxies === undefined
            ? []
            : [
                "# The host's firewall admits the same ranges only.",
                `trusted_proxies static ${trustedProxies}`,
                "trusted_proxies_strict",
                "client_ip_headers CF-Connecting-IP X-Forwarded-For",
              ]),
        ],
      ),
    ],
  );
}

/** What all sites have in common. "?" leaves a header alone that the service sets itself. */
function snippet(tls: boolean): string[] {
  return block(
    "(common)",
    [],
    [
      "log",
      "encode zstd gzip",
      ...block(
        "header",
        [],
        [
          ...(tls ? [`?Strict-Transport-Security "max-age=31536000"`] : []),
          `?X-Content-Type-Options "nosniff"`,
          `?Referrer-Policy "strict-origin-when-cross-origin"`,
          "-Server",
        ],
      ),
    ],
  );
}

function site(app: ResolvedApp, { served, routes }: HostRoutes, scheme: string): string[] {
  return block(
    scheme + served,
    [],
    [
      "import common",
      ...block(
        "route",
        [],
        [
          "import maintenance",
          "# Metrics are for the host's own network.",
          "@metrics path /metrics /metrics/*",
          "respond @metrics 404",
          ...routes.flatMap((route) => handle(app, route, served)),
          ...(routes.some(({ pattern }) => pattern === "/*") ? [] : ["respond 404"]),
        ],
      ),
    ],
  );
}

/** The file server would refuse other methods than GET: the page is an answer to all of them. */
function maintenance(): string[] {
  const page = `${MAINTENANCE}/${MAINTENANCE_PAGE}`;
  return block(
    "(maintenance)",
    ["# While the page is there, nobody gets further."],
    [
      ...block("@maintenance file", [], [`root ${MAINTENANCE}`, `try_files /${MAINTENANCE_PAGE}`]),
      ...block(
        "handle @maintenance",
        [],
        [
          `header Content-Type "text/html; charset=utf-8"`,
          "header Cache-Control no-store",
          `header Retry-After ${RETRY_AFTER_SECONDS}`,
          `respond {file.${page}} 503`,
        ],
      ),
    ],
  );
}

function handle(app: ResolvedApp, { pattern, service }: PathRoute, host: string): string[] {
  const matcher = pattern === "/*" ? "" : ` ${token(pattern)}`;
  return block(`handle${matcher}`, [], upstream(app, service, host));
}

function upstream(app: ResolvedApp, name: string, host: string): string[] {
  const service = app.services[name];
  const health = service?.healthCheck;
  return block(
    `reverse_proxy ${name}:${service?.port}`,
    [],
    [
      "header_up X-Real-IP {client_ip}",
      ...(health && !health.command ? healthCheck(health.path, health.timeoutSeconds, host) : []),
      `lb_try_duration ${RETRY_SECONDS}s`,
      "lb_try_interval 250ms",
    ],
  );
}

/** Often enough that a replaced service is seen as healthy again before waiting requests give up. */
function healthCheck(path: string, timeoutSeconds: number, host: string): string[] {
  return [
    `health_uri ${token(path)}`,
    "health_interval 5s",
    `health_timeout ${timeoutSeconds}s`,
    ...(host === "" ? [] : block("health_headers", [], [`Host ${host}`])),
  ];
}

function block(head: string, comment: readonly string[], body: readonly string[]): string[] {
  return [...comment, head === "" ? "{" : `${head} {`, ...indent("\t", body), "}"];
}

/** A path as one word of the Caddyfile. */
const token = (path: string): string => (/^[\w./*~%@+=-]+$/.test(path) ? path : `"${path.replaceAll('"', '\\"')}"`);

import { MAINTENANCE, MAINTENANCE_PAGE, NGINX_ACME, NGINX_CERTS, STATUS_PORT } from "../../containers/proxy";
import { type HostRoutes, hostRoutes, isPrefix, matches, type PathRoute, stem } from "../../containers/routes";
import { answersAnyHost } from "../../edge/public-hosts";
import { oneLine } from "../../containers/yaml";
import { ANY_HOST, isOn, type ResolvedApp } from "../../spec";
import { type ProxyInput, reasonWithoutTls, RETRY_AFTER_SECONDS, RETRY_SECONDS } from "./caddyfile";
import { indent, lines } from "./text";

/**
 * nginx's configuration: the same hosts, paths and headers as Caddy's. The certificate of all hosts together lies in the
 * data volume's certs folder, where certbot on the host puts it; port 80 answers its questions from the acme folder.
 * Unlike Caddy, nginx notices an unhealthy service only when a request fails.
 */
export function nginxConf(input: ProxyInput): string {
  const { app, domain } = input;
  const tls = isOn(app.ingress.tls);
  const hosts = hostRoutes(app, domain);
  return lines(
    tls ? [] : [`# Without TLS: ${oneLine(reasonWithoutTls(app))}`],
    "worker_processes auto;",
    "pid /tmp/nginx.pid;",
    "error_log /dev/stderr warn;",
    "",
    block("events", ["worker_connections 1024;"]),
    "",
    block("http", [
      ...httpSettings(tls),
      ...clientAddress(input.trustedProxies),
      ...(tls ? [...certificate(), ...redirects(hosts)] : []),
      ...hosts.flatMap((host) => ["", ...server(app, host, tls)]),
      ...(answersAnyHost(app) ? [] : rejectUnknownHosts(tls)),
      "",
      "# For the container's health check.",
      ...block("server", [`listen 127.0.0.1:${STATUS_PORT};`, "access_log off;", "return 200;"]),
    ]),
  );
}

/** A path of nginx's own, which nobody can ask for: whatever was asked is answered from there with the page. */
const CLOSED = "/.maintenance";

const TEMPORARY_PATHS = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

function httpSettings(tls: boolean): string[] {
  return [
    "include /etc/nginx/mime.types;",
    "access_log /dev/stdout combined;",
    "server_tokens off;",
    "server_names_hash_bucket_size 128;",
    "client_max_body_size 0;",
    ...TEMPORARY_PATHS.map((kind) => `${kind}_temp_path /tmp/${kind};`),
    "# Docker's own name server: a replaced container is found at its new address.",
    "resolver 127.0.0.11 valid=5s ipv6=off;",
    "gzip on;",
    "gzip_types text/plain text/css application/json application/javascript image/svg+xml;",
    "# Headers that a service sets itself are left alone.",
    ...(tls ? defaultHeader("Strict-Transport-Security", "max-age=31536000") : []),
    ...defaultHeader("X-Content-Type-Options", "nosniff"),
    ...defaultHeader("Referrer-Policy", "strict-origin-when-cross-origin"),
    ...block("map $http_upgrade $connection_upgrade", ["default upgrade;", `"" "";`]),
    ...maintenancePage(),
  ];
}

/**
 * The maps are read anew at each use, because the path changes on the way to the page: there, nothing is looked for any
 * more, and the headers have their values.
 */
function maintenancePage(): string[] {
  const closed = (variable: string, there: string, elsewhere: string) =>
    block(`map $uri ${variable}`, ["volatile;", `${CLOSED} "${there}";`, `default "${elsewhere}";`]);
  return [
    "# While the page is there, nobody gets further.",
    ...closed("$maintenance", "", `${MAINTENANCE}/${MAINTENANCE_PAGE}`),
    ...closed("$retry_after", String(RETRY_AFTER_SECONDS), ""),
    ...closed("$not_kept", "no-store", ""),
    "add_header Retry-After $retry_after always;",
    "add_header Cache-Control $not_kept always;",
  ];
}

function maintenance(): string[] {
  return [
    `error_page 503 ${CLOSED};`,
    ...block("if (-f $maintenance)", ["return 503;"]),
    ...block(`location = ${CLOSED}`, [
      "internal;",
      `alias ${MAINTENANCE}/${MAINTENANCE_PAGE};`,
      `default_type "text/html; charset=utf-8";`,
    ]),
  ];
}

/** nginx leaves out a header whose value is empty: so the default counts only when the service sent none. */
function defaultHeader(name: string, value: string): string[] {
  const variable = name.toLowerCase().replaceAll("-", "_");
  return [
    ...block(`map $upstream_http_${variable} $default_${variable}`, [`"" "${value}";`, `default "";`]),
    `add_header ${name} $default_${variable} always;`,
  ];
}

function clientAddress(trustedProxies: string | undefined): string[] {
  if (trustedProxies === undefined) return [];
  return [
    "# The host's firewall admits the same ranges only.",
    `set_real_ip_from ${trustedProxies};`,
    "real_ip_header CF-Connecting-IP;",
  ];
}

function certificate(): string[] {
  return [
    `ssl_certificate ${NGINX_CERTS}/fullchain.pem;`,
    `ssl_certificate_key ${NGINX_CERTS}/privkey.pem;`,
    "ssl_protocols TLSv1.2 TLSv1.3;",
    "ssl_session_cache shared:tls:10m;",
    "ssl_session_tickets off;",
  ];
}

function redirects(hosts: readonly HostRoutes[]): string[] {
  return [
    "",
    ...block("server", [
      "listen 80;",
      `server_name ${hosts.map(({ served }) => served).join(" ")};`,
      ...block("location /.well-known/acme-challenge/", [`root ${NGINX_ACME};`]),
      ...block("location /", ["return 308 https://$host$request_uri;"]),
    ]),
  ];
}

/** Without these, nginx would answer an unknown host with the first server. */
function rejectUnknownHosts(tls: boolean): string[] {
  return [
    "",
    "# Any other host.",
    ...block("server", ["listen 80 default_server;", "return 404;"]),
    ...(tls ? block("server", ["listen 443 ssl default_server;", "ssl_reject_handshake on;"]) : []),
  ];
}

function server(app: ResolvedApp, { host, served, routes }: HostRoutes, tls: boolean): string[] {
  const isAny = host === ANY_HOST;
  return block("server", [
    ...(tls ? ["listen 443 ssl;", "http2 on;"] : [isAny ? "listen 80 default_server;" : "listen 80;"]),
    `server_name ${isAny ? "_" : served};`,
    ...maintenance(),
    "# Metrics are for the host's own network.",
    ...block("location = /metrics", ["return 404;"]),
    ...block("location ^~ /metrics/", ["return 404;"]),
    ...routes.filter(({ pattern }) => !isMetrics(pattern)).flatMap((route) => location(app, routes, route)),
    ...(routes.some(({ pattern }) => pattern === "/*") ? [] : block("location /", ["return 404;"])),
  ]);
}

/** The paths that have a location of their own in every server; nginx allows no second one. */
const isMetrics = (pattern: string): boolean => ["/metrics", "/metrics/"].includes(stem(pattern));

/**
 * "/api/*" does not match "/api" itself, but nginx would redirect that to "/api/": so it gets a location of its own with
 * whatever matches it, as in Caddy.
 */
function location(app: ResolvedApp, routes: readonly PathRoute[], { pattern, service }: PathRoute): string[] {
  const path = stem(pattern);
  if (!isPrefix(pattern)) return block(`location = ${quoted(path)}`, upstream(app, service));
  const own = block(`location ${quoted(path)}`, upstream(app, service));
  const bare = path.slice(0, -1);
  if (!path.endsWith("/") || bare === "" || routes.some((other) => other.pattern === bare)) return own;
  const fallback = routes.find((other) => matches(other.pattern, bare));
  return [...own, ...block(`location = ${quoted(bare)}`, fallback ? upstream(app, fallback.service) : ["return 404;"])];
}

/** The name stands in a variable so that nginx asks for the address with each request instead of once at its start. */
function upstream(app: ResolvedApp, name: string): string[] {
  return [
    `set $upstream ${name}:${app.services[name]?.port};`,
    "proxy_pass http://$upstream;",
    "proxy_http_version 1.1;",
    "proxy_set_header Host $host;",
    "proxy_set_header Upgrade $http_upgrade;",
    "proxy_set_header Connection $connection_upgrade;",
    "proxy_set_header X-Real-IP $remote_addr;",
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Host $host;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
    `proxy_connect_timeout ${RETRY_SECONDS}s;`,
    "proxy_read_timeout 300s;",
  ];
}

function block(head: string, body: readonly string[]): string[] {
  return [`${head} {`, ...indent("    ", body), "}"];
}

/** A path as one word of the configuration. */
const quoted = (path: string): string =>
  /^[\w./~%@+=-]+$/.test(path) ? path : `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

import { describe, expect, test } from "vitest";
import { caddyfile } from "../../../modules/host/config/caddyfile";
import { nginxConf } from "../../../modules/host/config/nginx-conf";
import { apiWith, shop, type AppChanges } from "../../helpers/fixtures";

/** A configuration as its lines, without indentation: for what must be there, whatever its depth. */
const linesOf = (text: string): string[] => text.split("\n").map((line) => line.trim());

const onlyApi = (route: { hosts: string[]; paths?: string[] }, changes: AppChanges = {}) =>
  shop({ services: apiWith({ route }), jobs: {}, ...changes });

/** Every host leads to the API, one of them besides under a path of its own. */
const anyHost = (proxy: "caddy" | "nginx") =>
  shop({
    services: {
      ...apiWith({ route: { hosts: ["*"] } }),
      web: { image: { build: {} }, port: 3000, route: { hosts: ["shop.example"], paths: ["/web/*"] } },
    },
    jobs: {},
    ingress: { proxy, tls: { off: "A load balancer ends TLS" } },
  });

describe("Caddy", () => {
  test("the whole file of the shop", async () => {
    await expect(caddyfile({ app: shop(), domain: "shop.example" })).toMatchFileSnapshot("expected/Caddyfile");
  });

  test("without TLS every site speaks HTTP, and the reason stands above, in one line", () => {
    const text = caddyfile({ app: shop({ ingress: { tls: { off: "A load balancer\nends TLS" } } }) });
    expect(text.split("\n")[0]).toBe("# Without TLS: A load balancer ends TLS");
    expect(text.match(/^\S+ \{$/gm)).toEqual([
      "(common) {",
      "(maintenance) {",
      "http://api.shop.example {",
      "http://shop.example {",
      "http:// {",
      "http://127.0.0.1:2020 {",
    ]);
    expect(text).not.toContain("Strict-Transport-Security");
  });

  test("a route of every host takes the place of the answer to unknown ones, without a Host for its check", () => {
    const text = caddyfile({ app: anyHost("caddy"), domain: "shop.example" });
    const [, other = ""] = /# Any other host\.\nhttp:\/\/ \{\n([^]*?)\n\}/.exec(text) ?? [];
    expect(linesOf(other)).toEqual(
      expect.arrayContaining(["import common", "respond @metrics 404", "reverse_proxy api:8080 {"]),
    );
    expect(other).not.toContain("health_headers");
    expect(text.match(/^http:\S+ \{$/gm)).toEqual(["http://shop.example {", "http:// {", "http://127.0.0.1:2020 {"]);
    expect(text).not.toContain("*.");
  });

  test("a header about the client's address counts only when it comes from the given ranges", () => {
    expect(caddyfile({ app: shop() })).not.toContain("trusted_proxies");
    const lines = linesOf(caddyfile({ app: shop(), trustedProxies: "192.0.2.0/24 198.51.100.0/24" }));
    expect(lines).toContain("trusted_proxies static 192.0.2.0/24 198.51.100.0/24");
    expect(lines).toContain("client_ip_headers CF-Connecting-IP X-Forwarded-For");
  });

  test("a service with a check command of its own is not asked over HTTP", () => {
    const services = apiWith({ route: { hosts: ["shop.example"] }, healthCheck: { command: ["true"] } });
    expect(caddyfile({ app: shop({ services, jobs: {} }) })).not.toContain("health_uri");
  });

  test("what no path matches is not found", () => {
    const app = onlyApi({ hosts: ["shop.example"], paths: ["/api/*"] });
    expect(caddyfile({ app })).toMatch(/handle \/api\/\* \{[^]*\n\t\trespond 404\n\t\}\n\}/);
  });

  test("a path with special characters is one word", () => {
    const app = onlyApi({ hosts: ["shop.example"], paths: ['/a"b{c}*'] });
    expect(linesOf(caddyfile({ app }))).toContain(String.raw`handle "/a\"b{c}*" {`);
  });
});

describe("nginx", () => {
  test("the whole file of the shop", async () => {
    const app = shop({ ingress: { proxy: "nginx" } });
    await expect(nginxConf({ app, domain: "shop.example" })).toMatchFileSnapshot("expected/nginx.conf");
  });

  test("without TLS there is one listener per host and no certificate", () => {
    const text = nginxConf({ app: shop({ ingress: { proxy: "nginx", tls: { off: "A load balancer\nends TLS" } } }) });
    expect(text.split("\n")[0]).toBe("# Without TLS: A load balancer ends TLS");
    expect(text).not.toMatch(/443|ssl|http2|Strict-Transport-Security|return 308/);
    expect(linesOf(text).filter((line) => line.startsWith("server_name "))).toEqual([
      "server_name api.shop.example;",
      "server_name shop.example;",
    ]);
  });

  test("a route of every host is the default server, and the only one", () => {
    const text = nginxConf({ app: anyHost("nginx"), domain: "shop.example" });
    const [, other = ""] = /listen 80 default_server;\n([^]*?)\n {4}\}/.exec(text) ?? [];
    expect(linesOf(other)).toEqual(
      expect.arrayContaining(["server_name _;", "location = /metrics {", "set $upstream api:8080;"]),
    );
    expect(text.match(/default_server/g)).toHaveLength(1);
  });

  test("a header about the client's address counts only when it comes from the given ranges", () => {
    expect(nginxConf({ app: shop() })).not.toContain("real_ip");
    const lines = linesOf(
      nginxConf({ app: shop(), trustedProxies: "192.0.2.0/24;\nset_real_ip_from 198.51.100.0/24" }),
    );
    expect(lines.filter((line) => line.startsWith("set_real_ip_from"))).toEqual([
      "set_real_ip_from 192.0.2.0/24;",
      "set_real_ip_from 198.51.100.0/24;",
    ]);
  });

  /** The location blocks of the first host's server, by their heads, with the service or status behind them. */
  function locations(paths: string[], fallback = true): Record<string, string | undefined> {
    const web = { image: { build: {} }, port: 3000, route: { hosts: ["shop.example"] } };
    const services = { ...apiWith({ route: { hosts: ["shop.example"], paths } }), ...(fallback && { web }) };
    const tls = { off: "Not needed here" };
    const text = nginxConf({ app: shop({ services, jobs: {}, ingress: { proxy: "nginx", tls } }) });
    const blocks = [...text.matchAll(/location (.+) \{\n\s+(?:set \$upstream (\w+):|return (\d+))/g)];
    return Object.fromEntries(blocks.map(([, head, service, status]) => [head, service ?? status]));
  }
  const METRICS = { "= /metrics": "404", "^~ /metrics/": "404" };

  test.each<[string, Record<string, string>]>([
    ["/api", { "= /api": "api", "/": "web" }],
    ["/api*", { "/api": "api", "/": "web" }],
    ["/api/*", { "/api/": "api", "= /api": "web", "/": "web" }],
    ["/metrics/*", { "/": "web" }],
    ["/metrics", { "/": "web" }],
  ])("%s leads where it leads with Caddy", (pattern, expected) => {
    expect(locations([pattern])).toEqual({ ...METRICS, ...expected });
  });

  test("a path and the paths below it may both be named", () => {
    expect(locations(["/api", "/api/*"])).toEqual({ ...METRICS, "/api/": "api", "= /api": "api", "/": "web" });
  });

  test("what no path matches is not found", () => {
    expect(locations(["/api/*"], false)).toEqual({ ...METRICS, "/api/": "api", "= /api": "404", "/": "404" });
  });

  test("a path with special characters is one word", () => {
    expect(locations(['/a"b;*'])).toHaveProperty([String.raw`"/a\"b;"`], "api");
  });
});

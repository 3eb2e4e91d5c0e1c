import { describe, expect, test } from "vitest";
import { compose, serviceOf } from "../helpers/compose";

describe("the proxy", () => {
  test("Caddy is not root, listens on 80 and 443, and keeps its certificates on the data volume", () => {
    const proxy = serviceOf("proxy");
    expect(proxy).toMatchObject({ user: "10002:10002", cap_add: ["NET_BIND_SERVICE"], ports: ["80:80", "443:443"] });
    expect(proxy.volumes?.map(({ source, target, read_only }) => [source, target, read_only])).toEqual([
      ["/opt/shop/caddy", "/etc/caddy", true],
      ["/opt/shop/data/maintenance", "/var/www/maintenance", true],
      ["/opt/shop/data/caddy", "/data", undefined],
    ]);
  });

  test("nginx reads certificates that the host keeps on the data volume", () => {
    const proxy = serviceOf("proxy", { ingress: { proxy: "nginx" } });
    expect(proxy.user).toBe("101:101");
    expect(proxy.volumes?.map(({ source, read_only }) => [source, read_only])).toEqual([
      ["/opt/shop/nginx", true],
      ["/opt/shop/data/maintenance", true],
      ["/opt/shop/data/certs", true],
      ["/opt/shop/data/acme", true],
    ]);
  });

  test.each(["caddy", "nginx"] as const)("%s without TLS publishes port 80 only", (proxy) => {
    const ingress = { proxy, tls: { off: "Behind a load balancer" } };
    expect(serviceOf("proxy", { ingress }).ports).toEqual(["80:80"]);
  });

  test("is left out when it is turned off", () => {
    expect(compose({ ingress: { proxy: "none" } }).services).not.toHaveProperty("proxy");
  });
});

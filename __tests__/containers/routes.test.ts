import { describe, expect, test } from "vitest";
import { hostRoutes, matches } from "../../modules/containers/routes";
import { publicHost, underDomain } from "../../modules/edge/public-hosts";
import { OPAQUE, shop } from "../helpers/fixtures";

test.each([
  ["webrana.id", "webrana.id", OPAQUE, OPAQUE],
  ["api.webrana.id", "webrana.id", OPAQUE, `api.${OPAQUE}`],
  ["a.b.webrana.id", "webrana.id", "other.org", "a.b.other.org"],
  ["notwebrana.id", "webrana.id", OPAQUE, "notwebrana.id"],
  ["webrana.id.evil.org", "webrana.id", OPAQUE, "webrana.id.evil.org"],
  ["api.webrana.id", "webrana.id", undefined, "api.webrana.id"],
  ["api.webrana.id", undefined, OPAQUE, "api.webrana.id"],
])("%s of %s is served on %s as %s", (host, specified, domain, served) => {
  expect(underDomain(publicHost(host, specified), domain)).toBe(served);
});

describe("order of paths", () => {
  const image = { reference: "ghcr.io/shop/x:1" };
  const service = (...paths: string[]) => ({ image, port: 80, route: { hosts: ["shop.example"], paths } });
  const order = (...paths: string[]) =>
    hostRoutes(shop({ services: { x: service(...paths) }, jobs: {} }), undefined)[0]?.routes.map(
      ({ pattern }) => pattern,
    );

  test.each([
    ["the longer first", ["/*", "/api/*", "/api/v1/*"], ["/api/v1/*", "/api/*", "/*"]],
    ["the exact first", ["/api*", "/api"], ["/api", "/api*"]],
    ["equal ones by name", ["/b/*", "/a/*"], ["/a/*", "/b/*"]],
  ])("%s", (_, paths, expected) => {
    expect(order(...paths)).toEqual(expected);
  });

  test("does not depend on the order of the services", () => {
    const [a, b] = [service("/a/*"), service("/*")];
    const first = hostRoutes(shop({ services: { a, b }, jobs: {} }), undefined);
    expect(hostRoutes(shop({ services: { b, a }, jobs: {} }), undefined)).toEqual(first);
    expect(first[0]?.routes).toEqual([
      { pattern: "/a/*", service: "a" },
      { pattern: "/*", service: "b" },
    ]);
  });
});

test("hosts come in alphabetical order, each once", () => {
  expect(hostRoutes(shop(), "new.example").map(({ served }) => served)).toEqual(["api.new.example", "new.example"]);
});

test.each([
  ["/api/*", "/api/x", true],
  ["/api/*", "/api/", true],
  ["/api/*", "/api", false],
  ["/api*", "/apix", true],
  ["/api", "/api", true],
  ["/api", "/api/x", false],
])("%s and %s: %s", (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected);
});

import { describe, expect, test } from "vitest";
import { matches } from "../../modules/containers/routes";
import { plannedRules, type PlannedRule, type ServiceRoute } from "../../modules/edge/listener-priorities";

const route = (service: string, paths: string[], hosts = ["shop.example"]): ServiceRoute => ({ service, hosts, paths });

const priorities = (rules: readonly PlannedRule[]): Record<string, number> =>
  Object.fromEntries(rules.map(({ id, priority }) => [id, priority]));

/** The service that a load balancer would choose. */
function chosen(routes: readonly ServiceRoute[], host: string, path: string): string | undefined {
  return plannedRules(routes)
    .sort((a, b) => a.priority - b.priority)
    .find((rule) => (rule.hosts.length === 0 || rule.hosts.includes(host)) && matches(rule.path, path))?.service;
}

describe("the most specific rule wins", () => {
  const routes = [
    route("any", ["/*"], ["*"]),
    route("any-api", ["/api/v1/*"], ["*"]),
    route("web", ["/*"]),
    route("start", ["/"]),
    route("api", ["/api/*"]),
    route("files", ["/api/files/*"]),
    route("status", ["/api/files/"]),
  ];

  test.each([
    ["shop.example", "/", "start"],
    ["shop.example", "/about", "web"],
    ["shop.example", "/api/users", "api"],
    ["shop.example", "/api/files/1", "files"],
    ["shop.example", "/api/files/", "status"],
    ["shop.example", "/api/v1/x", "api"],
    ["203.0.113.7", "/api/v1/x", "any-api"],
    ["203.0.113.7", "/api/x", "any"],
  ])("%s%s leads to %s", (host, path, service) => {
    expect(chosen(routes, host, path)).toBe(service);
    expect(chosen(routes.toReversed(), host, path)).toBe(service);
  });

  test.each([0, 1, 19, 20, 49, 50, 51, 90, 126])("a path that is one longer than %i goes first", (length) => {
    const short = `/${"a".repeat(length)}`;
    const [longer, exact, prefix] = plannedRules([route("x", [`${short}b*`, short, `${short}*`])]) as [
      PlannedRule,
      PlannedRule,
      PlannedRule,
    ];
    expect([longer.priority, exact.priority, prefix.priority]).toEqual(
      [longer.priority, exact.priority, prefix.priority].toSorted((a, b) => a - b),
    );
  });
});

describe("priorities", () => {
  const many = Array.from({ length: 40 }, (_, i) => route(`service-${i}`, ["/*"], [`s${i}.shop.example`]));
  const before = priorities(plannedRules(many));

  test("are numbers that a listener takes, behind those that are kept free, each once", () => {
    const extremes = ["/*", "/", `/${"a".repeat(127)}`, `/${"a".repeat(127)}*`];
    const rules = plannedRules([...many, route("all", extremes, ["x.example", "*"])]);
    const numbers = rules.map(({ priority }) => priority);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(50_000);
  });

  test("stay the same when a service is added, and when one goes", () => {
    const added = priorities(plannedRules([...many, route("new", ["/*", "/api/*"], ["new.shop.example", "*"])]));
    expect(added).toMatchObject(before);
    expect(before).toMatchObject(priorities(plannedRules(many.slice(1))));
  });

  test("stay the same when a service of the same specification comes first", () => {
    const added = priorities(plannedRules([route("new", ["/*"], ["new.shop.example"]), ...many]));
    expect(added).toMatchObject(before);
  });

  test("stay the same when a service gets another host, or the domain is a reference", () => {
    const one = (hosts: string[]): number[] => plannedRules([route("api", ["/*"], hosts)]).map((rule) => rule.priority);
    expect(one(["${var.domain}", "b.example"])).toEqual(one(["shop.example"]));
  });

  test("of two rules that ask for the same number, the later takes the next that is free", () => {
    // So many that two ask for the same one: 12 numbers are there for a path of this length.
    const long = `/${"a".repeat(59)}`;
    const routes = Array.from({ length: 12 }, (_, i) => route(`s${i}`, [long], [`s${i}.example`]));
    const all = plannedRules(routes).map(({ priority }) => priority);
    expect(all).toHaveLength(12);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => Math.min(...all) + i));
    expect(plannedRules(routes.slice(0, 5)).map(({ priority }) => priority)).toEqual(all.slice(0, 5));
    expect(() => plannedRules([...routes, route("s12", [long])])).toThrow(
      `More than 12 rules with a path as long as ${long}`,
    );
  });
});

describe("rules", () => {
  test("one for each path, named by service and path", () => {
    const rules = plannedRules([route("api", ["/*", "/", "/api/*", "/api/v1/ping"]), route("web", ["/*"], ["*"])]);
    expect(rules.map(({ id, service, hosts, path }) => ({ id, service, hosts, path }))).toEqual([
      { id: "api_all", service: "api", hosts: ["shop.example"], path: "/*" },
      { id: "api_root", service: "api", hosts: ["shop.example"], path: "/" },
      { id: "api_api_all", service: "api", hosts: ["shop.example"], path: "/api/*" },
      { id: "api_api_v1_ping", service: "api", hosts: ["shop.example"], path: "/api/v1/ping" },
      { id: "web_all_any", service: "web", hosts: [], path: "/*" },
    ]);
  });

  test("hold five values at most: four hosts and the path", () => {
    const hosts = ["a", "b", "c", "*", "d", "e"].map((name) => (name === "*" ? name : `${name}.example`));
    expect(plannedRules([route("api", ["/*"], hosts)]).map((rule) => [rule.id, rule.hosts])).toEqual([
      ["api_all", ["a.example", "b.example", "c.example", "d.example"]],
      ["api_all_2", ["e.example"]],
      ["api_all_any", []],
    ]);
  });

  test.each([
    ["paths", [route("api", ["/x*", "/x/*"])]],
    ["services", [route("a-b", ["/c"]), route("a", ["/b/c"])]],
  ])("%s that come to the same id stay apart", (_what, routes) => {
    const ids = plannedRules(routes).map(({ id }) => id.replaceAll("-", "_"));
    expect(new Set(ids).size).toBe(2);
    expect(ids[1]).toMatch(/_[0-9a-f]{8}$/);
  });
});

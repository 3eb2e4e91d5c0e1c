import { describe, expect, test } from "vitest";
import {
  addressIn,
  generateValue,
  secretUses,
  smokePlan,
  statusCode,
  statusOf,
  valueProblem,
} from "../../scripts/day-two";
import { apiWith, shop } from "../helpers/fixtures";

describe("a made value", () => {
  test.each([
    [{ bytes: 24, encoding: "base64url" }, /^[\w-]{32}$/],
    [{ bytes: 32, encoding: "base64" }, /^[A-Za-z0-9+/]{43}=$/],
    [{ bytes: 16, encoding: "hex" }, /^[0-9a-f]{32}$/],
  ] as const)("%j is written as asked for, another one each time", (spec, form) => {
    const values = Array.from({ length: 5 }, () => generateValue(spec));
    for (const value of values) expect(value).toMatch(form);
    expect(new Set(values).size).toBe(5);
  });
});

describe("a value that stands in an environment file", () => {
  const problem = (value: string, store: "ssm" | "secrets-manager" = "ssm") => valueProblem(value, { store }, true);

  test.each(["x", "it's $ecret", 'a"b', "back\\slash", "ümläut", " spaces ", "x".repeat(4096)])(
    "%j is fine",
    (value) => {
      expect(problem(value)).toBeUndefined();
    },
  );

  test.each([
    ["", "it is empty"],
    ["a\0b", "it holds a zero byte"],
    ["a\nb", "it has a line break"],
    ["a\rb", "it has a line break"],
    ["a\\", "it has a backslash at its end"],
    ["a\\'b", "before a single quote"],
    ["x".repeat(4097), "it has 4097 bytes; the store takes 4096"],
  ])("%j is refused", (value, why) => expect(problem(value)).toContain(why));

  test("Secrets Manager takes more", () => {
    expect(problem("x".repeat(65_536), "secrets-manager")).toBeUndefined();
    expect(problem("x".repeat(65_537), "secrets-manager")).toContain("the store takes 65536");
  });

  test("what only stands in a URL may hold what a line cannot", () => {
    expect(valueProblem("a\\", { store: "ssm" }, false)).toBeUndefined();
  });
});

describe("who uses a secret", () => {
  test("services, jobs and roles, as the host hands it out", () => {
    const app = shop({
      secrets: { TOKEN: {}, SEED: {}, IDLE: {} },
      services: apiWith({ secrets: ["TOKEN"] }),
      jobs: { fill: { service: "api", command: ["fill"], secrets: ["SEED"] } },
    });
    const uses = secretUses(app);
    expect(uses.TOKEN).toEqual({ consumers: ["api"], databaseRole: "", standsInEnvironment: true });
    expect(uses.SEED).toMatchObject({ consumers: ["job-fill"] });
    expect(uses.IDLE).toEqual({ consumers: [], databaseRole: "", standsInEnvironment: false });
    expect(uses[app.database.passwordSecret]).toMatchObject({ consumers: ["api"], databaseRole: app.database.user });
    expect(uses.POSTGRES_PASSWORD).toEqual({ consumers: [], databaseRole: "postgres", standsInEnvironment: false });
  });
});

describe("what a smoke test asks", () => {
  const route = { hosts: ["shop.example.com"] };

  test("the health of what a name leads to, and what shows its database and cache", () => {
    const app = shop({ services: apiWith({ route, smoke: { database: "/db", cache: "/cache" } }) });
    expect(smokePlan(app, undefined, "192.0.2.1")).toMatchObject({
      names: [
        {
          name: "shop.example.com",
          paths: [
            { path: "/health", shows: "health of api" },
            { path: "/db", shows: "database through api" },
            { path: "/cache", shows: "cache through api" },
          ],
        },
      ],
      leftToHost: [],
    });
  });

  test("not a path that leads to another service, nor one that no name leads to", () => {
    const services = {
      ...apiWith({ route: { ...route, paths: ["/api/*"] } }),
      front: { image: { reference: "front:1" }, port: 3000, healthCheck: { path: "/" }, route },
    };
    const { names, leftToHost } = smokePlan(shop({ services }), undefined, "192.0.2.1");
    expect(names.map(({ paths }) => paths)).toEqual([[{ path: "/", shows: "health of front" }]]);
    expect(leftToHost).toEqual([{ what: "health of api", why: "no public name leads to its /health" }]);
  });

  test("ports beside the proxy only where somebody may reach them", () => {
    const services = apiWith({ hostPort: 8000 });
    const closed = smokePlan(shop({ services, ingress: { proxy: "none" } }), undefined, "192.0.2.1");
    expect([closed.names, closed.directPorts]).toEqual([[], []]);
    expect(closed.leftToHost.map(({ what }) => what)).toContain("port 8000 of api");
    const open = shop({ services, ingress: { proxy: "none", directCidrs: ["198.51.100.0/24"] } });
    expect(smokePlan(open, undefined, "192.0.2.1")).toEqual({
      names: [],
      directPorts: [{ service: "api", port: 8000, path: "/health" }],
      leftToHost: [],
    });
  });

  test("the address itself for a route of every host", () => {
    const services = apiWith({ route: { hosts: ["*"] } });
    const app = shop({ services, dns: {}, ingress: { tls: { off: "no name yet" } } });
    expect(smokePlan(app, undefined, "192.0.2.1").names.map(({ name }) => name)).toEqual(["192.0.2.1"]);
  });

  test("names under the domain of the deployed stack", () => {
    const app = shop({ services: apiWith({ route }), dns: { domain: "example.com" } });
    expect(smokePlan(app, "example.org", "192.0.2.1").names.map(({ name }) => name)).toEqual(["shop.example.org"]);
  });
});

describe("a status put together", () => {
  const instance = { id: "i-1", type: "t3.small", state: "running", checks: "ok", publicIp: "192.0.2.1" };
  const host = {
    stack: "shop-mvp",
    services: [],
    disks: [],
    units: [],
    backup: { lastSeconds: 1, lastDrillSeconds: null },
    maintenance: false,
    rebootDue: false,
    missing: [],
  };
  const well = {
    instance: { value: instance },
    alarms: { value: [{ name: "a", state: "OK", reason: "" }] },
    released: { value: {} },
    backup: { value: 1 },
    host: { value: host },
  };

  test.each([
    ["all is well", {}, 0, []],
    [
      "the instance is stopped",
      { instance: { value: { ...instance, state: "stopped" } } },
      1,
      ["the instance i-1 is stopped"],
    ],
    [
      "the instance is ill",
      { instance: { value: { ...instance, checks: "ok, impaired" } } },
      1,
      ["the instance i-1 fails EC2's status checks"],
    ],
    [
      "an alarm was deleted",
      { alarms: { value: [{ name: "a", state: "MISSING", reason: "" }] } },
      1,
      ["the alarm a does not exist: apply the stack to make it anew"],
    ],
    ["an alarm has no data", { alarms: { value: [{ name: "a", state: "INSUFFICIENT_DATA", reason: "" }] } }, 0, []],
    ["the host runs no database", { backup: undefined }, 0, []],
    ["EC2 refuses", { instance: { trouble: "EC2 refused." } }, 3, []],
    [
      "the host is silent and something is wrong",
      { host: { trouble: "Offline." }, instance: { value: { ...instance, state: "stopped" } } },
      3,
      ["the instance i-1 is stopped"],
    ],
  ] as const)("%s", (_what, changes, code, wrong) => {
    const status = statusOf("shop", { ...well, ...changes });
    expect([statusCode(status), status.wrong]).toEqual([code, wrong]);
  });
});

test("a container's address is taken from its own network alone", () => {
  const target = { name: "db", container: "shop-postgres", network: "shop-mvp_internal", port: 5432 };
  const answer = (containers: object) => JSON.stringify([{ Containers: containers }]);
  expect(addressIn(answer({ a: { Name: "shop-postgres", IPv4Address: "172.18.0.2/16" } }), target)).toBe("172.18.0.2");
  for (const bad of [
    {},
    { a: { Name: "shop-postgres-2", IPv4Address: "172.18.0.2/16" } },
    { a: { Name: "shop-postgres", IPv4Address: "" } },
  ]) {
    expect(() => addressIn(answer(bad), target)).toThrow("db does not run");
  }
  expect(() => addressIn("[{", target)).toThrow("is no JSON");
});

import { describe, expect, test } from "vitest";
import { jobSecretEnvironment, plainEnvironment, secretEnvironment } from "../../modules/containers/environment";
import { INJECTED_VARIABLES, type ResolvedApp } from "../../modules/spec";
import { apiWith, shop, type AppChanges } from "../helpers/fixtures";

function api(changes: AppChanges): [ResolvedApp, ResolvedApp["services"][string]] {
  const app = shop({ jobs: {}, ...changes });
  const service = app.services.api;
  if (!service) throw new Error("the fixture has no api");
  return [app, service];
}

const DATABASE = { DB_HOST: "postgres", DB_NAME: "shop", DB_PORT: "5432", DB_USER: "shop" };
const CACHE = {
  CACHE_URL: "redis://cache:6379/0",
  REDIS_HOST: "cache",
  REDIS_PORT: "6379",
  REDIS_URL: "redis://cache:6379/0",
};

describe("variables that are no secret", () => {
  test.each<[string, AppChanges, Record<string, string>]>([
    ["database and cache", { services: apiWith({}) }, { ...DATABASE, ...CACHE }],
    ["database alone", { services: apiWith({ connects: ["database"] }) }, DATABASE],
    ["cache alone", { services: apiWith({ connects: ["cache"] }) }, CACHE],
    ["neither", { services: apiWith({ connects: [] }) }, {}],
    ["an external database", { services: apiWith({}), database: { mode: "external" } }, CACHE],
    [
      "names of its own",
      { services: apiWith({}), database: { name: "a", user: "b" } },
      { ...DATABASE, ...CACHE, DB_NAME: "a", DB_USER: "b" },
    ],
    [
      "a database for itself",
      { services: apiWith({ connects: ["database"], database: "reports" }), database: { databases: ["reports"] } },
      { ...DATABASE, DB_NAME: "reports", DB_USER: "reports" },
    ],
    [
      "the app's own value wins",
      { services: apiWith({ connects: ["database"], env: { DB_NAME: "other" } }) },
      { ...DATABASE, DB_NAME: "other" },
    ],
  ])("%s", (_, changes, expected) => {
    expect(plainEnvironment(...api(changes))).toEqual(expected);
  });

  test("they are sorted, so that moving a line in the specification changes nothing", () => {
    const names = Object.keys(plainEnvironment(...api({ services: apiWith({ env: { Z: "1", A: "2" } }) })));
    expect(names).toEqual([...names].sort());
  });
});

describe("variables with a secret", () => {
  test("a database that the stack runs gives the password and the URL", () => {
    expect(secretEnvironment(...api({ services: apiWith({ secrets: ["JWT_SECRET"] }) }))).toEqual({
      DATABASE_URL: [
        { text: "postgresql://shop:" },
        { secret: "DB_PASSWORD", encode: "url" },
        { text: "@postgres:5432/shop" },
      ],
      DB_PASSWORD: [{ secret: "DB_PASSWORD" }],
      JWT_SECRET: [{ secret: "JWT_SECRET" }],
    });
  });

  test("a service with a database for itself gets the password of that role, under the same name", () => {
    const own = { services: apiWith({ database: "reports" }), database: { databases: ["reports", "others"] } };
    expect(secretEnvironment(...api(own))).toEqual({
      DATABASE_URL: [
        { text: "postgresql://reports:" },
        { secret: "REPORTS_DB_PASSWORD", encode: "url" },
        { text: "@postgres:5432/reports" },
      ],
      DB_PASSWORD: [{ secret: "REPORTS_DB_PASSWORD" }],
    });
  });

  test("an external database gives its URL's secret under its own name", () => {
    const changes = { services: apiWith({}), database: { mode: "external", urlSecret: "PG_URL" } } as const;
    expect(secretEnvironment(...api(changes))).toEqual({ PG_URL: [{ secret: "PG_URL" }] });
  });

  test("a service that connects to nothing gets no password", () => {
    expect(secretEnvironment(...api({ services: apiWith({ connects: [] }) }))).toEqual({});
  });

  test("the superuser's password goes to no service", () => {
    const app = shop();
    for (const service of Object.values(app.services)) {
      expect(JSON.stringify(secretEnvironment(app, service))).not.toContain("POSTGRES_PASSWORD");
    }
  });
});

describe("further names", () => {
  const aliases = {
    PG_URI: "DATABASE_URL",
    API_KEYS: "JWT_SECRET",
    BROKER: "REDIS_URL",
    LEVEL: "RUST_LOG",
    GONE: "NOTHING",
  };
  const of = api({ services: apiWith({ secrets: ["JWT_SECRET"], env: { RUST_LOG: "info" }, aliases }) });

  test("stand beside the first ones, each where its value may stand", () => {
    const plain = plainEnvironment(...of);
    expect(plain).toMatchObject({
      BROKER: CACHE.REDIS_URL,
      REDIS_URL: CACHE.REDIS_URL,
      LEVEL: "info",
      RUST_LOG: "info",
    });
    expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(["PG_URI"]));
    const secret = secretEnvironment(...of);
    expect(secret.PG_URI).toEqual(secret.DATABASE_URL);
    expect(secret.API_KEYS).toEqual([{ secret: "JWT_SECRET" }]);
    expect(Object.keys(secret)).toEqual(Object.keys(secret).sort());
  });

  test("of a variable that a job sets anew have the job's value", () => {
    const [app, service] = of;
    expect(plainEnvironment(app, { ...service, env: { RUST_LOG: "debug" } })).toMatchObject({ LEVEL: "debug" });
  });
});

test("a job's own secrets, sorted", () => {
  expect(Object.entries(jobSecretEnvironment({ secrets: ["Z", "A"] }))).toEqual([
    ["A", [{ secret: "A" }]],
    ["Z", [{ secret: "Z" }]],
  ]);
});

test("a service that is connected to everything gets every injected variable and no other", () => {
  const all = api({ services: apiWith({}) });
  const names = [...Object.keys(plainEnvironment(...all)), ...Object.keys(secretEnvironment(...all))];
  expect(names.filter((name) => name !== "DB_PASSWORD").sort()).toEqual([...INJECTED_VARIABLES].sort());
});

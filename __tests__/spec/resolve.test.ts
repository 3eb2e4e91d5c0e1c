import { describe, expect, test } from "vitest";
import { type AppInput, defineApp, formatProblem, resolveApps } from "../../modules/spec";
import { resolveBy } from "../../modules/spec/resolve";
import { RULES } from "../../modules/spec/rules";
import { STACK_SET_RULES } from "../../modules/spec/stack-rules";
import { appWith, GOOD_APP } from "./rows/row";

const API = { image: { reference: "ghcr.io/acme/api:1" }, port: 8080 };

/** The smallest app there is. */
const WITH_CI = { ci: { github: { repository: "acme/shop" } } };

const MINIMAL: AppInput = {
  name: "tiny-app",
  region: "eu-central-1",
  services: { api: API },
};

const resolveOne = (input: AppInput) => {
  const { stacks, problems } = resolveApps([defineApp(input)]);
  expect(problems).toEqual([]);
  const [stack] = stacks;
  if (!stack) throw new Error("no stack");
  return stack;
};

describe("the minimal app", () => {
  test("is a name, a region and one service", () => {
    const { id, tier, names, outputAliases } = resolveOne(MINIMAL);
    expect({ id, tier, names, outputAliases }).toEqual({
      id: "tiny-app-mvp",
      tier: "mvp",
      names: {},
      outputAliases: {},
    });
  });

  test("has every default that follows from other fields", () => {
    const { app } = resolveOne(MINIMAL);
    expect(app.isDefaultEnvironment).toBe(true);
    expect(app.environment).toBe("production");
    expect(app.database).toMatchObject({ mode: "own", name: "tiny_app", user: "tiny_app", memoryMiB: 1024 });
    expect(app.cache).toMatchObject({ mode: "none", version: "8.1", containerMemoryMiB: 320 });
    expect(app.host).toMatchObject({
      appDir: "/opt/tiny-app",
      cpuCredits: "unlimited",
      arch: "x86_64",
      burstable: true,
    });
    expect(app.network).toMatchObject({ cidr: "10.0.0.0/16", publicSubnets: ["10.0.128.0/22"] });
    expect(app.state).toEqual({ backend: "local", region: "eu-central-1" });
    expect(Object.keys(app.secrets)).toEqual(["DB_PASSWORD", "POSTGRES_PASSWORD"]);
    expect(app.services.api).toMatchObject({ connects: ["database"], healthCheck: { path: "/health" } });
  });
});

describe("defaults that follow from other fields", () => {
  test("a worker has no health check of its own accord", () => {
    const { app } = resolveOne({ ...MINIMAL, services: { w: { kind: "worker", image: { build: {} } } } });
    expect(app.services.w?.healthCheck).toBeUndefined();
  });

  test.each([
    { connects: undefined, expected: ["database", "cache"] },
    { connects: [], expected: [] },
    { connects: ["cache" as const], expected: ["cache"] },
  ])("connects $connects is $expected", ({ connects, expected }) => {
    const services = { api: { ...API, connects } };
    const { app } = resolveOne({ ...MINIMAL, services, cache: { mode: "own" } });
    expect(app.services.api?.connects).toEqual(expected);
  });

  test("Spot instances do not spend credits beyond those that they earn", () => {
    expect(resolveOne({ ...MINIMAL, host: { spot: true } }).app.host.cpuCredits).toBe("standard");
  });

  test("the database gets a quarter of the instance", () => {
    expect(resolveOne({ ...MINIMAL, host: { instanceType: "t4g.large" } }).app.database.memoryMiB).toBe(2048);
    const small = {
      ...MINIMAL,
      host: { instanceType: "t3.micro" },
      services: { api: { ...API, memoryMiB: 256 } },
    };
    expect(resolveOne(small).app.database.memoryMiB).toBe(256);
  });

  test("Redis has its own newest version", () => {
    const { app } = resolveOne({ ...MINIMAL, cache: { mode: "own", engine: "redis" } });
    expect(app.cache.version).toBe("8.2");
  });

  test("an external database implies its URL as a provided secret", () => {
    const { app } = resolveOne({ ...MINIMAL, database: { mode: "external", urlSecret: "DATABASE_URL" } });
    expect(Object.entries(app.secrets)).toEqual([["DATABASE_URL", expect.objectContaining({ source: "provided" })]]);
    expect(app.services.api?.connects).toEqual(["database"]);
  });

  test("a declared secret keeps what it declares", () => {
    const { app } = resolveOne({ ...MINIMAL, secrets: { DB_PASSWORD: { bytes: 24, carry: true } } });
    expect(app.secrets.DB_PASSWORD).toMatchObject({ bytes: 24, carry: true, store: "ssm" });
  });

  test("subnets follow the zones and the range", () => {
    const { app } = resolveOne({ ...MINIMAL, network: { cidr: "10.7.0.0/20", zones: ["a", "c"] } });
    expect(app.network.publicSubnets).toEqual(["10.7.8.0/26", "10.7.8.64/26"]);
  });
});

describe("environments", () => {
  const shop = (environments: AppInput["environments"], app: Partial<AppInput> = {}) =>
    resolveApps([defineApp({ ...GOOD_APP, ...app, environments })]);

  test("append their name to the id; the app's own environment keeps it", () => {
    const { stacks } = shop({ staging: {}, demo: {} }, { stacks: { mvp: { id: "mvp" } } });
    expect(stacks.map(({ id, app }) => [id, app.environment, app.isDefaultEnvironment])).toEqual([
      ["mvp", "production", true],
      ["mvp-staging", "staging", false],
      ["mvp-demo", "demo", false],
    ]);
  });

  test("may give their stack an id of its own", () => {
    const { stacks } = shop({ staging: { stacks: { mvp: { id: "playground" } } } });
    expect(stacks.map(({ id }) => id)).toEqual(["shop-mvp", "playground"]);
  });

  test("merge objects and replace lists and plain values", () => {
    const { stacks } = shop({
      staging: {
        host: { instanceType: "t3.large" },
        observability: { emails: [] },
        services: { api: { env: { LOG: "debug" }, secrets: [] } },
      },
    });
    const [production, staging] = stacks.map(({ app }) => app);
    expect(staging?.host.instanceType).toBe("t3.large");
    expect(staging?.observability.emails).toEqual([]);
    expect(staging?.services.api).toMatchObject({ port: 8080, env: { LOG: "debug" }, secrets: [] });
    expect(production?.services.api?.secrets).toEqual(["JWT_SECRET"]);
    expect(production?.host.instanceType).toBe("t3.medium");
  });

  test("replace a value of another form as a whole", () => {
    const { stacks, problems } = shop({ staging: { services: { worker: { image: { reference: "acme/worker:2" } } } } });
    expect(problems).toEqual([]);
    expect(stacks[1]?.app.services.worker?.image).toEqual({ reference: "acme/worker:2" });
  });

  test("do not inherit the literal names of an existing system, but its output aliases", () => {
    const mvp = { names: { alarm_cpu: "shop-high-cpu" }, outputAliases: { ip: "public_ip" } };
    const { stacks } = shop(
      { staging: {}, demo: { stacks: { mvp: { names: { alarm_cpu: "demo" } } } } },
      { stacks: { mvp } },
    );
    expect(stacks.map(({ names }) => names)).toEqual([{ alarm_cpu: "shop-high-cpu" }, {}, { alarm_cpu: "demo" }]);
    expect(stacks.map(({ outputAliases }) => outputAliases)).toEqual([mvp, mvp, mvp].map((one) => one.outputAliases));
  });

  test("a wrong environment leaves the app itself alone", () => {
    const { stacks, problems } = shop({ staging: { host: { dataGiB: 0 } }, demo: {} });
    expect(stacks.map(({ id }) => id)).toEqual(["shop-mvp", "shop-mvp-demo"]);
    expect(problems.map(({ stack, path }) => [stack, path])).toEqual([
      ["shop-mvp-staging", "environments.staging.host.dataGiB"],
    ]);
  });

  test("an environment may mend what is wrong in the app", () => {
    const { stacks } = shop({ staging: { registry: { keep: 5 } } }, { registry: { keep: 1 } });
    expect(stacks.map(({ id }) => id)).toEqual(["shop-mvp-staging"]);
  });
});

describe("several apps", () => {
  test("a wrong app does not keep the others from being built", () => {
    const { stacks, problems } = resolveApps([appWith({ region: "?" }), defineApp(MINIMAL)]);
    expect(stacks.map(({ id }) => id)).toEqual(["tiny-app-mvp"]);
    expect(problems.map(({ stack }) => stack)).toEqual(["shop-mvp"]);
  });

  const ONE_ID = [
    appWith({ stacks: { mvp: { id: "mvp" } } }),
    defineApp({ ...MINIMAL, stacks: { mvp: { id: "mvp" } } }),
  ];
  const ONE_NAME = [appWith({}), appWith({ stacks: { mvp: { id: "second" } } })];

  test.each([
    {
      rule: "stack-ids-apart",
      apps: ONE_ID,
      line: `mvp: stacks.mvp.id is "mvp"; allowed: an id that no other stack of any app has; give this stack another id`,
    },
    {
      rule: "stack-names-apart",
      apps: ONE_NAME,
      line: `second: name is "shop"; allowed: a name that no other app has in the same environment; rename the app: the resources of stack "shop-mvp" have this name`,
    },
    {
      rule: "ci-ids-apart",
      apps: [appWith(WITH_CI), defineApp({ ...MINIMAL, stacks: { mvp: { id: "shop-ci" } } })],
      line: `shop-ci: stacks.mvp.id is "shop-ci"; allowed: ids of stacks and of ci stacks (<name>-ci) that are all different; give the stack whose id ends in -ci another one`,
    },
    {
      rule: "ci-ids-apart",
      apps: [defineApp({ ...MINIMAL, stacks: { mvp: { id: "shop-ci" } } }), appWith(WITH_CI)],
      line: `shop-mvp: ci is a stack with the id "shop-ci"; allowed: ids of stacks and of ci stacks (<name>-ci) that are all different; give the stack whose id ends in -ci another one`,
    },
  ])("$rule: the second of two stacks that collide is left out", ({ rule, apps, line }) => {
    const { stacks, problems } = resolveApps(apps);
    expect(problems.map(formatProblem)).toEqual([line]);
    expect(stacks).toHaveLength(1);

    const without = resolveBy({ rules: RULES, stackRules: STACK_SET_RULES.filter(({ id }) => id !== rule) }, apps);
    expect(without.problems).toEqual([]);
    expect(without.stacks).toHaveLength(2);
  });

  test("every rule about several stacks is tried above", () => {
    expect(STACK_SET_RULES.map(({ id }) => id)).toEqual([
      "stack-id-reserved",
      "stack-ids-apart",
      "stack-names-apart",
      "ci-ids-apart",
    ]);
  });

  test("stack-id-reserved: the id of the state bucket's stack is taken, with that rule only", () => {
    const apps = [defineApp({ ...MINIMAL, stacks: { mvp: { id: "state" } } })];
    const { stacks, problems } = resolveApps(apps);
    expect(stacks).toEqual([]);
    expect(problems.map(formatProblem)).toEqual([
      `state: stacks.mvp.id is "state"; allowed: any id but "state", which is the stack of the state bucket; give this stack another id`,
    ]);
    const without = STACK_SET_RULES.filter(({ id }) => id !== "stack-id-reserved");
    expect(resolveBy({ rules: RULES, stackRules: without }, apps).problems).toEqual([]);
  });

  test("the id of an environment collides with that of an app", () => {
    const apps = [
      appWith({ stacks: { mvp: { id: "web" } }, environments: { staging: {} } }),
      defineApp({ ...MINIMAL, stacks: { mvp: { id: "web-staging" } } }),
    ];
    expect(resolveApps(apps).problems.map(({ stack, path }) => [stack, path])).toEqual([
      ["web-staging", "stacks.mvp.id"],
    ]);
  });
});

describe("what is no app at all", () => {
  test.each([undefined, null, "shop", 5, [], () => ({})])("%s is one problem", (input) => {
    const { stacks, problems } = resolveApps([defineApp(input as unknown as AppInput)]);
    expect(stacks).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ stack: "app 1", path: "the app" });
  });

  test("no app gives nothing", () => {
    expect(resolveApps([])).toEqual({ stacks: [], problems: [], warnings: [] });
  });
});

test("names that every JavaScript object inherits are names like any other", () => {
  const named = appWith({
    services: { constructor: { image: { build: {} }, port: 1 } },
    jobs: { "to-string": { service: "constructor", command: ["x"] }, lost: { service: "toString", command: ["x"] } },
    host: { instanceType: "constructor.large" },
    stacks: { mvp: { outputAliases: { ip: "valueOf" } } },
  });
  expect(resolveApps([named]).problems.map(({ path, fix }) => [path, fix])).toEqual([
    ["jobs.lost.service", "write the name as it stands under services"],
  ]);
});

test("junk in the place of any value is reported and never thrown", () => {
  const junk = [null, Number.NaN, "", " ", "a\nb", -1, 1e99, true, [], [null], {}, { x: 1 }, () => 1, 1n, Symbol("s")];
  let attempts = 0;
  const places = (value: unknown): string[][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [[key], ...places(inner).map((path) => [key, ...path])])
      : [];
  for (const path of places(GOOD_APP)) {
    for (const value of junk) {
      const copy = structuredClone(GOOD_APP) as unknown as Record<string, unknown>;
      const owner = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy);
      owner[path.at(-1) ?? ""] = value;
      for (const { path: place, value: words, allowed, fix } of resolveApps([defineApp(copy as unknown as AppInput)])
        .problems) {
        expect([place, words, allowed, fix].every((part) => part !== "" && !part.includes("\n"))).toBe(true);
      }
      attempts += 1;
    }
  }
  expect(attempts).toBeGreaterThan(500);
});

import { describe, expect, test } from "vitest";
import { type AppInput, defineApp, formatProblem, resolveApps } from "../../modules/spec";

const API = { image: { reference: "ghcr.io/acme/api:1" }, port: 8080 };
const BOTH: AppInput = {
  name: "shop",
  region: "eu-central-1",
  stacks: { mvp: {}, growth: { overrides: { observability: { logDays: 7 }, services: { api: { count: 3 } } } } },
  services: { api: API },
  observability: { logDays: 90 },
};

const resolve = (input: AppInput) => resolveApps([defineApp(input)], { today: "2026-11-21" });
const onTiers = (input: AppInput) => resolve(input).stacks.map(({ id, app }) => [id, app.observability.logDays]);

describe("what an app says differently on a tier", () => {
  test("holds there and nowhere else; objects merge", () => {
    const { stacks, problems } = resolve(BOTH);
    expect(problems).toEqual([]);
    expect(onTiers(BOTH)).toEqual([
      ["shop-mvp", 90],
      ["shop-growth", 7],
    ]);
    expect(stacks[1]?.app.services.api).toMatchObject({ count: 3, port: 8080 });
  });

  test("is laid over what an environment says, which may change it too", () => {
    const environments: AppInput["environments"] = {
      quiet: { observability: { logDays: 30 } },
      loud: { stacks: { growth: { overrides: { observability: { logDays: 365 } } } } },
    };
    expect(onTiers({ ...BOTH, environments })).toEqual([
      ["shop-mvp", 90],
      ["shop-growth", 7],
      ["shop-mvp-quiet", 30],
      ["shop-growth-quiet", 7],
      ["shop-mvp-loud", 90],
      ["shop-growth-loud", 365],
    ]);
  });

  test("a mistake is reported where it was written, and once when it holds for both tiers", () => {
    const wrong = { ...BOTH, region: "Frankfurt", rds: { storageGiB: 200 } };
    const rds = { maxStorageGiB: 150 };
    const entries = { mvp: {}, growth: { overrides: { rds } } };
    expect(resolve({ ...wrong, stacks: entries }).problems.map(({ path }) => path)).toEqual(["region"]);
    expect(resolve({ ...wrong, region: "eu-central-1", stacks: entries }).problems.map(formatProblem)).toEqual([
      "shop: stacks.growth.overrides.rds.maxStorageGiB is 150; allowed: 220 or more, a tenth above the storage at the start; raise it, or lower rds.storageGiB",
    ]);
  });
});

describe("defaults by tier", () => {
  const [mvp, growth] = resolve({ ...BOTH, stacks: { mvp: {}, growth: {} } }).stacks;

  test("each tier has a network and zones of its own, so that they can be peered", () => {
    expect(mvp?.app.network).toMatchObject({ cidr: "10.0.0.0/16", zones: ["a"] });
    expect(growth?.app.network).toMatchObject({ cidr: "10.1.0.0/16", zones: ["a", "b"] });
  });

  test("RDS keeps the administrator's password itself", () => {
    expect(Object.keys(mvp?.app.secrets ?? {})).toEqual(["DB_PASSWORD", "POSTGRES_PASSWORD"]);
    expect(Object.keys(growth?.app.secrets ?? {})).toEqual(["DB_PASSWORD"]);
  });

  test("a web service has two tasks, a worker one; one that scales has at least as many", () => {
    const services: AppInput["services"] = {
      api: API,
      worker: { kind: "worker", image: API.image },
      shop: { ...API, scaling: { max: 6 } },
      small: { ...API, scaling: { max: 1 } },
    };
    const [stack] = resolve({ ...BOTH, stacks: { growth: {} }, services }).stacks;
    const counts = Object.values(stack?.app.services ?? {}).map(({ count, scaling }) => [count, scaling?.min]);
    expect(counts).toEqual([
      [2, undefined],
      [1, undefined],
      [2, 2],
      [2, 1],
    ]);
  });
});

import { expect, test } from "vitest";
import { cacheImage, postgresImage, PROXY_IMAGES } from "../../modules/containers/images";
import { appSchema } from "../../modules/spec/schema";

test.each([13, 14, 15, 16, 17, 18])("PostgreSQL %i is pinned to a minor release on Debian", (major) => {
  expect(postgresImage(major)).toMatch(new RegExp(`^postgres:${major}\\.\\d+-bookworm$`));
});

test("a PostgreSQL version without a pinned image is refused by name", () => {
  expect(() => postgresImage(12)).toThrow("no PostgreSQL image is pinned for major version 12");
});

test.each([
  ["valkey", "8.1", "valkey/valkey:8.1.4-bookworm"],
  ["redis", "7.2", "redis:7.2.11-bookworm"],
  ["redis", "8.2", "redis:8.2.2-bookworm"],
] as const)("%s %s", (engine, version, image) => {
  expect(cacheImage({ engine, version })).toBe(image);
});

test("a cache version that the engine does not have is refused by name", () => {
  expect(() => cacheImage({ engine: "valkey", version: "7.2" })).toThrow("no image is pinned for valkey 7.2");
});

test("every proxy of the specification has a pinned image", () => {
  const proxies = appSchema.shape.ingress
    .unwrap()
    .shape.proxy.unwrap()
    .options.filter((proxy) => proxy !== "none");
  expect(Object.keys(PROXY_IMAGES).sort()).toEqual([...proxies].sort());
  for (const image of Object.values(PROXY_IMAGES)) expect(image).toMatch(/:\d+\.\d+\.\d+(-bookworm)?$/);
});

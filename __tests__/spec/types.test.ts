import { expect, expectTypeOf, test } from "vitest";
import { type AppInput, defineApp, type ResolvedApp } from "../../modules/spec";

const service = { image: { reference: "acme/api:1" }, port: 8080 } as const;
const minimal = { name: "tiny", region: "eu-central-1", services: { api: service } } as const;

// The compiler checks these when the project's types are checked: a line that stops being wrong is an error itself.
const WRONG = [
  // @ts-expect-error an app has a name
  defineApp({ region: "eu-central-1", services: { api: service } }),
  // @ts-expect-error an app has a region
  defineApp({ name: "tiny", services: { api: service } }),
  // @ts-expect-error an app has services
  defineApp({ name: "tiny", region: "eu-central-1" }),
  // @ts-expect-error a service has an image
  defineApp({ ...minimal, services: { api: { port: 8080 } } }),
  // @ts-expect-error a misspelt section
  defineApp({ ...minimal, hots: { spot: true } }),
  // @ts-expect-error a misspelt field
  defineApp({ ...minimal, host: { instanceTyp: "t3.small" } }),
  // @ts-expect-error a word that is not among the choices
  defineApp({ ...minimal, ingress: { proxy: "traefik" } }),
  // @ts-expect-error turning a safety off takes a reason
  defineApp({ ...minimal, protect: false }),
  // @ts-expect-error a port is a number
  defineApp({ ...minimal, services: { api: { ...service, port: "8080" } } }),
  // @ts-expect-error an environment cannot rename the app
  defineApp({ ...minimal, environments: { staging: { name: "other" } } }),
  // @ts-expect-error a misspelt field in an environment
  defineApp({ ...minimal, environments: { staging: { host: { sopt: true } } } }),
];

test("the minimal app is name, region and one service with image and port", () => {
  expect(defineApp(minimal).input).toBe(minimal);
  expectTypeOf(minimal).toExtend<AppInput>();
});

test("defineApp keeps what it gets and never throws", () => {
  expect(WRONG).toHaveLength(11);
  expect(WRONG.every(({ input }) => typeof input === "object")).toBe(true);
});

test("an environment names what differs only", () => {
  const { input } = defineApp({
    ...minimal,
    environments: { staging: { host: { spot: true }, services: { api: { cpu: 256 } } } },
  });
  expect(input.environments?.staging?.host?.spot).toBe(true);
});

test("nothing that has a default is left open in a resolved app", () => {
  expectTypeOf<ResolvedApp["database"]["name"]>().toEqualTypeOf<string>();
  expectTypeOf<ResolvedApp["database"]["memoryMiB"]>().toEqualTypeOf<number>();
  expectTypeOf<ResolvedApp["host"]["appDir"]>().toEqualTypeOf<string>();
  expectTypeOf<ResolvedApp["network"]["cidr"]>().toEqualTypeOf<string>();
  expectTypeOf<ResolvedApp["state"]["region"]>().toEqualTypeOf<string>();
  expectTypeOf<ResolvedApp["cache"]["version"]>().toEqualTypeOf<"8.1" | "7.2" | "8.2">();
});

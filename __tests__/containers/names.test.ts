import { expect, test } from "vitest";
import { containerNames, imageVariable, proxyOf } from "../../modules/containers/names";
import { apiWith, shop } from "../helpers/fixtures";

test("the containers that run all the time, in order", () => {
  expect(containerNames(shop())).toEqual(["postgres", "cache", "api", "web", "proxy"]);
});

test("what an app does not have runs no container", () => {
  const app = shop({ database: { mode: "external" }, cache: { mode: "none" }, ingress: { proxy: "none" } });
  expect(containerNames(app)).toEqual(["api", "web"]);
});

test.each([
  ["caddy", shop(), "caddy"],
  ["nginx", shop({ ingress: { proxy: "nginx" } }), "nginx"],
  ["none", shop({ ingress: { proxy: "none" } }), undefined],
  ["no public route", shop({ services: apiWith({}), jobs: {} }), undefined],
])("proxy: %s", (_, app, proxy) => {
  expect(proxyOf(app)).toBe(proxy);
});

test.each([
  ["api", "IMAGE_API"],
  ["my-api-2", "IMAGE_MY_API_2"],
])("the image variable of %s", (service, variable) => {
  expect(imageVariable(service)).toBe(variable);
});

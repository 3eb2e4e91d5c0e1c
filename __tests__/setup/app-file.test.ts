import { describe, expect, test } from "vitest";
import * as prettier from "prettier";
import { defineApp, resolveApps } from "../../modules/spec";
import { appConstant, appFile, appInput, type NewApp } from "../../scripts/setup/app-file";
import { withApp } from "../../scripts/setup/app-list";
import { parseService, uniqueServices } from "../../scripts/setup/init";

const SHOP: NewApp = {
  name: "my-shop2",
  region: "eu-central-1",
  domain: "shop.example",
  services: [
    { name: "mailer" },
    { name: "api", port: 8080 },
    { name: "back-office", port: 3000, image: "ghcr.io/acme/back-office:1.2.3" },
  ],
};

describe("the input for defineApp", () => {
  test("gives the first service with a port the domain, the others a name below it, workers none", () => {
    expect(appInput(SHOP).services).toEqual({
      mailer: { kind: "worker", image: { build: {} } },
      api: { image: { build: {} }, port: 8080, route: { hosts: ["shop.example"] } },
      "back-office": {
        image: { reference: "ghcr.io/acme/back-office:1.2.3" },
        port: 3000,
        route: { hosts: ["back-office.shop.example"] },
      },
    });
  });

  test.each([
    ["with a domain", SHOP],
    ["without one", { ...SHOP, domain: undefined }],
  ])("is a valid app %s", (_what, app) => {
    const { problems, stacks } = resolveApps([defineApp(appInput(app))]);
    expect(problems).toEqual([]);
    expect(stacks.map(({ id }) => id)).toEqual(["my-shop2-mvp"]);
  });
});

describe("the file", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  const withImage = (image: string): NewApp => ({
    name: "x",
    region: "eu-central-1",
    services: [{ name: "web", port: 1, image: `${image}@${digest}` }],
  });

  test.each([
    ["an app with everything", SHOP],
    ["a long image reference", withImage("ghcr.io/acme/back-office")],
    ["a longer one", withImage("registry.example.com/a/rather/long/path/to/the/image")],
  ])("of %s is formatted as the project's sources are", async (_what, app) => {
    const source = appFile(app);
    expect(await prettier.format(source, { parser: "typescript", printWidth: 120 })).toBe(source);
  });

  test("names its constant so that it can never be a reserved word", () => {
    expect([appConstant("new"), appConstant("my-shop2"), appConstant("a-1b")]).toEqual([
      "newApp",
      "myShop2App",
      "a1bApp",
    ]);
  });

  test("quotes the names of services that are no identifiers", () => {
    expect(appFile(SHOP)).toContain(`    "back-office": {`);
    expect(appFile(SHOP)).toContain("    api: {");
  });
});

describe("parseService", () => {
  test.each([
    ["api:8080", { name: "api", port: 8080, image: undefined }],
    ["api:8080=build", { name: "api", port: 8080, image: undefined }],
    ["web:3000=ghcr.io/acme/web:1.2", { name: "web", port: 3000, image: "ghcr.io/acme/web:1.2" }],
    ["mailer", { name: "mailer", port: undefined, image: undefined }],
    [" mailer=busybox:1 ", { name: "mailer", port: undefined, image: "busybox:1" }],
  ])("reads %s", (written, service) => expect(parseService(written)).toEqual(service));

  test.each(["", "api:", "api:http", ":80", "api:80=", "a:1:2"])("refuses %j and shows the form", (written) => {
    expect(() => parseService(written)).toThrow(/^The service ".*" is not understood; allowed: name:port/);
  });

  test("the same name twice is refused", () => {
    expect(() => uniqueServices([{ name: "a" }, { name: "b" }, { name: "a" }])).toThrow(
      `The service "a" is given twice`,
    );
  });
});

describe("withApp", () => {
  const list = [
    "// tiers init: imports",
    `import { a } from "./a";`,
    "// tiers init: end of imports",
    "export const apps = [",
    "  // tiers init: apps",
    "  a,",
    "  // tiers init: end of apps",
    "];",
    "",
  ].join("\n");

  test("adds one line to each part, indented like the mark, and nothing the second time", () => {
    const once = withApp(list, "shop", "shopApp");
    expect(once).toContain(
      `import { a } from "./a";\nimport { shopApp } from "./shop";\n// tiers init: end of imports`,
    );
    expect(once).toContain("  a,\n  shopApp,\n  // tiers init: end of apps");
    expect(withApp(once, "shop", "shopApp")).toBe(once);
  });

  test.each([
    ["imports", list.replace("// tiers init: imports\n", "")],
    ["apps", list.replace("  // tiers init: end of apps\n", "")],
  ])("says which marks are gone: %s", (part, broken) => {
    expect(() => withApp(broken, "shop", "shopApp")).toThrow(`apps/index.ts has no lines "// tiers init: ${part}"`);
  });
});

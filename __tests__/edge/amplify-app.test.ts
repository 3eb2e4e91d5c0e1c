import { AmplifyApp as Amplify } from "@cdktf/provider-aws/lib/amplify-app";
import { AmplifyBranch } from "@cdktf/provider-aws/lib/amplify-branch";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { AmplifyApp, type AmplifyAppProps } from "../../modules/edge/amplify-app";
import { amplifyBuildSpec } from "../../modules/edge/amplify-build";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { NAMES, synthEdge } from "./parts";

const BUILD = { install: ["npm ci"], commands: ["npm run build"], output: "build" };

const synthApp = (changes: Partial<AmplifyAppProps> = {}): string =>
  synthEdge((stack) => {
    const app = new AmplifyApp(stack, "frontend", {
      names: NAMES,
      branch: "main",
      build: BUILD,
      environment: { REACT_APP_API_URL: "https://api.shop.example" },
      ...changes,
    });
    new TerraformOutput(stack, "url", { value: app.url });
  });

describe("AmplifyApp", () => {
  test("by default has no repository, and leaves the one alone that a person connects", () => {
    const json = synthApp();
    const app = onlyOne(json, Amplify);
    expect(app).toMatchObject({
      name: "shop-growth-web",
      platform: "WEB",
      environment_variables: { REACT_APP_API_URL: "https://api.shop.example" },
      lifecycle: { ignore_changes: ["repository"] },
    });
    expect(app).not.toHaveProperty("repository");
    expect(app).not.toHaveProperty("access_token");
    expect(resourceTypes(json)).toEqual(["aws_amplify_app"]);
  });

  test("with a repository builds its branch, and reads the token once", () => {
    const repository = { url: "https://github.com/acme/shop", token: "${var.repository_token}" };
    const json = synthApp({ repository });
    expect(onlyOne(json, Amplify)).toMatchObject({
      repository: "https://github.com/acme/shop",
      access_token: "${var.repository_token}",
      lifecycle: { ignore_changes: ["access_token"] },
    });
    expect(onlyOne(json, AmplifyBranch)).toEqual({
      app_id: "${aws_amplify_app.frontend_app.id}",
      branch_name: "main",
      stage: "PRODUCTION",
      enable_auto_build: true,
    });
  });

  test.each([
    ["main", "main"],
    ["feature/New_Shop", "feature-new-shop"],
  ])("branch %s is published as %s", (branch, name) => {
    expect(outputOf(synthApp({ branch }), "url")).toBe(
      `https://${name}.\${aws_amplify_app.frontend_app.default_domain}`,
    );
  });

  test("what is no file leads to the single page", () => {
    const { custom_rule } = onlyOne(synthApp(), Amplify) as { custom_rule: { source: string }[] };
    expect(custom_rule).toMatchObject([{ target: "/index.html", status: "200" }]);
    const source = custom_rule[0]?.source ?? "";
    const pattern = new RegExp(/^<\/(.*)\/>$/.exec(source)?.[1] ?? "nothing");
    const paths = [
      "/",
      "/orders/7",
      "/release/1.2",
      "/main.3f2a.js",
      "/app.css",
      "/logo.svg",
      "/font.woff2",
      "/sitemap.xml",
    ];
    expect(paths.filter((path) => pattern.test(path))).toEqual(["/", "/orders/7", "/release/1.2"]);
  });

  test("an app in a folder is named in the build settings and in the variable", () => {
    const json = synthApp({ build: { ...BUILD, folder: "frontend" } });
    expect(onlyOne(json, Amplify)).toMatchObject({
      environment_variables: { AMPLIFY_MONOREPO_APP_ROOT: "frontend" },
      build_spec: amplifyBuildSpec({ ...BUILD, folder: "frontend" }),
    });
  });
});

describe("amplifyBuildSpec", () => {
  const frontend = {
    phases: { preBuild: { commands: ["npm ci"] }, build: { commands: ["npm run build"] } },
    artifacts: { baseDirectory: "build", files: ["**/*"] },
    cache: { paths: ["node_modules/**/*"] },
  };

  test("fetches, builds and publishes a folder", () => {
    expect(parse(amplifyBuildSpec(BUILD))).toEqual({ version: 1, frontend });
  });

  test("of a folder of the repository is a list of apps", () => {
    expect(parse(amplifyBuildSpec({ ...BUILD, folder: "web/app" }))).toEqual({
      version: 1,
      applications: [{ appRoot: "web/app", frontend }],
    });
  });

  test("a variable of the shell stays one", () => {
    const json = synthApp({ build: { ...BUILD, commands: ["echo ${AWS_BRANCH}"] } });
    expect(onlyOne(json, Amplify).build_spec).toContain("echo $${AWS_BRANCH}");
  });
});

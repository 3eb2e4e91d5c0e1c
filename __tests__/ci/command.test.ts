/** `tiers ci` as a person uses it, in a copy of the project whose app has CI. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";

const CI = `ci: { github: { repository: "webrana/webrana" }, test: ["cargo test"] },\n  ingress: {`;

let project: ProjectCopy;
let app: string;
beforeAll(async () => {
  project = await copyProject("ci-command");
  app = path.join(project.root, "app");
  const file = path.join(project.root, "apps", "webrana.ts");
  const text = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, text.replace("ingress: {", CI));
}, 120_000);
afterAll(() => project.remove());

const ci = (...args: string[]) => project.tiers(["ci", ...args]);
const file = (name: string): string => path.join(app, ".github", "workflows", `mvp-${name}.yml`);

describe("tiers ci", () => {
  test("writes the workflows of a stack, and says so", async () => {
    const { code, stdout } = await ci("mvp", "--out", "app");
    expect([code, stdout.trim().split("\n")]).toEqual([
      0,
      ["test", "plan", "release", "drift"].map((name) => `.github/workflows/mvp-${name}.yml: written`),
    ]);
    expect(fs.readFileSync(file("test"), "utf8")).toContain("run: cargo test\n");
  });

  test("finds the same stack by the app's name, and changes nothing", async () => {
    const { code, stdout } = await ci("webrana", "--out", "app", "--json");
    expect(code).toBe(0);
    const { files } = JSON.parse(stdout) as { files: { path: string; status: string }[] };
    expect(files.map(({ status }) => status)).toEqual(["same", "same", "same", "same"]);
  });

  test("compares only, and ends with 1 when a file was changed or is missing", async () => {
    expect(await ci("mvp", "--out", "app", "--check")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("All workflows are what the specification says.") as string,
    });
    fs.appendFileSync(file("release"), "# by hand\n");
    fs.rmSync(file("drift"));
    const { code, stdout } = await ci("mvp", "--out", "app", "--check");
    expect(code).toBe(1);
    expect(stdout.trim().split("\n").slice(2)).toEqual([
      ".github/workflows/mvp-release.yml: different",
      ".github/workflows/mvp-drift.yml: missing",
      "2 files not as the specification says; write them anew without --check.",
    ]);
    expect(fs.readFileSync(file("release"), "utf8")).toContain("# by hand");
    expect(fs.existsSync(file("drift"))).toBe(false);
  });

  test("says what exists when the name is wrong", async () => {
    const { code, stderr } = await ci("mpv");
    expect([code, stderr]).toEqual([2, expect.stringContaining(`There is no stack and no app "mpv"; `)]);
    expect(stderr).toContain(`did you mean "mvp"?`);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("says what to write when the app has no CI", async () => {
    const input = path.join(project.root, "apps", "webrana.ts");
    const text = fs.readFileSync(input, "utf8");
    fs.writeFileSync(input, text.replace(/ {2}ci: .*\n/, ""));
    const { code, stderr } = await ci("mvp", "--out", "app");
    fs.writeFileSync(input, text);
    expect([code, stderr.trim()]).toEqual([
      2,
      'error: mvp has no CI. Add to its app: ci: { github: { repository: "<owner>/<name>" }, test: ["<command>"] }',
    ]);
  });
});

describe("the stack of the roles", () => {
  test("is shown beside the app's", async () => {
    const { code, stdout } = await project.tiers(["check", "--json"]);
    expect(code).toBe(0);
    const { stacks } = JSON.parse(stdout) as { stacks: { id: string; tier: string; types: Record<string, number> }[] };
    expect(stacks.find(({ id }) => id === "webrana-ci")).toMatchObject({
      tier: "ci",
      types: { aws_iam_openid_connect_provider: 1, aws_iam_role: 2, aws_iam_role_policy: 4 },
    });
  });

  test("is synthesized, and runs on a simulated AWS by its id", async () => {
    expect((await project.tiers(["synth"])).stdout.split("\n")).toContain("cdktf.out/stacks/webrana-ci");
    const { code, stdout, stderr } = await project.tiers(["simulate", "webrana-ci", "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("webrana-ci");
  });
});

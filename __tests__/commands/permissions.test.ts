import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childEnv } from "../../scripts/lib/environment";
import { filesIn } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";

/** The superuser may read and write everything, so then the command runs as "nobody". */
const NOBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

let project: ProjectCopy;
let secret: string;
beforeAll(async () => {
  project = await copyProject("permissions");
  secret = path.join(project.root, "secret.json");
  fs.writeFileSync(secret, "{}", { mode: 0o000 });
  const stack = path.join(project.root, "out", "stacks", "mvp");
  fs.mkdirSync(stack, { recursive: true });
  fs.writeFileSync(path.join(stack, "cdk.tf.json"), "{}", { mode: 0o000 });
  for (const folder of [project.root, path.join(project.root, "apps")]) fs.chmodSync(folder, 0o555);
}, 120_000);
afterAll(() => {
  for (const folder of [project.root, path.join(project.root, "apps")]) fs.chmodSync(folder, 0o755);
  project.remove();
});

function tiers(...args: string[]) {
  const entry = path.join(project.root, "dist", "scripts", "tiers.js");
  const options = { cwd: project.root, env: childEnv(process.env), encoding: "utf8" as const, ...NOBODY };
  return spawnSync(process.execPath, [entry, ...args], options);
}

const SHOP = ["--yes", "--name", "shop", "--region", "eu-central-1", "--service", "api:8080"];

describe("in a project that the user may not write, a command ends with one line, exit code 2, and writes nothing", () => {
  test.each([
    ["simulate", ["simulate", "mvp"], ".simulated"],
    ["quickstart", ["quickstart"], ".simulated"],
    ["synth", ["synth"], ".cache"],
    ["init", ["init", ...SHOP], "apps/shop.ts"],
  ])("%s", (_what, args, place) => {
    const before = filesIn(project.root);
    const { status, stderr, stdout } = tiers(...args);
    expect(stderr).toContain(`error: No permission for ${path.join(project.root, place)}`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([status, stdout]).toEqual([2, ""]);
    expect(filesIn(project.root)).toEqual(before);
  });

  test("but check needs to write nothing there and works", () => {
    expect(tiers("check").status).toBe(0);
  });
});

describe("a file that the user may not read is named", () => {
  test("fixtures of simulate", () => {
    const { status, stderr } = tiers("simulate", "mvp", "--fixtures", secret);
    expect([status, stderr]).toEqual([
      2,
      `error: No permission for ${secret}. Change its owner or its mode, then try again.\n`,
    ]);
  });

  test("the configuration of a stack to tear down", () => {
    fs.chmodSync(path.join(project.root, "out"), 0o777);
    const { status, stderr } = tiers("teardown", "mvp", "--yes", "--directory", "out/stacks/mvp");
    expect([status, stderr]).toEqual([2, expect.stringContaining("error: No permission for ")]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

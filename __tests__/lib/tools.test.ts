import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot, shown } from "../../scripts/lib/paths";
import { compareVersions, findOnPath, versionOf } from "../../scripts/lib/tools";
import { makeFolder, removeFolder, ROOT } from "../helpers/folders";

let folder: string;
beforeAll(() => {
  folder = makeFolder("tools");
  fs.writeFileSync(path.join(folder, "tool"), "#!/bin/sh\necho 'tool version v1.22.333-beta (linux)'\n", {
    mode: 0o755,
  });
  fs.writeFileSync(path.join(folder, "broken"), "#!/bin/sh\necho 1.2; exit 4\n", { mode: 0o755 });
  fs.writeFileSync(path.join(folder, "data"), "no program");
});
afterAll(() => removeFolder(folder));

test("findOnPath takes the first program, never a file that cannot run", () => {
  const env = { PATH: `/nowhere:${folder}` };
  expect(findOnPath("tool", env)).toBe(path.join(folder, "tool"));
  expect(findOnPath("data", env)).toBeUndefined();
  expect(findOnPath("tool", {})).toBeUndefined();
});

test("versionOf reads the first number of what a program prints, and nothing from one that fails", async () => {
  expect(await versionOf(path.join(folder, "tool"), [], process.env)).toBe("1.22.333");
  expect(await versionOf(path.join(folder, "broken"), [], process.env)).toBeUndefined();
  expect(await versionOf(path.join(folder, "none"), [], process.env)).toBeUndefined();
});

test.each([
  ["1.11.4", "1.11.0", 1],
  ["1.9.9", "1.11.0", -1],
  ["1.11", "1.11.0", 0],
  ["20.19.10", "20.19.9", 1],
])("compareVersions compares %s with %s by number", (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

test("the project's root is found from any depth, and its absence is said", () => {
  expect(projectRoot(path.join(ROOT, "scripts", "lib"))).toBe(ROOT);
  expect(() => projectRoot("/")).toThrow("No cdktf.json in / or any folder above it.");
});

test("paths are shown relative to the project when they lie in it", () => {
  expect(shown("/p", "/p/a/b")).toBe("a/b");
  expect(shown("/p", "/p")).toBe(".");
  expect(shown("/p", "/q/a")).toBe("/q/a");
});

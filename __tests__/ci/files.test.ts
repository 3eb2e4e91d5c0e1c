import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { compareFiles, type StackWithCi, workflowFiles, writeFiles } from "../../scripts/ci";
import { makeFolder, removeFolder, ROOT } from "../helpers/folders";
import { ciStack, rich } from "./apps";

const folder = makeFolder("ci-files");
afterAll(() => removeFolder(folder));
beforeEach(() => fs.rmSync(path.join(folder, ".github"), { recursive: true, force: true }));

const stack = ciStack(rich).stacks[0] as StackWithCi;
const files = workflowFiles(stack, ROOT);
const withoutTests = workflowFiles({ ...stack, app: { ...stack.app, ci: { ...stack.app.ci, test: [] } } }, ROOT);

const statuses = (which = files): string[] => compareFiles(which, folder).map(({ status }) => status);
const at = (name: string): string => path.join(folder, ".github", "workflows", `store-${name}.yml`);

test("files that are missing are written, and then the same", () => {
  expect(statuses()).toEqual(["missing", "missing", "missing", "missing"]);
  writeFiles(compareFiles(files, folder), folder);
  expect(statuses()).toEqual(["same", "same", "same", "same"]);
  expect(fs.readdirSync(path.dirname(at("plan"))).sort()).toEqual([
    "store-drift.yml",
    "store-plan.yml",
    "store-release.yml",
    "store-test.yml",
  ]);
});

test("a file that somebody changed is seen, and put right", () => {
  writeFiles(compareFiles(files, folder), folder);
  const text = fs.readFileSync(at("release"), "utf8");
  fs.writeFileSync(at("release"), text.replace("cancel-in-progress: false", "cancel-in-progress: true"));
  expect(statuses()).toEqual(["same", "same", "different", "same"]);
  writeFiles(compareFiles(files, folder), folder);
  expect(fs.readFileSync(at("release"), "utf8")).toBe(text);
});

test("a workflow that the app no longer needs goes, but only one of ours", () => {
  writeFiles(compareFiles(files, folder), folder);
  expect(statuses(withoutTests)).toEqual(["needless", "same", "different", "same"]);
  writeFiles(compareFiles(withoutTests, folder), folder);
  expect(fs.existsSync(at("test"))).toBe(false);
  fs.writeFileSync(at("test"), "name: made by hand\n");
  expect(statuses(withoutTests)).toEqual(["same", "same", "same"]);
});

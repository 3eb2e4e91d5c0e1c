import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../modules/terraform/project-root";

test("is the folder of cdktf.json, whatever the working directory", () => {
  expect(projectRoot()).toBe(path.resolve(__dirname, "../.."));
  expect(fs.existsSync(path.join(projectRoot(), "cdktf.json"))).toBe(true);
});

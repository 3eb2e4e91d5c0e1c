import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { expect, test } from "vitest";
import { staticFiles } from "../../../modules/host/config/static-files";

const FOLDER = "modules/host/files";

test("everything in the folder is shipped but the loader and settings of tools", () => {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", FOLDER], {
    encoding: "utf8",
  })
    .trimEnd()
    .split("\n")
    .filter((file) => fs.existsSync(file))
    .map((file) => file.slice(FOLDER.length + 1))
    .filter((file) => file !== "loader.sh" && !file.startsWith("."));
  expect(staticFiles().map(({ path }) => path)).toEqual(listed.sort());
});

test("what people and units call is a program that begins with its interpreter, the rest is none", () => {
  for (const { path, content, mode } of staticFiles()) {
    const called = /^(bin|libexec)\//.test(path) || path === "bootstrap.sh";
    expect({ path, mode, called: content.startsWith("#!/bin/bash\n") }).toEqual({
      path,
      mode: called ? "0755" : "0644",
      called,
    });
  }
});

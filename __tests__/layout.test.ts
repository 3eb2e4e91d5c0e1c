import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";

/** The layout that people who know CDK for Terraform expect. */
const FIXED = [
  ".gen",
  "__tests__",
  "cdktf.json",
  "main.ts",
  "modules",
  "package.json",
  "scripts",
  "stacks",
  "tsconfig.json",
];

/** Everything else at the top level, each with what it is for. */
const ADDITIONS: Readonly<Record<string, string>> = {
  ".ci": "the one command that a build server runs",
  ".gitignore": "generated folders and states stay out of git",
  ".npmrc": "npm run leaves no logs and no notices in the home folder",
  ".oxlintrc.json": "lint rules, the import direction among them",
  ".prettierignore": "files that others format",
  ".prettierrc": "how code is formatted",
  "CHANGELOG.md": "what changed, and what it does to states that exist",
  "CONTRIBUTING.md": "the map of rooms for those who change the code",
  "README.md": "what this is and how to begin",
  apps: "one specification per app",
  docs: "decisions, guides and the conformance table",
  "knip.json": "what counts as dead code",
  "package-lock.json": "exact versions of everything installed",
  "tsconfig.build.json": "what cdktf compiles for a synth",
  "tsconfig.scripts.json": "what npm compiles for the command line",
  "vitest.config.ts": "how tests run",
  "vitest.rehearse.config.ts": "how tests against real servers run",
};

/** Every file that git tracks. */
function tracked(): string[] {
  return execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0").filter(Boolean);
}

describe("the top level of the repository", () => {
  const top = [...new Set(tracked().map((file) => file.split("/")[0] ?? ""))];

  test("is the fixed layout and the named additions, nothing more and nothing less", () => {
    expect(new Set(top)).toEqual(new Set([...FIXED, ...Object.keys(ADDITIONS)]));
  });

  test("no addition is part of the fixed layout, and each has its reason", () => {
    expect(FIXED.filter((name) => name in ADDITIONS)).toEqual([]);
    for (const reason of Object.values(ADDITIONS)) expect(reason).toMatch(/^[a-z].{10,}$/);
  });
});

describe("what is tracked", () => {
  test(".gen holds its explanation only: provider packages are prebuilt", () => {
    expect(tracked().filter((file) => file.startsWith(".gen/"))).toEqual([".gen/README.md"]);
  });

  test("no state, no plan, no output and no local setting", () => {
    const generated =
      /(^|\/)(dist|cdktf\.out|node_modules|\.terraform|\.simulated|\.teardown|coverage)\/|\.tfstate|\.tfvars$|\.env$|\.terraform\.lock\.hcl$|(^|\/)plan$/;
    expect(tracked().filter((file) => generated.test(file))).toEqual([]);
  });
});

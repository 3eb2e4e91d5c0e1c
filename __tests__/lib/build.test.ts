import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureBuilt } from "../../scripts/lib/build";
import { projectPaths, type ProjectPaths } from "../../scripts/lib/paths";
import { publish, stacksIn, synthesize } from "../../scripts/lib/synth";
import { writeFileAtomic } from "../../scripts/lib/write";
import { filesIn, makeFolder, removeFolder, ROOT } from "../helpers/folders";

let root: string;
let paths: ProjectPaths;
const put = (file: string, content: string): void => writeFileAtomic(path.join(root, file), content);
const read = (file: string): string => fs.readFileSync(path.join(root, file), "utf8");
/** Milliseconds since 1970 of the last change. */
const changed = (file: string): number => fs.statSync(path.join(root, file)).mtimeMs;
const age = (file: string, seconds: number): void => {
  const time = Date.now() / 1000 - seconds;
  fs.utimesSync(path.join(root, file), time, time);
};

beforeAll(() => {
  root = makeFolder("build");
  paths = projectPaths(root);
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
  const options = {
    target: "ES2022",
    module: "commonjs",
    outDir: "dist",
    rootDir: ".",
    strict: true,
    types: [],
    ignoreDeprecations: "6.0",
    // As the project's own: only what changed is written again.
    incremental: true,
    tsBuildInfoFile: "dist/.scripts.tsbuildinfo",
  };
  put("tsconfig.scripts.json", JSON.stringify({ compilerOptions: options, include: ["main.ts", "apps", "scripts"] }));
  put("scripts/tiers.ts", "export const entry = 1;\n");
});
beforeEach(() => {
  put("main.ts", "export const main = 1;\n");
  put("apps/index.ts", "export const apps = [1];\n");
});
afterAll(() => removeFolder(root));

describe("ensureBuilt", () => {
  test("compiles what was never compiled, and nothing when everything is newer than its source", async () => {
    await ensureBuilt(paths, process.env);
    expect(read("dist/main.js")).toContain("main = 1");
    const before = changed("dist/main.js");
    await ensureBuilt(paths, process.env);
    expect(changed("dist/main.js")).toBe(before);
  });

  test.each(["apps/index.ts", "main.ts"])("compiles again when %s changes", async (file) => {
    await ensureBuilt(paths, process.env);
    for (const output of ["dist/main.js", "dist/scripts/tiers.js"]) age(output, 60);
    put(file, `export const ${file === "main.ts" ? "main" : "apps"} = "changed";\n`);
    await ensureBuilt(paths, process.env);
    expect(read(`dist/${file.replace(".ts", ".js")}`)).toContain("changed");
  });

  test("knows that it has compiled, also when the changed file is not the one that it looks at", async () => {
    await ensureBuilt(paths, process.env);
    for (const output of ["dist/main.js", "dist/scripts/tiers.js"]) age(output, 60);
    put("apps/index.ts", "export const apps = [2];\n");
    await ensureBuilt(paths, process.env);
    for (const output of ["dist/main.js", "dist/scripts/tiers.js"])
      expect(changed(output), output).toBeGreaterThanOrEqual(changed("apps/index.ts"));
  });

  test("reports what does not compile each time, not only the first", async () => {
    put("apps/index.ts", "export const apps: string = 1;\n");
    for (const output of ["dist/main.js", "dist/scripts/tiers.js"]) age(output, 60);
    for (const _ of [1, 2]) {
      await expect(ensureBuilt(paths, process.env)).rejects.toThrow(
        /^The project does not compile:\napps\/index\.ts\(1,14\): error TS2322/,
      );
    }
  });
});

describe("synthesize", () => {
  const app = (script: string): void => put("dist/main.js", script);
  const run = (): Promise<string[]> =>
    synthesize(paths, { output: path.join(root, "out"), env: { ...process.env, TF_VAR_secret: "x" } });

  test("runs the app in the project's root with its output folder, without Terraform variables", async () => {
    app(`const fs = require("fs"); fs.mkdirSync(process.env.CDKTF_OUTDIR + "/stacks/b", { recursive: true }); fs.mkdirSync(process.env.CDKTF_OUTDIR + "/stacks/a");
      fs.writeFileSync(process.env.CDKTF_OUTDIR + "/seen", JSON.stringify([process.cwd(), process.env.TF_VAR_secret ?? null]))`);
    expect(await run()).toEqual(["a", "b"]);
    expect(JSON.parse(read("out/seen"))).toEqual([root, null]);
  });

  test("says what the app threw, with every line of the message and none of the call stack", async () => {
    app(`throw new Error("Validation failed:\\n  [mvp] first\\n  [mvp] second")`);
    await expect(run()).rejects.toThrow(
      /^The synthesis failed: Validation failed:\n {2}\[mvp\] first\n {2}\[mvp\] second$/,
    );
  });

  test("says the exit code when the app said nothing", async () => {
    app("process.exit(7)");
    await expect(run()).rejects.toThrow("The synthesis failed: exit code 7");
  });
});

describe("publish", () => {
  const fresh = (): string => path.join(root, "fresh");
  const output = (): string => path.join(root, "published");
  beforeEach(() => {
    for (const folder of [fresh(), output()]) removeFolder(folder);
    put("fresh/manifest.json", "new");
    put("fresh/stacks/mvp/cdk.tf.json", "new");
    put("published/stacks/mvp/cdk.tf.json", "old");
    put("published/stacks/mvp/.terraform.lock.hcl", "lock");
    put("published/stacks/gone/cdk.tf.json", "old");
  });

  test("replaces files and keeps what Terraform left; other stacks go when asked", () => {
    publish(fresh(), output(), true);
    expect(filesIn(output())).toEqual(["manifest.json", "stacks/mvp/.terraform.lock.hcl", "stacks/mvp/cdk.tf.json"]);
    expect(read("published/stacks/mvp/cdk.tf.json")).toBe("new");
  });

  test("other stacks stay when some stack is invalid", () => {
    publish(fresh(), output(), false);
    expect(stacksIn(output())).toEqual(["gone", "mvp"]);
  });
});

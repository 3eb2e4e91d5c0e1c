/** The official CDKTF template's way to synthesize the same stacks, set up once in .cache/ to be measured against. */
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import type { ProjectPaths } from "../lib/paths";
import { run } from "../lib/process";

/** What `cdktf init --template=typescript` of 0.21 runs: ts-node with a TypeScript that still has a compiler API. */
const PACKAGES = { "ts-node": "10.9.2", typescript: "5.9.3", "@types/node": "20.19.43" } as const;

/** Compiler settings of the template. */
const COMPILER = {
  alwaysStrict: true,
  declaration: true,
  experimentalDecorators: true,
  inlineSourceMap: true,
  inlineSources: true,
  lib: ["es2023"],
  module: "CommonJS",
  noEmitOnError: true,
  noFallthroughCasesInSwitch: true,
  noImplicitAny: true,
  noImplicitReturns: true,
  noImplicitThis: true,
  resolveJsonModule: true,
  strict: true,
  strictNullChecks: true,
  strictPropertyInitialization: true,
  stripInternal: true,
  target: "ES2022",
  incremental: true,
  skipLibCheck: true,
};

const SOURCES = ["main.ts", "apps", "stacks", "modules", "cdktf.json"] as const;

/**
 * Lays the sources of the app out as a template project with its own ts-node.
 *
 * @returns the folder to run `npx ts-node main.ts` in
 */
export async function layOutTemplate(paths: ProjectPaths): Promise<string> {
  const folder = path.join(paths.cache, "bench-template");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, devDependencies: PACKAGES }));
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILER }));
  if (!fs.existsSync(path.join(folder, "node_modules", "ts-node"))) await install(folder);
  for (const source of SOURCES) {
    fs.rmSync(path.join(folder, source), { recursive: true, force: true });
    fs.cpSync(path.join(paths.root, source), path.join(folder, source), { recursive: true });
  }
  linkDependencies(paths, folder);
  return folder;
}

async function install(folder: string): Promise<void> {
  const args = ["install", "--no-audit", "--no-fund", "--no-package-lock"];
  const { code, stderr } = await run("npm", args, { cwd: folder, env: childEnv(process.env), title: "npm install" });
  if (code !== 0)
    throw new UserError(`The template's packages could not be installed: ${stderr.trim().split("\n")[0]}`);
}

/** The app's own dependencies, as links, so that both sides load the same files. */
function linkDependencies(paths: ProjectPaths, folder: string): void {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(paths.root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = path.join(folder, "node_modules", name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.rmSync(link, { recursive: true, force: true });
    fs.symlinkSync(path.join(paths.root, "node_modules", name), link);
  }
}

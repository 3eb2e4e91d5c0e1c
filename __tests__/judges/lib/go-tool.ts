/** Tools written in Go, each pinned by a Go module of its own and built once per content of that module. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../../../scripts/lib/environment";
import { run } from "../../../scripts/lib/process";
import { workspace } from "./workspace";

/** By the folder of its module: the package that is the program. */
const PACKAGES = {
  compose: ".",
  actionlint: "github.com/rhysd/actionlint/cmd/actionlint",
  kics: "github.com/Checkmarx/kics/v2/cmd/console",
} as const;

export type GoTool = keyof typeof PACKAGES;

const MODULE_FILES = ["go.mod", "go.sum", "main.go"];

/**
 * The program, built when its module changed since the last time.
 *
 * @throws Error with the compiler's last lines when it does not build
 */
export async function builtTool(tool: GoTool): Promise<string> {
  const hash = createHash("sha256");
  for (const name of MODULE_FILES) {
    const file = path.join(workspace.go, tool, name);
    if (fs.existsSync(file)) hash.update(fs.readFileSync(file));
  }
  const binary = path.join(workspace.bin, `${tool}-${hash.digest("hex").slice(0, 12)}`);
  if (fs.existsSync(binary)) return binary;
  process.stderr.write(`building ${tool}\n`);
  await go(tool, ["build", "-trimpath", "-o", binary, PACKAGES[tool]]);
  return binary;
}

/**
 * Runs Go in the module of a tool and hands back what it prints.
 *
 * @throws Error with Go's last lines when it fails
 */
export async function go(tool: GoTool, args: readonly string[]): Promise<string> {
  const env = childEnv(process.env, { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false" });
  const { code, stdout, stderr } = await run("go", args, { cwd: path.join(workspace.go, tool), env });
  if (code !== 0) throw new Error(`go ${args[0]} fails for ${tool}: ${stderr.trim().slice(-800)}`);
  return stdout;
}

/** Why tools in Go cannot be built here; undefined when they can. */
export async function withoutGo(): Promise<string | undefined> {
  try {
    await run("go", ["version"], { env: childEnv(process.env) });
    return undefined;
  } catch {
    return "Go is not installed, so it cannot be built";
  }
}

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Testing, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type AppInput, defineApp, formatProblem, type ResolvedStack, resolveApps } from "../../modules/spec";

const SHOP: AppInput = {
  name: "shop",
  region: "eu-central-1",
  services: { api: { image: { reference: "ghcr.io/shop/api:1.0.0" }, port: 8080 } },
};

/** The stacks of a small shop with changes, one per environment. Throws when the specification has a problem. */
export function definitionsOf(changes: Partial<AppInput> = {}): readonly ResolvedStack[] {
  const { stacks, problems } = resolveApps([defineApp({ ...SHOP, ...changes })], { today: "2026-11-01" });
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
  return stacks;
}

/** The stack of a small shop with changes. */
export function definitionOf(changes: Partial<AppInput> = {}): ResolvedStack {
  const [definition] = definitionsOf(changes);
  if (definition === undefined) throw new Error("the specification gives no stack");
  return definition;
}

/** Builds a stack, runs its validations and gives its Terraform JSON as text; leaves nothing behind. */
export function synthStack(build: (scope: Construct) => TerraformStack): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "tierstack-test-"));
  try {
    return Testing.synth(build(Testing.app({ outdir })), true);
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

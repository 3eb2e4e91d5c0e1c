/** Synthesizing constructs and stacks in tests, without leaving anything behind. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { App, LocalBackend, Manifest, TerraformElement, TerraformStack, Testing } from "cdktf";
import type { Node } from "constructs";
import { logicalId } from "../../modules/naming/logical-ids";
import type { TerraformClass } from "./matchers";

/** Region of the provider that {@link synth} adds. */
export const TEST_REGION = "eu-central-1";

/** Where the tests may write: inside the project, ignored by git. */
export const TEST_OUTPUT = path.resolve(".simulated", "tests");

/** An empty stack with an AWS provider, whose logical ids are made as in the shipped stacks. */
class ConstructTestStack extends TerraformStack {
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const below = node.scopes.slice(node.scopes.indexOf(this) + 1);
    return logicalId(...below.map((scope) => scope.node.id));
  }
}

/**
 * Synthesizes constructs in a stack of their own, with cdktf's validations.
 *
 * @param build adds the constructs to the stack; an AWS provider is there already
 * @returns the Terraform JSON without cdktf's metadata, for the matchers
 */
export function synth(build: (stack: TerraformStack) => void): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "tierstack-test-"));
  try {
    const stack = new ConstructTestStack(Testing.app({ outdir }), "test");
    new AwsProvider(stack, "aws", { region: TEST_REGION });
    build(stack);
    return Testing.synth(stack, true);
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

/** Id of the stack that {@link writeConstructs} writes. */
export const CONSTRUCT_STACK = "test";

/**
 * Writes a stack of constructs as `cdktf synth` does, for Terraform runs: providers are there already, the state lies beside
 * the stack.
 *
 * @param outdir folder of the output; its parent must exist
 */
export function writeConstructs(outdir: string, build: (stack: TerraformStack) => void): void {
  const app = new App({ outdir });
  const stack = new ConstructTestStack(app, CONSTRUCT_STACK);
  new AwsProvider(stack, "aws", { region: TEST_REGION });
  new RandomProvider(stack, "random");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  build(stack);
  app.synth();
}

/** The resources of a class in synthesized JSON, by logical id. */
export function resourcesOf(json: string, type: TerraformClass): Record<string, Record<string, unknown>> {
  const { resource = {} } = JSON.parse(json) as {
    resource?: Record<string, Record<string, Record<string, unknown>>>;
  };
  return resource[type.tfResourceType] ?? {};
}

/**
 * Writes a stack as `cdktf synth` does, into `.simulated/tests/<name>/cdktf.out`; a local state of the stack then lies in
 * `.simulated/tests/<name>`. What an earlier run left there is removed first.
 *
 * @param name folder of this test, unique among the tests
 * @returns the output folder, for `toBeValidTerraform` and `toPlanSuccessfully`
 */
export function fullSynthIn(stack: TerraformStack, name: string): string {
  const outdir = path.join(TEST_OUTPUT, name, "cdktf.out");
  fs.rmSync(path.dirname(outdir), { recursive: true, force: true });
  fs.mkdirSync(path.join(outdir, Manifest.stacksFolder), { recursive: true });
  const manifest = new Manifest("stubbed", outdir, false);
  stack.prepareStack();
  stack.synthesizer.synthesize({ outdir, manifest });
  manifest.writeToFile();
  return outdir;
}

/**
 * Calls a function with changed environment variables, and puts the environment back before anything else runs. For the
 * matchers that start Terraform, which hands on the environment of the test process.
 *
 * @param env variables to set; undefined removes one
 * @param call must be synchronous: a promise would see the environment restored
 */
export function withEnv<T>(env: Readonly<Record<string, string | undefined>>, call: () => T): T {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  setEnv(env);
  try {
    const result = call();
    if (result instanceof Promise) throw new TypeError("withEnv needs a synchronous function");
    return result;
  } finally {
    setEnv(before);
  }
}

function setEnv(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

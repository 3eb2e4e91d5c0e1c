/** The state stack with everything that can be chosen, by the real Terraform on a simulated AWS. */
import * as fs from "node:fs";
import * as path from "node:path";
import { App } from "cdktf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineState, resolveState } from "../../modules/spec";
import type { StackJson } from "../../scripts/lib/stack-json";
import { runTerraform } from "../../scripts/lib/terraform";
import { teardown } from "../../scripts/teardown";
import { StateStack } from "../../stacks";
import { openSandboxOf, type Sandbox } from "../helpers/deployed";
import { makeFolder, removeFolder } from "../helpers/folders";
import { silent } from "../helpers/screen";

let box: Sandbox;

beforeAll(async () => {
  box = await openSandboxOf("state-run", "state", synthesized());
});
afterAll(() => box.remove());

function synthesized(): StackJson {
  const definition = defineState({
    name: "acme",
    region: "eu-central-1",
    hostedZone: "acme.example",
    noncurrentDays: 30,
  });
  const { stateStack } = resolveState(definition);
  if (!stateStack) throw new Error("the definition has a problem");
  const outdir = makeFolder("state-run-synth");
  const app = new App({ outdir });
  new StateStack(app, stateStack);
  app.synth();
  const text = fs.readFileSync(path.join(outdir, "stacks", "state", "cdk.tf.json"), "utf8");
  removeFolder(outdir);
  return JSON.parse(text) as StackJson;
}

const types = (): string[] => box.simulator.world().map(({ type }) => type);

test("it applies, and a second plan is empty", async () => {
  await box.deploy();
  await box.terraform("plan", "-no-color", "-detailed-exitcode");
  expect(types()).toEqual(expect.arrayContaining(["aws_s3_bucket", "aws_s3_bucket_versioning", "aws_route53_zone"]));
  const outputs = JSON.parse(await box.terraform("output", "-json")) as Record<string, { value: unknown }>;
  expect(Object.keys(outputs).sort()).toEqual([
    "hosted_zone_id",
    "name_servers",
    "state_bucket",
    "state_region",
    "state_setting",
  ]);
  expect(outputs.state_setting?.value).toMatch(/^s3:\/\/acme-state-[0-9a-f]{8}\?region=eu-central-1$/);
});

test("a destroy is refused, and a teardown keeps the bucket and the zone", async () => {
  const destroy = await runTerraform(["destroy", "-no-color", "-auto-approve"], {
    cwd: box.directory,
    env: box.simulator.env,
  });
  expect([destroy.code, destroy.stderr]).toEqual([1, expect.stringContaining("Instance cannot be destroyed")]);
  const { leftovers } = await teardown({
    stackDirectory: box.directory,
    env: box.simulator.env,
    reporter: silent(),
    deleteData: false,
    deleteBackups: false,
    confirm: () => Promise.resolve(),
  });
  expect(leftovers.map(({ type }) => type).sort()).toEqual(["aws_route53_zone", "aws_s3_bucket"]);
  expect(types()).toEqual(expect.arrayContaining(["aws_s3_bucket", "aws_s3_bucket_versioning", "aws_route53_zone"]));
});

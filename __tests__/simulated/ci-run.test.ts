/** The ci stack by the real Terraform on a simulated AWS: roles, their states, and the one identity provider of an account. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { stackDirectory } from "../../scripts/lib/paths";
import { STACK_FILE, type StackJson } from "../../scripts/lib/stack-json";
import { runTerraform, type TerraformResult } from "../../scripts/lib/terraform";
import { teardown } from "../../scripts/teardown";
import { CiStack } from "../../stacks";
import { ciStack, plain } from "../ci/apps";
import { openSandboxOf, type Sandbox } from "../helpers/deployed";
import { silent } from "../helpers/screen";
import { synthStack } from "../stacks/support";

const jsonOf = (app: AppInput): StackJson =>
  JSON.parse(synthStack((scope) => new CiStack(scope, ciStack(app)))) as StackJson;

let box: Sandbox;
beforeAll(async () => {
  box = await openSandboxOf("ci-run", "shop-ci", jsonOf(plain));
});
afterAll(() => box.remove());

const count = (type: string): number => box.simulator.world().filter((object) => object.type === type).length;

/** Applies another stack in the same account. */
async function applyBeside(id: string, json: StackJson): Promise<TerraformResult> {
  const cwd = stackDirectory(path.join(box.folder, "cdktf.out"), id);
  fs.mkdirSync(cwd, { recursive: true });
  fs.writeFileSync(path.join(cwd, STACK_FILE), JSON.stringify(json));
  const options = { cwd, env: box.simulator.env };
  await runTerraform(["init", "-no-color"], options);
  return runTerraform(["apply", "-no-color", "-auto-approve"], options);
}

test("it applies, and a second plan is empty", async () => {
  await box.deploy();
  await box.terraform("plan", "-no-color", "-detailed-exitcode");
  expect([count("aws_iam_openid_connect_provider"), count("aws_iam_role"), count("aws_iam_role_policy")]).toEqual([
    1, 2, 2,
  ]);
  const outputs = JSON.parse(await box.terraform("output", "-json")) as Record<string, { value: string }>;
  const account = outputs.account_id?.value ?? "";
  expect(account).toMatch(/^\d{12}$/);
  expect(outputs.deploy_role?.value).toBe(`arn:aws:iam::${account}:role/shop-ci-deploy`);
  expect(outputs.plan_role?.value).toBe(`arn:aws:iam::${account}:role/shop-ci-plan`);
  expect(outputs.identity_provider?.value).toBe(
    `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
  );
});

test("a bucket of states adds the right to read them, and nothing else changes", async () => {
  const applied = await box.terraform("apply", "-no-color", "-auto-approve", "-var", "state_bucket=acme-state");
  expect(applied).toContain("2 added, 0 changed, 0 destroyed");
  expect(count("aws_iam_role_policy")).toBe(4);
});

test("a name that no bucket can have is refused before anything is planned", async () => {
  const { code, stderr } = await runTerraform(["plan", "-no-color", "-var", "state_bucket=Acme_State"], {
    cwd: box.directory,
    env: box.simulator.env,
  });
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("state_bucket must be empty or the name of an S3 bucket"),
  ]);
});

test("a second app makes no second provider, and takes the one that is there", async () => {
  const second: AppInput = { ...plain, name: "store" };
  const refused = await applyBeside("store-ci", jsonOf(second));
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("EntityAlreadyExists")]);
  const ci: AppInput["ci"] = { github: { repository: "acme/store" }, oidcProvider: "existing" };
  expect(await applyBeside("store-ci", jsonOf({ ...second, ci }))).toMatchObject({ code: 0 });
  expect(count("aws_iam_openid_connect_provider")).toBe(1);
});

test("a teardown leaves nothing of it", async () => {
  const { leftovers } = await teardown({
    stackDirectory: box.directory,
    env: box.simulator.env,
    reporter: silent(),
    deleteData: false,
    deleteBackups: false,
    confirm: () => Promise.resolve(),
  });
  expect(leftovers).toEqual([]);
  expect(count("aws_iam_openid_connect_provider")).toBe(0);
});

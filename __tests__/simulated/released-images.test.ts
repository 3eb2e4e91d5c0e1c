/** What a release writes into the parameters of released images is no difference to Terraform; anything else there is. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { run } from "../../scripts/lib/process";
import type { WorldObject } from "../../scripts/simulator";
import { ROOT } from "../helpers/folders";
import { SimulatedAccount } from "../helpers/simulated";
import { small } from "./apps";

const STACK = "small";
const SLOW = { timeout: 120_000 };
/** Services of each kind: built, built for a worker, and somebody else's image. */
const app: AppInput = {
  ...small,
  services: {
    api: { image: { build: {} }, port: 8080 },
    jobs: { kind: "worker", image: { build: { target: "jobs" } } },
    search: { kind: "worker", image: { reference: "ghcr.io/small/search:2" } },
  },
};

let account: SimulatedAccount;
beforeAll(async () => {
  account = await SimulatedAccount.start("released-images", [app]);
  await account.init(STACK);
  await account.apply(STACK);
});
afterAll(() => account.stop());

let world: string;
let state: string;
const worldFile = (): string => path.join(account.folder, "world.json");
const stateFile = (): string => path.join(account.folder, `terraform.${STACK}.tfstate`);
beforeEach(() => {
  world = fs.readFileSync(worldFile(), "utf8");
  state = fs.readFileSync(stateFile(), "utf8");
});
afterEach(() => {
  fs.writeFileSync(worldFile(), world);
  fs.writeFileSync(stateFile(), state);
});

const isImage = ({ type, id }: WorldObject): boolean =>
  type === "aws_ssm_parameter" && id.startsWith(`/${STACK}/mvp/image/`);

/** Changes the parameters of released images as anybody else than Terraform would. */
function changeOutside(change: (attributes: WorldObject["attributes"]) => WorldObject["attributes"]): void {
  const { objects, ...rest } = JSON.parse(fs.readFileSync(worldFile(), "utf8")) as { objects: WorldObject[] };
  const changed = objects.map((one) => (isImage(one) ? { ...one, attributes: change(one.attributes) } : one));
  fs.writeFileSync(worldFile(), JSON.stringify({ ...rest, objects: changed }));
}

/** What `aws ssm put-parameter --overwrite` with a name and a value does: the host's role may do no more. */
function release(digit: string): void {
  changeOutside((attributes) => ({
    ...attributes,
    insecure_value: `123456789012.dkr.ecr.eu-central-1.amazonaws.com${String(attributes.name)}@sha256:${digit.repeat(64)}`,
    version: Number(attributes.version) + 1,
  }));
}

const imagesOf = (objects: readonly WorldObject[]): string[] =>
  objects.filter(isImage).map(({ attributes }) => String(attributes.insecure_value).slice(-8));

const diff = () =>
  run(
    path.join(ROOT, "node_modules", ".bin", "cdktf"),
    ["diff", STACK, "--skip-synth", "--output", account.output, "--no-color"],
    { cwd: ROOT, env: account.env, timeoutMs: 120_000 },
  );

test("after a release of every service the diff is empty", SLOW, async () => {
  release("a");
  expect(imagesOf(account.world())).toEqual(Array<string>(3).fill("aaaaaaaa"));
  const { code, stdout, stderr } = await diff();
  expect([code, stdout + stderr]).toEqual([
    0,
    expect.stringContaining("No changes. Your infrastructure matches the configuration."),
  ]);
  await account.must(STACK, "plan", "-detailed-exitcode");
});

test("also when Terraform has taken note of one, and when an apply for something else follows", SLOW, async () => {
  release("b");
  expect(await account.must(STACK, "apply", "-refresh-only", "-auto-approve")).toContain("Apply complete!");
  expect(fs.readFileSync(stateFile(), "utf8").match(/@sha256:b{64}/g)?.length).toBeGreaterThanOrEqual(3);
  await account.must(STACK, "plan", "-detailed-exitcode");
  release("c");
  expect(await account.apply(STACK, "-var=instance_type=t3.large")).toContain("0 added, 1 changed, 0 destroyed");
  expect(imagesOf(account.world())).toEqual(Array<string>(3).fill("cccccccc"));
  await account.must(STACK, "plan", "-detailed-exitcode", "-var=instance_type=t3.large");
});

test("what else somebody changes in these parameters is shown, and their values stay", SLOW, async () => {
  release("d");
  changeOutside((attributes) => ({ ...attributes, description: "by hand" }));
  const changes = await account.plan(STACK);
  expect(changes.map(({ address, actions }) => `${actions.join()} ${address}`)).toEqual(
    ["api", "jobs", "search"].map((service) => `update aws_ssm_parameter.image_${service}_parameter`),
  );
  const applied = await account.apply(STACK);
  expect(applied).toMatch(/~ description += "by hand" -> "Released image of api;/);
  expect(applied).not.toMatch(/[~+-] (insecure_)?value\b/);
  expect(applied).toContain("0 added, 3 changed, 0 destroyed");
  expect(imagesOf(account.world())).toEqual(Array<string>(3).fill("dddddddd"));
});

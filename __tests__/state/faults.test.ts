/** What can go wrong with a state in S3: each time nothing is lost, and one line says what to do. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { guardLocalStates } from "../../modules/terraform/local-states";
import { terraformFailure } from "../../scripts/lib/terraform";
import { moveState, restoreState, stateHistory } from "../../scripts/state";
import { readDocument, type StateDocument } from "../../scripts/state/document";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { type Gate, openGate } from "./gate";
import { type Demo, demos } from "./support";

let moto: Moto;
let gate: Gate;
let demo: Demo;
let bucket: string;
const open = demos("faults");
/** Leads Terraform through the gate. */
let through: NodeJS.ProcessEnv;

beforeAll(async () => {
  moto = await startMoto();
  gate = await openGate(moto.url);
  through = {
    AWS_ENDPOINT_URL: gate.url,
    TF_CLI_ARGS_init: "-backend-config=use_path_style=true -backend-config=max_retries=0",
  };
}, MOTO_INSTALL_MS);
afterAll(async () => {
  await gate.close();
  await moto.stop();
});

beforeEach(async () => {
  ({ demo, bucket } = await open(moto));
  gate.set("open");
});
afterEach(() => demo.remove());

/** Runs Terraform, which has to fail. @returns the line for the user */
async function failureOf(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const result = await demo.terraform([...args, "-no-color"], env);
  expect(result.code).toBe(1);
  return terraformFailure(args, result).message;
}

/** The error of a piece of our own work. */
async function errorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

async function stateNow(): Promise<StateDocument> {
  const found = readDocument(await demo.s3(bucket).read());
  if (found.kind !== "state") throw new Error(`there is no state: ${found.kind}`);
  return found;
}

const apply = ["apply", "-auto-approve"];
const restoreOf = (file: string, endpoint = moto.url) =>
  restoreState({
    place: demo.s3(bucket, endpoint),
    choice: { text: fs.readFileSync(file, "utf8"), file },
    copies: [],
    otherLineage: false,
    confirm: () => Promise.resolve(),
    ...demo.common,
  });

const HELD =
  /\S+@\S+ has locked the state since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(OperationTypeApply\)\. Wait until that run ends\. Only if it is dead, .*: terraform force-unlock [0-9a-f-]{36}, in the stack's directory\.$/;

test("two applies at once: the second is refused and names the first, which ends well", async () => {
  demo.configure({ one: "1" }, bucket, 4);
  await demo.must(["init", "-no-color"]);
  const first = await demo.startSlowApply();
  expect(await failureOf(apply)).toMatch(new RegExp(`^terraform apply failed: ${HELD.source}`));
  const { from, to } = { from: demo.s3(bucket), to: demo.local };
  expect(await errorOf(moveState({ from, to, ...demo.common }))).toMatch(HELD);
  expect(await first.wait()).toBe(0);
  expect([...(await stateNow()).objects.keys()].sort()).toEqual(["terraform_data.one", "terraform_data.slow"]);
  expect(fs.existsSync(demo.file)).toBe(false);
});

test("a killed apply: the lock stays and is named, the state is whole, and the way out works", async () => {
  demo.configure({ one: "1" }, bucket);
  const before = await demo.apply();
  demo.configure({ one: "2", two: "2" }, bucket, 30);
  const killed = await demo.startSlowApply();
  await killed.kill();

  const message = await failureOf(["plan"]);
  expect(message).toMatch(HELD);
  expect(await errorOf(restoreOf(path.join(demo.directory, "cdk.tf.json")))).toMatch(HELD);
  expect((await stateNow()).text).toBe(before);

  const id = /force-unlock (\S+),/.exec(message)?.[1] ?? "";
  await demo.must(["force-unlock", "-force", id]);
  demo.configure({ one: "2", two: "2" }, bucket);
  await demo.apply();
  await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
});

test("a wrong bucket: nothing is made, and the line says what to correct", async () => {
  demo.configure({ one: "1" }, "there-is-no-such-state");
  expect(await failureOf(["init"])).toBe(
    "terraform init failed: there is no bucket there-is-no-such-state for the state. Make it with tiers state bootstrap, " +
      "or correct state.bucket of the app (or TIERS_STATE).",
  );
  expect(await errorOf(demo.s3("there-is-no-such-state").read())).toBe(
    "s3://there-is-no-such-state/acme/demo.tfstate: there is no such bucket; make it with tiers state bootstrap, or correct its name.",
  );
});

test("a stack that remembers another place: nothing is applied, and the line says what to do", async () => {
  demo.configure({ one: "1" });
  await demo.apply();
  demo.configure({ one: "1" }, bucket);
  const advice =
    "the stack's directory remembers another place of the state. Run terraform init -reconfigure in it; when the state is " +
    "still at the old place, move it first with tiers state move.";
  expect(await failureOf(apply)).toBe(`terraform apply failed: ${advice}`);
  expect(await failureOf(["init"])).toBe(`terraform init failed: ${advice}`);
  expect(await demo.s3(bucket).read()).toBeUndefined();
});

test("no credentials: the line says so", async () => {
  demo.configure({ one: "1" }, bucket);
  const without = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, HOME: demo.root };
  expect(await failureOf(["init"], without)).toBe(
    "terraform init failed: there are no AWS credentials to reach the state with. Sign in, for example with aws sso login.",
  );
});

test("a wrong region: the line says so", async () => {
  demo.configure({ one: "1" }, bucket);
  gate.set("elsewhere");
  expect(await failureOf(["init"], through)).toBe(
    "terraform init failed: the bucket of the state is in another region. Correct state.region of the app (or TIERS_STATE).",
  );
  expect(await errorOf(demo.s3(bucket, gate.url).read())).toBe(
    `s3://${bucket}/acme/demo.tfstate: the bucket is in another region; correct state.region of the app, or --region.`,
  );
});

describe("no permission", () => {
  test("to read: Terraform and our own commands say which rights are missing", async () => {
    demo.configure({ one: "1" }, bucket);
    gate.set("forbidden");
    expect(await failureOf(["init"], through)).toBe(
      "terraform init failed: AWS refused access to the state (S3 HeadObject). Its bucket needs s3:ListBucket, and " +
        "s3:GetObject, s3:PutObject and s3:DeleteObject on its objects.",
    );
    expect(await errorOf(stateHistory(demo.s3(bucket, gate.url), 10))).toMatch(
      /acme\/demo\.tfstate: AWS refused access; needed are s3:ListBucket, s3:ListBucketVersions, and s3:GetObject/,
    );
  });

  test("to write: an apply ends before it changes anything, a move leaves the state where it was", async () => {
    demo.configure({ one: "1" });
    await demo.apply();
    const before = fs.readFileSync(demo.file, "utf8");
    gate.set("forbidden", ["PUT"]);
    const to = demo.s3(bucket, gate.url);
    expect(await errorOf(moveState({ from: demo.local, to, ...demo.common }))).toContain("AWS refused access");
    expect(fs.readFileSync(demo.file, "utf8")).toBe(before);
    await demo.must(["plan", "-no-color", "-detailed-exitcode"]);

    demo.configure({ one: "1" }, bucket);
    await demo.must(["init", "-no-color", "-reconfigure"], through);
    expect(await failureOf(apply, through)).toContain("AWS refused access to the state (S3 PutObject)");
    expect(await demo.s3(bucket).read()).toBeUndefined();
  });
});

test(
  "S3 gone in the middle of an apply: errored.tfstate is kept, named, and restored",
  { timeout: 120_000 },
  async () => {
    demo.configure({ one: "1" }, bucket);
    const before = await demo.apply(through);
    demo.configure({ one: "1", two: "2" }, bucket, 2);
    const running = await demo.startSlowApply(through);
    gate.set("gone");
    expect(await running.wait()).toBe(1);
    const errored = path.join(demo.directory, "errored.tfstate");
    const result = { code: 1, stdout: running.output(), stderr: "" };
    expect(terraformFailure(apply, result).message).toBe(
      "terraform apply failed: the state could not be saved, so Terraform left it in errored.tfstate in the stack's directory. " +
        "Do not apply again before it is back: tiers state restore <stack> --file <that file>, or terraform state push errored.tfstate.",
    );
    expect(await errorOf(restoreOf(errored, gate.url))).toMatch(
      /S3 cannot be reached \(E[A-Z]+\); try again when it can\./,
    );
    expect((await stateNow()).text).toBe(before);

    expect(
      guardLocalStates(path.join(demo.root, "cdktf.out"), [{ id: "demo", backend: demo.backend(bucket) }]),
    ).toEqual([]);
    expect(fs.readdirSync(demo.copies)).toHaveLength(1);

    gate.set("open");
    const message = await errorOf(restoreOf(errored));
    expect(message).toMatch(HELD);
    await demo.must(["force-unlock", "-force", /force-unlock (\S+),/.exec(message)?.[1] ?? ""], through);
    expect(await restoreOf(errored)).toMatchObject({ resources: 3, unchanged: false });
    await demo.must(["plan", "-no-color", "-detailed-exitcode"], through);
  },
);

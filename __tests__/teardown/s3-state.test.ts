import { afterAll, beforeAll, expect, test } from "vitest";
import { runTerraform } from "../../scripts/lib/terraform";
import { teardown } from "../../scripts/teardown";
import { parseState } from "../../scripts/teardown/state";
import { openSandbox, type Sandbox } from "../helpers/deployed";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { silent } from "../helpers/screen";

const BUCKET = "tierstack-test-state";
const KEY = "webrana/mvp.tfstate";

let moto: Moto;
let box: Sandbox;

beforeAll(async () => {
  moto = await startMoto();
  const place = "<LocationConstraint>eu-central-1</LocationConstraint>";
  const made = await s3("PUT", "", `<CreateBucketConfiguration>${place}</CreateBucketConfiguration>`);
  if (made.status !== 200) throw new Error(`moto made no bucket: ${made.text}`);
  box = await openSandbox("s3-state", "mvp", { ...moto.env, TIERS_STATE: `s3://${BUCKET}?region=eu-central-1` });
}, MOTO_INSTALL_MS);

afterAll(async () => {
  await box.remove();
  await moto.stop();
});

/** One request to the state bucket, signed well enough for moto, which reads the key and checks no signature. */
async function s3(method: string, key: string, body?: string): Promise<{ status: number; text: string }> {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0";
  const answer = await fetch(`${moto.url}/${BUCKET}/${key}`, { method, body, headers: { authorization } });
  return { status: answer.status, text: await answer.text() };
}

test("the stack deploys with its state in S3, a second plan is empty, and the lock is released", async () => {
  await box.deploy();
  const stored = await s3("GET", KEY);
  expect(stored.status).toBe(200);
  expect(parseState(stored.text).held.map(({ address }) => address)).toContain("aws_instance.host_instance");
  await box.terraform("plan", "-no-color", "-detailed-exitcode");
  expect((await s3("GET", `${KEY}.tflock`)).status).toBe(404);
});

test("while somebody holds the lock, a plan is refused and names the holder", async () => {
  const lock = { ID: "11111111-2222-3333-4444-555555555555", Operation: "OperationTypeApply", Who: "colleague@laptop" };
  expect((await s3("PUT", `${KEY}.tflock`, JSON.stringify(lock))).status).toBe(200);
  const plan = await runTerraform(["plan", "-no-color"], { cwd: box.directory, env: box.simulator.env });
  expect((await s3("DELETE", `${KEY}.tflock`)).status).toBe(204);
  expect(plan.code).toBe(1);
  expect(plan.stderr).toContain("Error acquiring the state lock");
  expect(plan.stderr).toContain("colleague@laptop");
});

test("the teardown works on a state in S3 and leaves only the data", async () => {
  const result = await teardown({
    stackDirectory: box.directory,
    env: box.simulator.env,
    reporter: silent(),
    deleteData: false,
    deleteBackups: false,
    confirm: async () => {},
  });
  expect(result.leftovers.map(({ type }) => type).sort()).toEqual(["aws_ebs_volume", "aws_s3_bucket"]);
  expect(parseState((await s3("GET", KEY)).text).held).toEqual([]);
});

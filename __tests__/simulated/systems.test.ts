/** The existing systems in a simulated account: deployed, planned again, changed in size, and taken away. */
import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fastapi } from "../../apps/fastapi";
import { rex } from "../../apps/rex";
import { type PlannedChange, SimulatedAccount } from "../helpers/simulated";

const REX = "rex-all-in-one";
const FASTAPI = "fastapi-ec2";

let account: SimulatedAccount;
const idOf = (type: string, name: string): string | undefined =>
  account.world().find((object) => object.type === type && nameOf(object.attributes) === name)?.id;
const nameOf = ({ tags }: Record<string, unknown>): unknown => (tags as { Name?: unknown } | undefined)?.Name;

beforeAll(async () => {
  account = await SimulatedAccount.start("systems", [rex.input, fastapi.input]);
  for (const stack of [REX, FASTAPI]) {
    await account.init(stack);
    await account.apply(stack);
  }
}, 180_000);

afterAll(() => account.stop());

test.each([REX, FASTAPI])("%s: a second plan is empty", { timeout: 60_000 }, async (stack) => {
  expect(await account.plan(stack)).toEqual([]);
});

test("the outputs have the names and forms that people of the systems know", { timeout: 60_000 }, async () => {
  const [ofRex, ofFastapi] = [await account.outputs(REX), await account.outputs(FASTAPI)];
  expect(ofRex.allInOneInstanceId).toMatch(/^i-[0-9a-f]{17}$/);
  expect(ofRex.apiBaseUrl).toBe(`http://${String(ofRex.public_ip)}:8080`);
  expect(ofRex.albDnsName).toMatch(/^ec2-[\d-]+\.ap-south-1\.compute\.amazonaws\.com$/);
  expect(ofFastapi.ecr_url).toMatch(/^\d{12}\.dkr\.ecr\.ap-southeast-1\.amazonaws\.com\/fastapi-app-repo$/);
  expect([ofRex.spot_request_id, ofFastapi.spot_request_id]).toEqual([expect.stringMatching(/^sir-/), ""]);
  expect(ofFastapi.base_url).toBe(`http://${String(ofFastapi.public_ip)}`);
});

describe("another size", () => {
  const LARGE = "-var=instance_type=t3a.large";
  const replaced = (address: string): PlannedChange => ({ address, actions: ["delete", "create"] });

  test("on demand: the host is changed in place", { timeout: 60_000 }, async () => {
    expect(await account.plan(FASTAPI, "-var=instance_type=t3.medium")).toEqual([
      { address: "aws_instance.host_instance", actions: ["update"] },
    ]);
  });

  test("on Spot: the plan replaces the host, what attaches to it, and nothing else", { timeout: 60_000 }, async () => {
    expect(await account.plan(REX, LARGE)).toEqual(
      [
        replaced("aws_eip_association.host_address_association"),
        replaced("aws_instance.host_spot_instance"),
        replaced("aws_volume_attachment.data_attachment"),
        { address: "terraform_data.host_type", actions: ["update"] },
        ...ALARMS.map((name) => ({ address: `aws_cloudwatch_metric_alarm.alarm_${name}`, actions: ["update"] })),
        { address: "aws_cloudwatch_dashboard.dashboard_overview", actions: ["update"] },
      ].sort(byAddress),
    );
  });

  test("on Spot without what replaces the host: AWS refuses, as it would have", { timeout: 60_000 }, async () => {
    const file = `${account.directory(REX)}/cdk.tf.json`;
    const text = fs.readFileSync(file, "utf8");
    const stack = JSON.parse(text) as { resource: { aws_instance: { host_spot_instance: { lifecycle: object } } } };
    stack.resource.aws_instance.host_spot_instance.lifecycle = { ignore_changes: ["ami", "user_data"] };
    fs.writeFileSync(file, JSON.stringify(stack));
    try {
      const { code, stderr } = await account.terraform(REX, "apply", "-auto-approve", LARGE);
      expect([code, stderr]).toEqual([1, expect.stringContaining("not supported for spot instances")]);
      await account.apply(REX, "-target=terraform_data.host_type");
    } finally {
      fs.writeFileSync(file, text);
    }
    expect(await account.plan(REX)).toEqual([]);
  });

  test(
    "on Spot: volume and address stay when it is applied, and the plan is empty again",
    { timeout: 120_000 },
    async () => {
      const before = [idOf("aws_ebs_volume", "rex-mvp-data"), idOf("aws_eip", "rex-mvp-host")];
      const outputs = await account.outputs(REX);
      await account.apply(REX, LARGE);
      expect([idOf("aws_ebs_volume", "rex-mvp-data"), idOf("aws_eip", "rex-mvp-host")]).toEqual(before);
      expect(before).not.toContain(undefined);
      const after = await account.outputs(REX);
      expect(after.public_ip).toBe(outputs.public_ip);
      expect(after.instance_id).not.toBe(outputs.instance_id);
      expect(await account.plan(REX, LARGE)).toEqual([]);
    },
  );
});

/** Alarms about the instance itself. */
const ALARMS = ["cpu", "cpu_credits", "status_check"];
const byAddress = (a: PlannedChange, b: PlannedChange): number => (a.address < b.address ? -1 : 1);

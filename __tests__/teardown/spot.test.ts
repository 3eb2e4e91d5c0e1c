import {
  DescribeSpotInstanceRequestsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RequestSpotInstancesCommand,
  RunInstancesCommand,
  type SpotInstanceState,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelSpotRequests, spotTargets, type SpotTarget } from "../../scripts/teardown/spot";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { held } from "./stack";

const REGION = "eu-central-1";
const TAGS = { Application: "shop", Environment: "production", Tier: "mvp" };
const IMAGE = "ami-12c6146b";

describe("spotTargets", () => {
  const spot = { arn: `arn:aws:ec2:${REGION}:1:instance/i-1`, tags_all: { ...TAGS, Name: "host" } };

  test.each([
    ["the market type", { instance_market_options: [{ market_type: "spot" }] }, []],
    ["the life cycle", { instance_lifecycle: "spot" }, []],
    ["the request", { spot_instance_request_id: "sir-1" }, ["sir-1"]],
  ])("finds a Spot instance by %s", (_what, attributes, requestIds) => {
    const instanceIds = ["id-of-aws_instance.host"];
    const target = { region: REGION, instanceIds, requestIds, subnetIds: ["id-of-aws_subnet.a"], tags: TAGS };
    const place = (region: string) => ({ arn: `arn:aws:ec2:${region}:1:subnet/subnet-1` });
    const subnets = [held("aws_subnet.a", place(REGION)), held("aws_subnet.b", place("us-east-1"))];
    expect(spotTargets([held("aws_instance.host", { ...spot, ...attributes }), ...subnets])).toEqual([target]);
  });

  test("finds nothing in a stack without Spot instances", () => {
    const ordinary = { ...spot, instance_market_options: [], instance_lifecycle: "", spot_instance_request_id: "" };
    expect(spotTargets([held("aws_instance.host", ordinary), held("aws_eip.host")])).toEqual([]);
  });

  test("keeps regions apart", () => {
    const other = { instance_lifecycle: "spot", arn: "arn:aws:ec2:us-east-1:1:instance/i-2" };
    const state = [held("aws_instance.a", { ...spot, instance_lifecycle: "spot" }), held("aws_instance.b", other)];
    expect(spotTargets(state).map(({ region }) => region)).toEqual([REGION, "us-east-1"]);
  });
});

describe("cancelSpotRequests against a real EC2 API", () => {
  let moto: Moto;
  beforeAll(async () => void (moto = await startMoto()), MOTO_INSTALL_MS);
  afterAll(() => moto.stop());

  const client = (): EC2Client =>
    new EC2Client({
      region: REGION,
      endpoint: moto.url,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });

  async function request(tags: Record<string, string>, subnet?: string): Promise<string> {
    const answer = await client().send(
      new RequestSpotInstancesCommand({
        Type: "persistent",
        SpotPrice: "0.1",
        LaunchSpecification: { ImageId: IMAGE, InstanceType: "t3.micro", SubnetId: subnet },
        TagSpecifications: [
          {
            ResourceType: "spot-instances-request",
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          },
        ],
      }),
    );
    const id = answer.SpotInstanceRequests?.[0]?.SpotInstanceRequestId;
    if (!id) throw new Error("moto made no request");
    return id;
  }

  async function stateOf(id: string): Promise<SpotInstanceState | "gone"> {
    const answer = await client().send(new DescribeSpotInstanceRequestsCommand({}));
    const found = answer.SpotInstanceRequests?.find(({ SpotInstanceRequestId }) => SpotInstanceRequestId === id);
    return found?.State ?? "gone";
  }

  const target = (changes: Partial<SpotTarget>): SpotTarget => ({
    region: REGION,
    instanceIds: ["i-0123456789abcdef0"],
    requestIds: [],
    subnetIds: [],
    tags: TAGS,
    ...changes,
  });

  test("cancels the request that the state names, and the one that only the tags show, never another stack's", async () => {
    const named = await request({ Name: "host" });
    const tagged = await request(TAGS);
    const foreign = await request({ ...TAGS, Tier: "growth" });
    expect(await cancelSpotRequests(target({ requestIds: [named] }), client())).toEqual([named, tagged].sort());
    expect(await stateOf(foreign)).toMatch(/open|active/);
    expect([await stateOf(named), await stateOf(tagged)]).not.toContain("active");
    expect(await cancelSpotRequests(target({ requestIds: [named] }), client())).toEqual([]);
  });

  test("cancels what a replaced host has left: a request without tags that starts in the stack's own subnet", async () => {
    const { Subnets: [ours, other] = [] } = await client().send(new DescribeSubnetsCommand({}));
    const forgotten = await request({ Name: "of an earlier host" }, ours?.SubnetId);
    const foreign = await request({ Name: "of another stack" }, other?.SubnetId);
    const subnetIds = [ours?.SubnetId ?? ""];
    expect(await cancelSpotRequests(target({ subnetIds }), client())).toEqual([forgotten]);
    expect(await stateOf(forgotten)).not.toMatch(/open|active/);
    expect(await stateOf(foreign)).toMatch(/open|active/);
  });

  test("does not search by incomplete tags, which could hit another stack", async () => {
    const other = await request({ Application: "shop" });
    expect(await cancelSpotRequests(target({ tags: { Application: "shop" } }), client())).toEqual([]);
    expect(await stateOf(other)).toMatch(/open|active/);
  });

  test("takes instances with the stack's tags into the search", async () => {
    const TagSpecifications = [
      { ResourceType: "instance" as const, Tags: Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value })) },
    ];
    const spot = { InstanceMarketOptions: { MarketType: "spot" as const } };
    await client().send(
      new RunInstancesCommand({ ImageId: IMAGE, MinCount: 1, MaxCount: 1, TagSpecifications, ...spot }),
    );
    await expect(cancelSpotRequests(target({}), client())).resolves.toEqual([]);
  });

  test("an API that cannot be reached ends the teardown before anything is destroyed", async () => {
    const nowhere = new EC2Client({
      region: REGION,
      endpoint: "http://127.0.0.1:9",
      maxAttempts: 1,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await expect(cancelSpotRequests(target({}), nowhere)).rejects.toThrow(
      /^The Spot requests of i-0123456789abcdef0 in eu-central-1 could not be cancelled: .*Nothing was destroyed/,
    );
  });
});

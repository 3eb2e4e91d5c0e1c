import { describe, expect, test } from "vitest";
import type { Obj, WorldObject } from "../../../scripts/simulator/contract";
import { architectureOfType, publicImage } from "../../../scripts/simulator/hooks/images";
import {
  Account,
  checkCreation,
  created,
  creation,
  CTX,
  KNOWN,
  object,
  REGION,
  summaries,
  the,
} from "../facts/account";

const UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current";
const AMD64 = the(publicImage(`${UBUNTU}/amd64/hvm/ebs-gp3/ami-id`, REGION));
const ARM64 = the(publicImage(`${UBUNTU}/arm64/hvm/ebs-gp3/ami-id`, REGION));

const VPC = object("aws_vpc", "vpc-1", { cidr_block: "10.0.0.0/16" });
const SUBNET = object("aws_subnet", "subnet-1", {
  vpc_id: "vpc-1",
  cidr_block: "10.0.7.0/28",
  availability_zone: `${REGION}b`,
});
const NETWORK = [VPC, SUBNET];
const CONFIG: Obj = { ami: AMD64, instance_type: "t3.medium", subnet_id: "subnet-1" };
const SPOT = (options: Obj): Obj => ({ instance_market_options: [{ market_type: "spot", spot_options: [options] }] });
const PERSISTENT = SPOT({ spot_instance_type: "persistent", instance_interruption_behavior: "stop" });
const COMPUTED: Obj = {
  id: "i-1",
  availability_zone: "?",
  private_ip: "?",
  key_name: "sim-key",
  public_ip: "203.0.113.9",
  root_block_device: [{ device_name: "sim-x", volume_type: "sim-y", volume_size: 0 }],
};

const check = (config: Obj, ...objects: WorldObject[]): string[] =>
  summaries(checkCreation("aws_instance", { ...CONFIG, ...config }, new Account(...NETWORK, ...objects)));
const run = (config: Obj = {}, account = new Account(...NETWORK)): Obj =>
  created("aws_instance", { ...CONFIG, ...config }, account, COMPUTED);

describe("an instance", () => {
  test("stands in the zone and the range of its subnet", () => {
    const instance = run();
    expect(instance).toMatchObject({ availability_zone: `${REGION}b`, instance_state: "running", key_name: "" });
    expect(instance.private_ip).toMatch(/^10\.0\.7\.([4-9]|1[0-4])$/);
    expect(instance.private_dns).toBe(
      `ip-${String(instance.private_ip).replaceAll(".", "-")}.${REGION}.compute.internal`,
    );
    expect(instance.root_block_device).toEqual([{ device_name: "/dev/sda1", volume_type: "gp3", volume_size: 8 }]);
  });

  test("has a public address when it or its subnet asks for one", () => {
    expect(run().public_ip).toBe("");
    expect(run({ associate_public_ip_address: true })).toMatchObject({ public_ip: "203.0.113.9" });
    const subnet = { ...SUBNET, attributes: { ...SUBNET.attributes, map_public_ip_on_launch: true } };
    expect(run({}, new Account(VPC, subnet)).public_ip).toBe("203.0.113.9");
  });

  test("needs an image of its architecture", () => {
    expect(check({})).toEqual([]);
    expect(check({ ami: ARM64, instance_type: "t4g.medium" })).toEqual([]);
    expect(check({ instance_type: "t4g.medium" })[0]).toContain(
      "The architecture 'arm64' of the specified instance type",
    );
    expect(check({ ami: ARM64 })[0]).toContain("does not match the architecture 'arm64' of the specified AMI");
    expect(check({ ami: "ami-0of0the0user", instance_type: "t4g.medium" })).toEqual([]);
  });

  test("has groups of its own VPC", () => {
    const group = (vpc_id: string) => object("aws_security_group", "sg-1", { vpc_id });
    expect(check({ vpc_security_group_ids: ["sg-1"] }, group("vpc-1"))).toEqual([]);
    expect(check({ vpc_security_group_ids: ["sg-1"] }, group("vpc-2"))[0]).toContain(
      "Security group sg-1 and subnet subnet-1 belong to different networks",
    );
  });

  test("has a root disk that holds the image", () => {
    expect(check({ root_block_device: [{ volume_size: 8 }] })).toEqual([]);
    expect(check({ root_block_device: [{ volume_size: 7 }] })[0]).toContain("expect size >= 8GB");
  });

  test("may stand in a network that fixtures say exists", () => {
    expect(check({ subnet_id: "subnet-other" })[0]).toContain("InvalidSubnetID.NotFound");
  });
});

describe("Spot", () => {
  test("a persistent request stays in the world", () => {
    const account = new Account(...NETWORK);
    const instance = run(PERSISTENT, account);
    const [request] = account.ofType("spot_request");
    expect(instance).toMatchObject({ instance_lifecycle: "spot", spot_instance_request_id: request?.id });
    expect(request?.attributes).toMatchObject({ instance_id: "i-1", state: "active" });
    const gone = object("aws_instance", "i-1", instance);
    expect(the(KNOWN.hooks("aws_instance").destroy?.({ object: gone, ctx: CTX, world: account }))).toEqual([]);
    expect(account.ofType("spot_request")).toHaveLength(1);
  });

  test("a one-time request leaves nothing", () => {
    const account = new Account(...NETWORK);
    run(SPOT({ spot_instance_type: "one-time" }), account);
    expect(account.ofType("spot_request")).toEqual([]);
  });

  test("stopping needs a persistent request, and protection is not supported", () => {
    expect(check(PERSISTENT)).toEqual([]);
    expect(check(SPOT({ instance_interruption_behavior: "stop" }))[0]).toContain("needs a persistent request");
    expect(check({ ...PERSISTENT, disable_api_termination: true })[0]).toContain("not supported for spot instances");
  });
});

test("another type of a Spot instance is refused, of another one it is not", () => {
  const resize = (config: Obj) =>
    summaries(
      KNOWN.checkApply({
        ...creation("aws_instance", { ...CONFIG, ...config, instance_type: "t3.large" }),
        prior: { id: "i-1", ...CONFIG, ...config },
      }),
    );
  expect(resize({})).toEqual([]);
  expect(resize(PERSISTENT)[0]).toContain("Modifying 'instanceType' is not supported for spot instances");
});

describe("updates of an instance", () => {
  const plan = (prior: Obj, planned: Obj) =>
    the(
      KNOWN.hooks("aws_instance").plan?.({
        type: "aws_instance",
        config: planned,
        prior: { id: "i-1", ...CONFIG, ...prior },
        planned: { id: "i-1", ...CONFIG, ...prior, ...planned },
        ctx: CTX,
        world: new Account(),
      }),
    );

  test.each([
    ["another type", { instance_type: "t3.large" }, "instance_type"],
    ["other user data", { user_data: "#!/bin/sh" }, "user_data"],
  ])("%s stops it", (_name, change, argument) => {
    const { requiresReplace, diagnostics } = plan({ user_data: "old" }, change);
    expect(requiresReplace).toEqual([]);
    expect(diagnostics).toEqual([
      expect.objectContaining({ severity: "warning", summary: "This update stops the instance", path: [argument] }),
    ]);
  });

  test("other changes do not", () => {
    expect(plan({}, { tags: { a: "b" }, monitoring: true })).toMatchObject({ requiresReplace: [], diagnostics: [] });
  });

  test.each<[string, Obj, Obj, string]>([
    [
      "user data that asks for it",
      { user_data: "old" },
      { user_data: "new", user_data_replace_on_change: true },
      "user_data",
    ],
    ["a type of another architecture", {}, { instance_type: "t4g.medium" }, "instance_type"],
  ])("%s replaces it", (_name, prior, change, argument) => {
    expect(plan(prior, change)).toMatchObject({ requiresReplace: [argument], diagnostics: [] });
  });
});

describe("addresses", () => {
  const instance = object("aws_instance", "i-1", {
    subnet_id: "subnet-1",
    private_ip: "10.0.7.4",
    primary_network_interface_id: "eni-1",
  });
  const address = object("aws_eip", "eipalloc-1", { public_ip: "203.0.113.5" });
  const gateway = object("aws_internet_gateway", "igw-1", { vpc_id: "vpc-1" });
  const config = { allocation_id: "eipalloc-1", instance_id: "i-1" };

  test("are associated in a network with a gateway", () => {
    const account = (...more: WorldObject[]) => new Account(...NETWORK, instance, address, ...more);
    expect(checkCreation("aws_eip_association", config, account(gateway))).toEqual([]);
    expect(summaries(checkCreation("aws_eip_association", config, account()))).toEqual([
      "creating aws_eip_association: Gateway.NotAttached: Network vpc-1 is not attached to any internet gateway",
    ]);
    const computed = { public_ip: "?", private_ip_address: "?", network_interface_id: "?" };
    expect(created("aws_eip_association", config, account(gateway), computed)).toMatchObject({
      public_ip: "203.0.113.5",
      private_ip_address: "10.0.7.4",
      network_interface_id: "eni-1",
    });
  });

  test("know their allocation id", () => {
    const made = created("aws_eip", { domain: "vpc" }, new Account(), { id: "eipalloc-2", instance: "?" });
    expect(made).toMatchObject({ allocation_id: "eipalloc-2", instance: "", domain: "vpc" });
  });

  test("have a name of AWS", () => {
    const made = created("aws_eip", { domain: "vpc" }, new Account(), { id: "eipalloc-2", public_ip: "203.0.113.5" });
    expect(made.public_dns).toBe(`ec2-203-0-113-5.${REGION}.compute.amazonaws.com`);
  });
});

describe("volumes", () => {
  const volume = (zone: string) => object("aws_ebs_volume", "vol-1", { availability_zone: zone, size: 30 });
  const instance = object("aws_instance", "i-1", { availability_zone: `${REGION}b` });
  const attach = (zone: string) =>
    summaries(
      checkCreation(
        "aws_volume_attachment",
        { volume_id: "vol-1", instance_id: "i-1", device_name: "/dev/sdf" },
        new Account(volume(zone), instance),
      ),
    );

  test("are attached in their own zone", () => {
    expect(attach(`${REGION}b`)).toEqual([]);
    expect(attach(`${REGION}a`)[0]).toContain("InvalidVolume.ZoneMismatch");
  });

  test("are in a zone of the region", () => {
    expect(summaries(checkCreation("aws_ebs_volume", { availability_zone: "eu-west-1a", size: 1 }))[0]).toContain(
      "InvalidZone.NotFound",
    );
  });

  test("grow, and never shrink", () => {
    const resize = (size: number) => {
      const config = { availability_zone: `${REGION}b`, size };
      return summaries(
        KNOWN.checkApply({ ...creation("aws_ebs_volume", config), prior: volume(`${REGION}b`).attributes }),
      );
    };
    expect(resize(40)).toEqual([]);
    expect(resize(20)[0]).toContain("New size cannot be smaller than existing size (30 GiB to 20 GiB)");
  });

  test("of type gp3 have its figures", () => {
    const computed = { iops: 0, throughput: 0, kms_key_id: "?" };
    const config = { availability_zone: `${REGION}b`, type: "gp3", size: 10 };
    expect(created("aws_ebs_volume", config, new Account(), computed)).toMatchObject({ iops: 3000, throughput: 125 });
  });
});

test.each([
  ["t3.medium", "x86_64"],
  ["t3a.medium", "x86_64"],
  ["t4g.small", "arm64"],
  ["c7gn.large", "arm64"],
  ["m6gd.large", "arm64"],
  ["a1.large", "arm64"],
  ["g4dn.xlarge", "x86_64"],
  ["g5g.xlarge", "arm64"],
  ["m7i-flex.large", "x86_64"],
])("%s is %s", (type, architecture) => {
  expect(architectureOfType(type)).toBe(architecture);
});

import { describe, expect, test } from "vitest";
import type { Obj, WorldObject } from "../../../scripts/simulator/contract";
import { readSettings, readTags } from "../../../scripts/simulator/engine/cross-cutting";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { Account, checkCreation, created, CTX, KNOWN, object, REGION, summaries } from "../facts/account";

const VPC = object("aws_vpc", "vpc-1", { cidr_block: "10.0.0.0/16" });
const OTHER_VPC = object("aws_vpc", "vpc-2", { cidr_block: "10.1.0.0/16" });
const GATEWAY = object("aws_internet_gateway", "igw-1", { vpc_id: "vpc-1" });
const SUBNET = object("aws_subnet", "subnet-1", {
  vpc_id: "vpc-1",
  cidr_block: "10.0.7.0/28",
  availability_zone: `${REGION}b`,
});
const ADDRESS = object("aws_eip", "eipalloc-1", { public_ip: "203.0.113.9" });
const NETWORK = [VPC, GATEWAY, SUBNET, ADDRESS];
const CARD = object("aws_network_interface", "eni-1", {
  subnet_id: "subnet-1",
  private_ip: "10.0.7.9",
  security_groups: ["sg-1"],
});
const TABLE = object("aws_route_table", "rtb-1", { vpc_id: "vpc-1" });

const check = (type: string, config: Obj, ...objects: WorldObject[]): string[] =>
  summaries(checkCreation(type, config, new Account(...objects)));

describe("a NAT gateway", () => {
  const ZONAL = { subnet_id: "subnet-1", allocation_id: "eipalloc-1", connectivity_type: "public" };
  const REGIONAL = { availability_mode: "regional", vpc_id: "vpc-1", connectivity_type: "public" };
  const validate = (config: Obj): string[] => summaries(KNOWN.hooks("aws_nat_gateway").validate?.(config, CTX) ?? []);

  test.each<[what: string, config: Obj, problems: string[]]>([
    ["in a zone", ZONAL, []],
    ["of a region", REGIONAL, []],
    ["whose mode is not known yet", { availability_mode: UNKNOWN }, []],
    ["for private traffic", { subnet_id: "subnet-1", connectivity_type: "private" }, []],
    ["without a subnet", { ...ZONAL, subnet_id: null }, ['subnet_id must be set when availability_mode is "zonal"']],
    [
      "without an address",
      { ...ZONAL, allocation_id: null },
      ['allocation_id must be set for connectivity_type "public" when availability_mode is "zonal"'],
    ],
    [
      "of a region, in a subnet",
      { ...REGIONAL, ...ZONAL, vpc_id: null },
      [
        'vpc_id must be set when availability_mode is "regional"',
        'subnet_id must not be set when availability_mode is "regional"',
        'allocation_id must not be set when availability_mode is "regional"',
      ],
    ],
    [
      "of a region, for private traffic",
      { ...REGIONAL, connectivity_type: "private" },
      ['connectivity_type must be "public" when availability_mode is "regional"'],
    ],
  ])("%s", (_what, config, problems) => expect(validate(config)).toEqual(problems));

  test("needs the internet gateway, and an address that is free", () => {
    expect(check("aws_nat_gateway", ZONAL, ...NETWORK)).toEqual([]);
    expect(check("aws_nat_gateway", REGIONAL, VPC)).toEqual([
      "creating aws_nat_gateway: Gateway.NotAttached: VPC vpc-1 has no Internet gateway attached",
    ]);
    const holder = object("aws_nat_gateway", "nat-9", { allocation_id: "eipalloc-1" });
    expect(check("aws_nat_gateway", ZONAL, ...NETWORK, holder)[0]).toContain("is already associated");
  });

  test("has the address of its zone, or none that Terraform knows", () => {
    const computed = { id: "nat-1", availability_mode: "?", private_ip: "?", vpc_id: "?" };
    const zonal = created("aws_nat_gateway", ZONAL, new Account(...NETWORK), computed);
    expect(zonal).toMatchObject({ public_ip: "203.0.113.9", availability_mode: "zonal", vpc_id: "vpc-1" });
    expect(zonal.private_ip).toMatch(/^10\.0\.7\./);
    const regional = created("aws_nat_gateway", REGIONAL, new Account(...NETWORK), computed);
    expect(regional).toMatchObject({ public_ip: "", private_ip: "", auto_provision_zones: "enabled" });
    expect(regional.route_table_id).toMatch(/^rtb-/);
  });
});

describe("an instance on an interface of its own", () => {
  const CONFIG = { primary_network_interface: [{ network_interface_id: "eni-1" }], instance_type: "t4g.nano" };

  test("has its place, its addresses and its groups", () => {
    const association = object("aws_eip_association", "a", { network_interface_id: "eni-1", public_ip: "203.0.113.9" });
    const computed = {
      id: "i-1",
      subnet_id: "?",
      vpc_security_group_ids: "?",
      private_ip: "?",
      availability_zone: "?",
    };
    const world = new Account(...NETWORK, CARD, association);
    expect(created("aws_instance", CONFIG, world, computed)).toMatchObject({
      subnet_id: "subnet-1",
      availability_zone: `${REGION}b`,
      private_ip: "10.0.7.9",
      public_ip: "203.0.113.9",
      vpc_security_group_ids: ["sg-1"],
      primary_network_interface_id: "eni-1",
    });
  });

  test("is refused while another one is there", () => {
    const other = object("aws_instance", "i-9", { primary_network_interface_id: "eni-1" });
    expect(check("aws_instance", CONFIG, ...NETWORK, CARD)).toEqual([]);
    expect(check("aws_instance", CONFIG, ...NETWORK, CARD, other)).toEqual([
      "creating aws_instance: InvalidNetworkInterface.InUse: Interface: [eni-1] in use.",
    ]);
  });

  test("the interface cannot go before it", () => {
    const instance = object("aws_instance", "i-1", CONFIG);
    expect(KNOWN.checkDestroy(CARD, CTX, new Account(CARD))).toEqual([]);
    expect(summaries(KNOWN.checkDestroy(CARD, CTX, new Account(CARD, instance)))[0]).toContain("is currently in use");
  });
});

test("an interface has an address of its subnet", () => {
  const computed = { id: "eni-1", private_ip: "?", private_ips: "?", mac_address: "?" };
  const card = created("aws_network_interface", { subnet_id: "subnet-1" }, new Account(...NETWORK), computed);
  expect(card.private_ip).toMatch(/^10\.0\.7\.([4-9]|1[0-4])$/);
  expect(card.private_ips).toEqual([card.private_ip]);
});

test.each<[type: string, argument: string]>([
  ["aws_nat_gateway", "nat_gateway_id"],
  ["aws_network_interface", "network_interface_id"],
])("a route leads to a %s of its own VPC", (type, argument) => {
  const route = { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", [argument]: "x-1" };
  const at = (vpc_id: string) => [VPC, OTHER_VPC, TABLE, object(type, "x-1", { vpc_id })];
  expect(check("aws_route", route, ...at("vpc-1"))).toEqual([]);
  expect(check("aws_route", route, ...at("vpc-2"))[0]).toContain("belong to different networks");
});

test.each<[what: string, objects: WorldObject[]]>([
  ["a NAT gateway", [object("aws_nat_gateway", "nat-1", { vpc_id: "vpc-1" })]],
  ["an interface with an address", [CARD, object("aws_eip_association", "a", { network_interface_id: "eni-1" })]],
])("an internet gateway stays while %s needs it", (_what, objects) => {
  expect(summaries(KNOWN.checkDestroy(GATEWAY, CTX, new Account(...NETWORK, ...objects)))[0]).toContain(
    "has some mapped public address(es)",
  );
  expect(KNOWN.checkDestroy(GATEWAY, CTX, new Account(...NETWORK, CARD))).toEqual([]);
});

describe("a tag that is a resource", () => {
  const tag = { resource_id: "subnet-1", key: "kubernetes.io/role/elb", value: "1" };

  test("stands on its object, until it is destroyed", () => {
    const subnet = object("aws_subnet", "subnet-1", { tags: { Name: "a" }, tags_all: null });
    const world = new Account(subnet);
    created("aws_ec2_tag", tag, world);
    expect(subnet.attributes).toMatchObject({
      tags: { Name: "a", "kubernetes.io/role/elb": "1" },
      tags_all: { "kubernetes.io/role/elb": "1" },
    });
    KNOWN.hooks("aws_ec2_tag").destroy?.({ object: object("aws_ec2_tag", "t", tag), ctx: CTX, world });
    expect(subnet.attributes).toMatchObject({ tags: { Name: "a" }, tags_all: {} });
  });

  test("is not read by a provider that ignores it", () => {
    const attributes = { id: "x", tags: { Name: "a", "kubernetes.io/role/elb": "1", Owner: "b" }, tags_all: null };
    const settings = readSettings({ ignore_tags: [{ keys: ["Owner"], key_prefixes: ["kubernetes.io/"] }] });
    expect(readTags(attributes, settings)).toEqual({ id: "x", tags: { Name: "a" }, tags_all: null });
    expect(readTags(attributes, readSettings({}))).toEqual(attributes);
  });
});

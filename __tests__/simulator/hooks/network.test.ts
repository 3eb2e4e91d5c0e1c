import { describe, expect, test } from "vitest";
import type { Obj, WorldObject } from "../../../scripts/simulator/contract";
import { Account, checkCreation, created, CTX, KNOWN, object, REGION, summaries } from "../facts/account";

const VPC = object("aws_vpc", "vpc-1", { cidr_block: "10.0.0.0/16", default_security_group_id: "sg-default" });
const SUBNET = object("aws_subnet", "subnet-1", {
  vpc_id: "vpc-1",
  cidr_block: "10.0.0.0/24",
  availability_zone: `${REGION}a`,
});
const GATEWAY = object("aws_internet_gateway", "igw-1", { vpc_id: "vpc-1" });
const TABLE = object("aws_route_table", "rtb-1", { vpc_id: "vpc-1" });
const OTHER_VPC = object("aws_vpc", "vpc-2", { cidr_block: "10.1.0.0/16" });

const check = (type: string, config: Obj, ...objects: WorldObject[]): string[] =>
  summaries(checkCreation(type, config, new Account(...objects)));

describe("subnets", () => {
  const subnet = (cidr_block: string, more: Obj = {}) => ({ vpc_id: "vpc-1", cidr_block, ...more });

  test("lie within their VPC", () => {
    expect(check("aws_subnet", subnet("10.0.1.0/24"), VPC)).toEqual([]);
    expect(check("aws_subnet", subnet("10.1.0.0/24"), VPC)).toEqual([
      "creating aws_subnet: InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.",
    ]);
  });

  test("may lie in a range that was added to the VPC", () => {
    const added = object("aws_vpc_ipv4_cidr_block_association", "a", { vpc_id: "vpc-1", cidr_block: "10.1.0.0/16" });
    expect(check("aws_subnet", subnet("10.1.0.0/24"), VPC, added)).toEqual([]);
  });

  test.each(["10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/20"])("%s overlaps another subnet", (cidr) => {
    expect(check("aws_subnet", subnet(cidr), VPC, SUBNET)).toEqual([
      `creating aws_subnet: InvalidSubnet.Conflict: The CIDR '${cidr}' conflicts with another subnet`,
    ]);
  });

  test("equal ranges in two VPCs are fine", () => {
    const elsewhere = object("aws_vpc", "vpc-3", { cidr_block: "10.0.0.0/16" });
    expect(check("aws_subnet", { ...subnet("10.0.0.0/24"), vpc_id: "vpc-3" }, VPC, SUBNET, elsewhere)).toEqual([]);
  });

  test("are in a zone of the region", () => {
    const zone = (availability_zone: string) => check("aws_subnet", subnet("10.0.1.0/24", { availability_zone }), VPC);
    expect(zone(`${REGION}b`)).toEqual([]);
    expect(zone("eu-west-1a")[0]).toContain("Value (eu-west-1a) for parameter availabilityZone is invalid");
    expect(created("aws_subnet", subnet("10.0.1.0/24"), new Account(VPC), { availability_zone: "?" })).toMatchObject({
      availability_zone: `${REGION}a`,
    });
  });
});

describe("routes", () => {
  const route = (config: Obj) => ({ route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", ...config });

  test("lead to a gateway of the same VPC", () => {
    expect(check("aws_route", route({ gateway_id: "igw-1" }), VPC, TABLE, GATEWAY)).toEqual([]);
    const stranger = object("aws_internet_gateway", "igw-2", { vpc_id: "vpc-2" });
    expect(check("aws_route", route({ gateway_id: "igw-2" }), VPC, TABLE, stranger)[0]).toContain(
      "route table rtb-1 and network gateway igw-2 belong to different networks",
    );
  });

  test("do not repeat the local route", () => {
    const local = route({ destination_cidr_block: "10.0.0.0/16", gateway_id: "igw-1" });
    expect(check("aws_route", local, VPC, TABLE, GATEWAY)[0]).toContain("RouteAlreadyExists");
  });

  test("lead over a peering of their VPC only", () => {
    const via = route({ destination_cidr_block: "10.1.0.0/16", vpc_peering_connection_id: "pcx-1" });
    const ends = (vpc_id: string, peer_vpc_id: string) =>
      object("aws_vpc_peering_connection", "pcx-1", { vpc_id, peer_vpc_id });
    expect(check("aws_route", via, VPC, TABLE, ends("vpc-2", "vpc-1"))).toEqual([]);
    expect(check("aws_route", via, VPC, TABLE, ends("vpc-2", "vpc-3"))[0]).toContain("'pcx-1' does not exist");
  });

  test("a table and a subnet of two VPCs are not associated", () => {
    const config = { subnet_id: "subnet-1", route_table_id: "rtb-1" };
    expect(check("aws_route_table_association", config, VPC, SUBNET, TABLE)).toEqual([]);
    const stranger = object("aws_route_table", "rtb-1", { vpc_id: "vpc-2" });
    expect(check("aws_route_table_association", config, VPC, SUBNET, stranger)[0]).toContain("different networks");
  });
});

describe("peering", () => {
  const peering = (more: Obj = {}) => ({ vpc_id: "vpc-1", peer_vpc_id: "vpc-2", ...more });

  test("ranges must not overlap", () => {
    expect(check("aws_vpc_peering_connection", peering(), VPC, OTHER_VPC)).toEqual([]);
    const twin = object("aws_vpc", "vpc-2", { cidr_block: "10.0.128.0/17" });
    expect(check("aws_vpc_peering_connection", peering(), VPC, twin)).toEqual([
      "creating aws_vpc_peering_connection: VpcPeeringConnection to vpc-2 failed: overlapping CIDR ranges",
    ]);
  });

  test("the peer must exist, unless it is in another account or region", () => {
    expect(check("aws_vpc_peering_connection", peering(), VPC)[0]).toContain("InvalidVpcID.NotFound");
    expect(check("aws_vpc_peering_connection", peering({ peer_owner_id: "210987654321" }), VPC)).toEqual([]);
    expect(check("aws_vpc_peering_connection", peering({ peer_region: "us-east-1" }), VPC)).toEqual([]);
  });

  test("is active when it accepts itself", () => {
    const status = (auto_accept: boolean) =>
      created("aws_vpc_peering_connection", peering({ auto_accept }), new Account(VPC, OTHER_VPC)).accept_status;
    expect([status(true), status(false)]).toEqual(["active", "pending-acceptance"]);
  });
});

test("a VPC has one main table, and DHCP options", () => {
  const computed = { id: "vpc-9", default_route_table_id: "rtb-main", main_route_table_id: "?", dhcp_options_id: "?" };
  const vpc = created("aws_vpc", { cidr_block: "10.0.0.0/16" }, new Account(), { ...computed, ipv6_cidr_block: "?" });
  expect(vpc).toMatchObject({ main_route_table_id: "rtb-main", ipv6_cidr_block: "" });
  expect(vpc.dhcp_options_id).toMatch(/^dopt-[0-9a-f]{17}$/);
});

test("a gateway endpoint names the prefix list of its service, as the data source does", () => {
  const service_name = `com.amazonaws.${REGION}.s3`;
  const list = KNOWN.dataSource("aws_ec2_managed_prefix_list", { name: service_name }, CTX, new Account());
  expect(created("aws_vpc_endpoint", { service_name }).prefix_list_id).toBe((list as Obj).id);
  expect(created("aws_vpc_endpoint", { service_name, vpc_endpoint_type: "Interface" }).prefix_list_id).toBe("");
});

describe("the default security group", () => {
  test("is the one of the VPC", () => {
    const group = created("aws_default_security_group", { vpc_id: "vpc-1" }, new Account(VPC), { id: "sg-made-up" });
    expect(group).toMatchObject({ id: "sg-default", name: "default" });
    expect(group.arn).toBe(`arn:aws:ec2:${REGION}:${CTX.account}:security-group/sg-default`);
  });

  test("can be named without being managed", () => {
    const rule = { security_group_id: "sg-default", ip_protocol: "-1", cidr_ipv4: "10.0.0.0/8" };
    expect(check("aws_vpc_security_group_ingress_rule", rule, VPC)).toEqual([]);
  });
});

describe("an internet gateway", () => {
  const destroy = (...objects: WorldObject[]) =>
    summaries(KNOWN.checkDestroy(GATEWAY, CTX, new Account(VPC, SUBNET, GATEWAY, ...objects)));
  const instance = (public_ip: string) => object("aws_instance", "i-1", { subnet_id: "subnet-1", public_ip });

  test("goes when no public address is left", () => {
    expect(destroy(instance(""))).toEqual([]);
    expect(
      destroy(object("aws_instance", "i-2", { subnet_id: "subnet-of-another-vpc", public_ip: "203.0.113.1" })),
    ).toEqual([]);
  });

  test.each([
    ["an instance with a public address", [instance("203.0.113.1")]],
    ["an associated address", [instance(""), object("aws_eip_association", "eipassoc-1", { instance_id: "i-1" })]],
  ])("stays while there is %s", (_name, objects) => {
    expect(destroy(...objects)[0]).toContain("Network vpc-1 has some mapped public address(es)");
  });
});

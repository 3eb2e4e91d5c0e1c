import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Route } from "@cdktf/provider-aws/lib/route";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { TerraformOutput, Token } from "cdktf";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { HostNetwork, type HostNetworkProps } from "../../modules/network/host-network";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";

function synthNetwork(props: Partial<HostNetworkProps> = {}): string {
  return synth((stack) => {
    const { vpcId, hostSubnetId, hostZone, routeTableId, internet } = new HostNetwork(stack, "network", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }),
      region: "eu-central-1",
      cidr: "10.0.0.0/16",
      zones: ["eu-central-1b"],
      publicSubnets: ["10.0.128.0/22"],
      ...props,
    });
    new TerraformOutput(stack, "exposed", { value: { vpcId, hostSubnetId, hostZone, routeTableId } });
    new TerraformOutput(stack, "internet", { value: internet.map(({ fqn }) => Token.asString(fqn)) });
  });
}

describe("HostNetwork with one zone", () => {
  const json = synthNetwork();

  test("makes these types and no other: no NAT gateway, no address, no private subnet's table", () => {
    expect(resourceTypes(json)).toEqual([
      "aws_default_security_group",
      "aws_internet_gateway",
      "aws_route",
      "aws_route_table",
      "aws_route_table_association",
      "aws_subnet",
      "aws_vpc",
      "aws_vpc_endpoint",
    ]);
    for (const type of [Vpc, InternetGateway, RouteTable, RouteTableAssociation, Route, Subnet, VpcEndpoint]) {
      expect(json).toHaveResourceCount(type, 1);
    }
  });

  test("the VPC resolves names", () => {
    expect(json).toHaveResourceWithProperties(Vpc, {
      cidr_block: "10.0.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
      tags: { Name: "shop-mvp-vpc" },
    });
  });

  test("the subnet gives no public address by itself: the host has a fixed one", () => {
    expect(onlyOne(json, Subnet)).toEqual({
      vpc_id: "${aws_vpc.network_vpc.id}",
      cidr_block: "10.0.128.0/22",
      availability_zone: "eu-central-1b",
      map_public_ip_on_launch: false,
      tags: { Name: "shop-mvp-public-b" },
    });
  });

  test("everything outside goes through the internet gateway", () => {
    expect(onlyOne(json, Route)).toEqual({
      route_table_id: "${aws_route_table.network_public_routes.id}",
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: "${aws_internet_gateway.network_gateway.id}",
    });
    expect(onlyOne(json, RouteTableAssociation)).toEqual({
      subnet_id: "${aws_subnet.network_public_b.id}",
      route_table_id: "${aws_route_table.network_public_routes.id}",
    });
  });

  test("S3 is reached through the free gateway endpoint", () => {
    expect(onlyOne(json, VpcEndpoint)).toEqual({
      vpc_id: "${aws_vpc.network_vpc.id}",
      service_name: "com.amazonaws.eu-central-1.s3",
      vpc_endpoint_type: "Gateway",
      route_table_ids: ["${aws_route_table.network_public_routes.id}"],
      tags: { Name: "shop-mvp-s3" },
    });
  });

  test("the default security group lets nothing in and nothing out", () => {
    expect(onlyOne(json, DefaultSecurityGroup)).toEqual({
      vpc_id: "${aws_vpc.network_vpc.id}",
      ingress: [],
      egress: [],
    });
  });

  test("exposes references", () => {
    expect(outputOf(json, "exposed")).toEqual({
      vpcId: "${aws_vpc.network_vpc.id}",
      hostSubnetId: "${aws_subnet.network_public_b.id}",
      hostZone: "${aws_subnet.network_public_b.availability_zone}",
      routeTableId: "${aws_route_table.network_public_routes.id}",
    });
  });
});

test("what a host has to wait for is its route out and every association with it", () => {
  const json = synthNetwork({
    zones: ["eu-central-1a", "eu-central-1b"],
    publicSubnets: ["10.0.128.0/22", "10.0.132.0/22"],
  });
  expect(outputOf(json, "internet")).toEqual([
    "${aws_route.network_internet}",
    "${aws_route_table_association.network_public_a_routes}",
    "${aws_route_table_association.network_public_b_routes}",
  ]);
});

describe("HostNetwork with three zones", () => {
  const json = synthNetwork({
    zones: ["eu-central-1c", "eu-central-1a", "eu-central-1b"],
    publicSubnets: ["10.0.128.0/22", "10.0.132.0/22", "10.0.136.0/22"],
  });

  test("has a subnet in each, named by the zone's letter, on one route table", () => {
    const zones = Object.entries(resourcesOf(json, Subnet)).map(([id, subnet]) => [
      id,
      subnet.availability_zone,
      subnet.cidr_block,
    ]);
    expect(zones).toEqual([
      ["network_public_a", "eu-central-1a", "10.0.132.0/22"],
      ["network_public_b", "eu-central-1b", "10.0.136.0/22"],
      ["network_public_c", "eu-central-1c", "10.0.128.0/22"],
    ]);
    expect(json).toHaveResourceCount(RouteTable, 1);
    expect(Object.keys(resourcesOf(json, RouteTableAssociation))).toEqual([
      "network_public_a_routes",
      "network_public_b_routes",
      "network_public_c_routes",
    ]);
  });

  test("the host lives in the first zone of the list", () => {
    expect(outputOf(json, "exposed")).toMatchObject({
      hostSubnetId: "${aws_subnet.network_public_c.id}",
      hostZone: "${aws_subnet.network_public_c.availability_zone}",
    });
  });
});

test("another zone at the end changes nothing that was there", () => {
  const one = synthNetwork({ zones: ["eu-central-1a"], publicSubnets: ["10.0.128.0/22"] });
  const two = synthNetwork({
    zones: ["eu-central-1a", "eu-central-1b"],
    publicSubnets: ["10.0.128.0/22", "10.0.132.0/22"],
  });
  const resources = (json: string) => (JSON.parse(json) as { resource: object }).resource;
  expect(resources(two)).toMatchObject(resources(one));
});

test("literal names of an existing system replace the made ones", () => {
  const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { network_vpc: "old-vpc", network_public_b: "old-b" });
  const json = synthNetwork({ names });
  expect(json).toHaveResourceWithProperties(Vpc, { tags: { Name: "old-vpc" } });
  expect(json).toHaveResourceWithProperties(Subnet, { tags: { Name: "old-b" } });
  expect(names.unused()).toEqual([]);
});

test("a mistake of the caller names the construct", () => {
  expect(() => synthNetwork({ zones: [], publicSubnets: [] })).toThrow(
    "test/network: a network needs at least one zone",
  );
  expect(() => synthNetwork({ publicSubnets: [] })).toThrow("test/network: zone eu-central-1b has no subnet range");
});

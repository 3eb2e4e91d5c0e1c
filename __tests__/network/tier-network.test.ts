import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Ec2Tag } from "@cdktf/provider-aws/lib/ec2-tag";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { synthNetwork } from "./tier-networks";

const INTERNET = "${aws_route.network_internet}";

describe("TierNetwork with two zones", () => {
  const json = synthNetwork("public-tasks");

  test("makes these types and no other: no NAT, no address", () => {
    expect(resourceTypes(json)).toEqual([
      "aws_default_security_group",
      "aws_ec2_tag",
      "aws_internet_gateway",
      "aws_route",
      "aws_route_table",
      "aws_route_table_association",
      "aws_subnet",
      "aws_vpc",
      "aws_vpc_endpoint",
      "aws_vpc_endpoint_route_table_association",
    ]);
  });

  test("the VPC resolves names", () => {
    expect(onlyOne(json, Vpc)).toEqual({
      cidr_block: "10.1.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
      tags: { Name: "shop-growth-vpc" },
    });
  });

  test("each zone has three subnets, none of which gives out public addresses", () => {
    const subnets = resourcesOf(json, Subnet);
    const places = Object.entries(subnets).map(([id, each]) => [id, each.cidr_block, each.availability_zone]);
    expect(places).toEqual([
      ["network_database_a", "10.1.144.0/24", "eu-central-1a"],
      ["network_database_b", "10.1.145.0/24", "eu-central-1b"],
      ["network_private_a", "10.1.0.0/19", "eu-central-1a"],
      ["network_private_b", "10.1.32.0/19", "eu-central-1b"],
      ["network_public_a", "10.1.128.0/22", "eu-central-1a"],
      ["network_public_b", "10.1.132.0/22", "eu-central-1b"],
    ]);
    expect(subnets.network_private_a).toEqual({
      vpc_id: "${aws_vpc.network_vpc.id}",
      cidr_block: "10.1.0.0/19",
      availability_zone: "eu-central-1a",
      map_public_ip_on_launch: false,
      tags: { Name: "shop-growth-private-a" },
    });
  });

  test("a load balancer finds its subnets by tags that are resources, because the provider ignores their prefix", () => {
    const tags = resourcesOf(json, Ec2Tag);
    expect(Object.keys(tags)).toEqual([
      "network_private_a_role",
      "network_private_b_role",
      "network_public_a_role",
      "network_public_b_role",
    ]);
    const [inside, outside] = [tags.network_private_a_role, tags.network_public_b_role];
    expect(inside).toMatchObject({ resource_id: "${aws_subnet.network_private_a.id}", value: "1" });
    expect([inside?.key, outside?.key]).toEqual(["kubernetes.io/role/internal-elb", "kubernetes.io/role/elb"]);
  });

  test("public subnets share one table, private ones have their own, the database's leads nowhere", () => {
    const pairs = Object.values(resourcesOf(json, RouteTableAssociation)).map((each) => [
      /network_\w+/.exec(String(each.subnet_id))?.[0],
      /network_\w+/.exec(String(each.route_table_id))?.[0],
    ]);
    expect(pairs).toEqual([
      ["network_database_a", "network_database_routes"],
      ["network_database_b", "network_database_routes"],
      ["network_private_a", "network_private_a_table"],
      ["network_private_b", "network_private_b_table"],
      ["network_public_a", "network_public_routes"],
      ["network_public_b", "network_public_routes"],
    ]);
    expect(json).toHaveResourceCount(RouteTable, 4);
    expect(resourcesOf(json, Route)).toEqual({
      network_internet: {
        route_table_id: "${aws_route_table.network_public_routes.id}",
        destination_cidr_block: "0.0.0.0/0",
        gateway_id: "${aws_internet_gateway.network_gateway.id}",
      },
    });
  });

  test("S3 is reached through the free gateway endpoint from everywhere but the database", () => {
    expect(onlyOne(json, VpcEndpoint)).toEqual({
      vpc_id: "${aws_vpc.network_vpc.id}",
      service_name: "com.amazonaws.eu-central-1.s3",
      vpc_endpoint_type: "Gateway",
      tags: { Name: "shop-growth-s3" },
    });
    expect(Object.keys(resourcesOf(json, VpcEndpointRouteTableAssociation))).toEqual([
      "network_s3_private_a",
      "network_s3_private_b",
      "network_s3_public",
    ]);
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
      cidr: "10.1.0.0/16",
      publicSubnetIds: ["${aws_subnet.network_public_a.id}", "${aws_subnet.network_public_b.id}"],
      privateSubnetIds: ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"],
      databaseSubnetIds: ["${aws_subnet.network_database_a.id}", "${aws_subnet.network_database_b.id}"],
      taskSubnetIds: ["${aws_subnet.network_public_a.id}", "${aws_subnet.network_public_b.id}"],
      assignPublicIp: true,
      routeTableIds: [
        "${aws_route_table.network_public_routes.id}",
        "${aws_route_table.network_database_routes.id}",
        "${aws_route_table.network_private_a_table.id}",
        "${aws_route_table.network_private_b_table.id}",
      ],
      s3PrefixListId: "${aws_vpc_endpoint.network_s3.prefix_list_id}",
    });
    expect(outputOf(json, "internet")).toEqual([
      INTERNET,
      "${aws_route_table_association.network_public_a_routes}",
      "${aws_route_table_association.network_public_b_routes}",
      "${aws_vpc_endpoint_route_table_association.network_s3_public}",
      "${aws_vpc_endpoint_route_table_association.network_s3_private_a}",
      "${aws_vpc_endpoint_route_table_association.network_s3_private_b}",
    ]);
  });
});

test("private tasks wait for their route out", () => {
  const json = synthNetwork("nat-single");
  expect(outputOf(json, "exposed")).toMatchObject({
    taskSubnetIds: ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"],
    assignPublicIp: false,
  });
  const internet = outputOf(json, "internet") as string[];
  expect(internet.slice(0, 4)).toEqual([
    "${aws_route_table_association.network_private_a_routes}",
    "${aws_route.network_private_a_internet}",
    "${aws_route_table_association.network_private_b_routes}",
    "${aws_route.network_private_b_internet}",
  ]);
  expect(internet).not.toContain(INTERNET);
});

test("literal names of an existing system replace the made ones", () => {
  const names = new PhysicalNames(
    { app: "shop", tier: "growth" },
    { network_vpc: "old-vpc", network_private_b: "old-b" },
  );
  const json = synthNetwork("public-tasks", { names });
  expect(json).toHaveResourceWithProperties(Vpc, { tags: { Name: "old-vpc" } });
  expect(json).toHaveResourceWithProperties(Subnet, { tags: { Name: "old-b" } });
  expect(names.unused()).toEqual([]);
});

test("a mistake of the caller names the construct", () => {
  const plan = { public: [], private: [], database: [] };
  expect(() => synthNetwork("public-tasks", { plan })).toThrow(
    "test/network: zone eu-central-1a needs a public, a private and a database range",
  );
  expect(() => synthNetwork("nat-single", { plan, zones: [] })).toThrow(
    "test/network: a network needs at least one zone",
  );
});

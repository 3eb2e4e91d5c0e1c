import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { Route } from "@cdktf/provider-aws/lib/route";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { describe, expect, test } from "vitest";
import type { EgressMode } from "../../../modules/network/egress/egress";
import { natUserData } from "../../../modules/network/egress/nat-user-data";
import { onlyOne, outputOf, resourceTypes } from "../../helpers/inspect";
import { resourcesOf } from "../../helpers/synth";
import { networkProps, synthNetwork } from "../tier-networks";

const PUBLIC_A = "${aws_subnet.network_public_a.id}";
/** Without an attached gateway and routes, AWS refuses addresses, and a first boot cannot fetch anything. */
const AFTER_INTERNET = expect.arrayContaining(["aws_route.network_internet"]);

/** Where the default route of each private subnet leads. */
function waysOut(json: string): unknown[] {
  return Object.entries(resourcesOf(json, Route))
    .filter(([id]) => id !== "network_internet")
    .map(([id, { destination_cidr_block, nat_gateway_id, network_interface_id }]) => {
      expect(destination_cidr_block).toBe("0.0.0.0/0");
      return [id, nat_gateway_id ?? network_interface_id];
    });
}

const GATEWAY = (id: string): string => `\${aws_nat_gateway.network_nat_${id}.id}`;

describe("nat-single", () => {
  const json = synthNetwork("nat-single");

  test("is one gateway with a fixed address in the first zone, for every zone", () => {
    expect(onlyOne(json, NatGateway)).toEqual({
      connectivity_type: "public",
      allocation_id: "${aws_eip.network_nat_address_a.id}",
      subnet_id: PUBLIC_A,
      tags: { Name: "shop-growth-nat-a" },
      depends_on: AFTER_INTERNET,
    });
    expect(onlyOne(json, Eip)).toEqual({
      domain: "vpc",
      tags: { Name: "shop-growth-nat-a" },
      depends_on: AFTER_INTERNET,
    });
    expect(waysOut(json)).toEqual([
      ["network_private_a_internet", GATEWAY("gateway_a")],
      ["network_private_b_internet", GATEWAY("gateway_a")],
    ]);
  });
});

test("nat-per-az is a gateway in each zone, for that zone", () => {
  const json = synthNetwork("nat-per-az");
  expect(Object.keys(resourcesOf(json, NatGateway))).toEqual(["network_nat_gateway_a", "network_nat_gateway_b"]);
  expect(Object.values(resourcesOf(json, NatGateway)).map((each) => each.subnet_id)).toEqual([
    PUBLIC_A,
    "${aws_subnet.network_public_b.id}",
  ]);
  expect(waysOut(json)).toEqual([
    ["network_private_a_internet", GATEWAY("gateway_a")],
    ["network_private_b_internet", GATEWAY("gateway_b")],
  ]);
});

test("nat-regional is one gateway of the VPC, without a subnet and with addresses that AWS chooses", () => {
  const json = synthNetwork("nat-regional");
  expect(onlyOne(json, NatGateway)).toEqual({
    availability_mode: "regional",
    connectivity_type: "public",
    vpc_id: "${aws_vpc.network_vpc.id}",
    tags: { Name: "shop-growth-nat" },
    depends_on: AFTER_INTERNET,
  });
  expect(json).toHaveResourceCount(Eip, 0);
  expect(waysOut(json)).toEqual([
    ["network_private_a_internet", GATEWAY("gateway")],
    ["network_private_b_internet", GATEWAY("gateway")],
  ]);
});

describe("nat-instance", () => {
  const json = synthNetwork("nat-instance");
  const CARD = "${aws_network_interface.network_nat_interface.id}";

  test("routes and the address belong to the interface, not to the instance", () => {
    expect(waysOut(json)).toEqual([
      ["network_private_a_internet", CARD],
      ["network_private_b_internet", CARD],
    ]);
    expect(onlyOne(json, EipAssociation)).toEqual({
      allocation_id: "${aws_eip.network_nat_address.id}",
      network_interface_id: CARD,
      depends_on: AFTER_INTERNET,
    });
    expect(onlyOne(json, NetworkInterface)).toEqual({
      subnet_id: PUBLIC_A,
      description: "Way out of the private subnets",
      security_groups: ["${aws_security_group.network_nat_group.id}"],
      source_dest_check: false,
      tags: { Name: "shop-growth-nat" },
    });
  });

  test("the instance is hardened, of the newest image when it is made, and replaced by other user data", () => {
    expect(onlyOne(json, Instance)).toEqual({
      ami: "${data.aws_ssm_parameter.network_nat_image.insecure_value}",
      instance_type: "t4g.micro",
      primary_network_interface: { network_interface_id: CARD },
      user_data: expect.stringContaining("#!/bin/bash"),
      user_data_replace_on_change: true,
      monitoring: false,
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: {
        volume_type: "gp3",
        volume_size: 8,
        encrypted: true,
        delete_on_termination: true,
        tags: { Name: "shop-growth-nat-root" },
      },
      tags: { Name: "shop-growth-nat" },
      depends_on: expect.arrayContaining([
        "aws_eip_association.network_nat_address_association",
        "aws_route.network_internet",
      ]),
      lifecycle: { ignore_changes: ["ami"] },
    });
    expect(json).toHaveDataSourceWithProperties(DataAwsSsmParameter, {
      name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    });
  });

  test("only the private subnets reach it", () => {
    expect(onlyOne(json, SecurityGroup)).toMatchObject({ lifecycle: { create_before_destroy: true } });
    const rules = Object.values(resourcesOf(json, VpcSecurityGroupIngressRule));
    expect(rules.map(({ cidr_ipv4, ip_protocol }) => [cidr_ipv4, ip_protocol])).toEqual([
      ["10.1.0.0/19", "-1"],
      ["10.1.32.0/19", "-1"],
    ]);
    expect(onlyOne(json, VpcSecurityGroupEgressRule)).toMatchObject({ cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" });
  });

  test("takes another type", () => {
    expect(onlyOne(synthNetwork("nat-instance", { natInstanceType: "c7gn.medium" }), Instance)).toMatchObject({
      instance_type: "c7gn.medium",
    });
  });

  test("its user data is the script with the range of the network", () => {
    const script = natUserData("10.7.0.0/16");
    expect(script).toContain("\nnetwork='10.7.0.0/16'\n");
    expect(script).not.toMatch(/@[A-Z]+@/);
    expect(Buffer.byteLength(script)).toBeLessThan(16 * 1024);
  });
});

describe("endpoints-only", () => {
  const json = synthNetwork("endpoints-only");
  const GROUP = "${aws_security_group.network_endpoints_group.id}";

  test("private subnets lead to endpoints of what tasks need, and nowhere else", () => {
    expect(waysOut(json)).toEqual([]);
    const endpoints = resourcesOf(json, VpcEndpoint);
    const services = Object.values(endpoints).map(({ service_name }) => service_name);
    expect(services.map((name) => String(name).replace("com.amazonaws.eu-central-1.", ""))).toEqual([
      "ecr.api",
      "ecr.dkr",
      "logs",
      "monitoring",
      "secretsmanager",
      "ssm",
      "ssmmessages",
      "s3",
    ]);
    expect(endpoints.network_endpoints_ecr_dkr).toEqual({
      vpc_id: "${aws_vpc.network_vpc.id}",
      service_name: "com.amazonaws.eu-central-1.ecr.dkr",
      vpc_endpoint_type: "Interface",
      private_dns_enabled: true,
      subnet_ids: ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"],
      security_group_ids: [GROUP],
      tags: { Name: "shop-growth-ecr.dkr" },
    });
  });

  test("tasks wait for them", () => {
    expect(outputOf(json, "internet")).toContain("${aws_vpc_endpoint.network_endpoints_ssm}");
    expect(outputOf(json, "exposed")).toMatchObject({ endpointsGroupId: GROUP });
  });

  test("their group lets nobody in by itself", () => {
    expect(json).toHaveResourceCount(VpcSecurityGroupIngressRule, 0);
    expect(json).toHaveResourceCount(VpcSecurityGroupEgressRule, 0);
  });
});

test("endpoints can stand beside another way out", () => {
  const json = synthNetwork("nat-single", { endpointServices: ["sqs"] });
  expect(Object.keys(resourcesOf(json, VpcEndpoint))).toEqual(["network_endpoints_sqs", "network_s3"]);
  expect(json).toHaveResourceCount(NatGateway, 1);
});

describe.each<EgressMode>([
  "public-tasks",
  "nat-instance",
  "nat-single",
  "nat-per-az",
  "nat-regional",
  "endpoints-only",
])("%s", (egress) => {
  test("a third zone adds resources and changes none, but for the subnets of endpoints", () => {
    const resources = (letters: string) => {
      const { resource } = JSON.parse(synthNetwork(egress, networkProps(egress, letters))) as {
        resource: Record<string, Record<string, Record<string, unknown>>>;
      };
      for (const endpoint of Object.values(resource.aws_vpc_endpoint ?? {})) delete endpoint.subnet_ids;
      return withoutOrder(resource);
    };
    const [two, three] = [resources("ab"), resources("abc")];
    expect(three).toMatchObject(two);
    expect(resourceTypes(JSON.stringify({ resource: three }))).toEqual(
      resourceTypes(JSON.stringify({ resource: two })),
    );
  });
});

/** What only orders the apply may name the third zone. */
function withoutOrder<T>(resource: T): T {
  return JSON.parse(JSON.stringify(resource, (key, value: unknown) => (key === "depends_on" ? undefined : value))) as T;
}

import { Route } from "@cdktf/provider-aws/lib/route";
import { VpcPeeringConnection } from "@cdktf/provider-aws/lib/vpc-peering-connection";
import { afterAll, describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { Peering } from "../../modules/network/peering";
import { onlyOne, resourceTypes } from "../helpers/inspect";
import { PlainTerraform, type VariableValue } from "../helpers/plain-terraform";
import { resourcesOf, synth } from "../helpers/synth";

const synthPeering = (...routeTableIds: string[]): string =>
  synth(
    (stack) =>
      new Peering(stack, "peering", {
        names: new PhysicalNames({ app: "shop", tier: "mvp" }),
        vpcId: "vpc-here",
        routeTableIds,
        cidr: "10.0.0.0/16",
      }),
  );
const json = synthPeering("rtb-here");

const VPC = "vpc-0123456789abcdef0";
const CONNECTION = "${one(aws_vpc_peering_connection.peering_connection[*].id)}";

describe("Peering", () => {
  test("is off by default: every resource counts from the variables", () => {
    expect(resourceTypes(json)).toEqual(["aws_route", "aws_vpc_peering_connection"]);
    expect(onlyOne(json, VpcPeeringConnection)).toEqual({
      count: '${var.peer_vpc_id == "" ? 0 : 1}',
      vpc_id: "vpc-here",
      peer_vpc_id: "${var.peer_vpc_id}",
      auto_accept: true,
      tags: { Name: "shop-mvp-peer" },
    });
    expect(json).toHaveVariable("peer_vpc_id", { type: "string", default: "" });
    expect(json).toHaveVariable("peer_cidr", { type: "string", default: "" });
    expect(json).toHaveVariable("peer_route_table_ids", { type: "list(string)", default: [] });
  });

  test("routes both ways, one route back for each of the peer's tables", () => {
    expect(resourcesOf(json, Route)).toEqual({
      peering_there: {
        count: '${var.peer_vpc_id == "" ? 0 : 1}',
        route_table_id: "rtb-here",
        destination_cidr_block: "${var.peer_cidr}",
        vpc_peering_connection_id: CONNECTION,
      },
      peering_back: {
        for_each: "${toset(var.peer_route_table_ids)}",
        route_table_id: "${each.value}",
        destination_cidr_block: "10.0.0.0/16",
        vpc_peering_connection_id: CONNECTION,
      },
    });
  });

  test("every table of this network gets a route, and a further one changes none", () => {
    const routes = resourcesOf(synthPeering("rtb-here", "rtb-more", "rtb-most"), Route);
    expect(routes).toMatchObject(resourcesOf(json, Route));
    expect(Object.keys(routes)).toEqual(["peering_back", "peering_there", "peering_there_2", "peering_there_3"]);
    expect(routes.peering_there_3).toEqual({ ...routes.peering_there, route_table_id: "rtb-most" });
  });
});

describe("Terraform checks the variables together", () => {
  const { variable } = JSON.parse(json) as { variable: object };
  const terraform = new PlainTerraform("peering-variables", { variable });
  afterAll(() => terraform.remove());

  test.each<[what: string, variables: Record<string, VariableValue>]>([
    ["nothing", {}],
    ["a VPC and its range", { peer_vpc_id: VPC, peer_cidr: "10.1.0.0/16" }],
    [
      "a VPC, its range and its route tables",
      { peer_vpc_id: "vpc-01234567", peer_cidr: "10.1.0.0/16", peer_route_table_ids: ["rtb-01234567"] },
    ],
  ])("accepts %s", (_what, variables) => {
    expect(terraform.refusals(variables)).toEqual([]);
  });

  const VPC_RULE = "peer_vpc_id must be empty or a VPC id such as vpc-0123456789abcdef0.";
  const RANGE_RULE = "peer_cidr must be empty or an IPv4 range such as 10.1.0.0/16.";
  const PAIR_RULE = "peer_cidr and peer_vpc_id go together: set both or none.";
  const TABLE_RULE = "Every entry of peer_route_table_ids must be a route table id such as rtb-0123456789abcdef0.";

  test.each<[what: string, variables: Record<string, VariableValue>, messages: string[]]>([
    ["a VPC alone", { peer_vpc_id: VPC }, [PAIR_RULE]],
    ["a range alone", { peer_cidr: "10.1.0.0/16" }, [PAIR_RULE]],
    ["a wrong VPC id", { peer_vpc_id: "my-vpc", peer_cidr: "10.1.0.0/16" }, [VPC_RULE]],
    ["a VPC id that is too short", { peer_vpc_id: "vpc-0123", peer_cidr: "10.1.0.0/16" }, [VPC_RULE]],
    ["a VPC id with something behind it", { peer_vpc_id: `${VPC}/x`, peer_cidr: "10.1.0.0/16" }, [VPC_RULE]],
    ["a VPC id in capitals", { peer_vpc_id: VPC.toUpperCase(), peer_cidr: "10.1.0.0/16" }, [VPC_RULE]],
    ["no range", { peer_vpc_id: VPC, peer_cidr: "10.1.0.0" }, [RANGE_RULE]],
    [
      "a wrong route table id",
      { peer_vpc_id: VPC, peer_cidr: "10.1.0.0/16", peer_route_table_ids: ["rtb-01234567", "main"] },
      [TABLE_RULE],
    ],
    [
      "route tables without a VPC",
      { peer_route_table_ids: ["rtb-01234567"] },
      ["peer_route_table_ids needs peer_vpc_id: set both or none."],
    ],
  ])("refuses %s and says what is allowed", (_what, variables, messages) => {
    expect(terraform.refusals(variables)).toEqual(messages);
  });
});

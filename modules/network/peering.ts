import { Route } from "@cdktf/provider-aws/lib/route";
import { VpcPeeringConnection } from "@cdktf/provider-aws/lib/vpc-peering-connection";
import { TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { emptyOrMatching, listVariable, stringVariable, type VariableRule } from "../terraform/variables";

export interface PeeringProps {
  readonly names: PhysicalNames;
  readonly vpcId: string;
  /** Route tables that lead to the peer: at least one, and further ones at the end only. */
  readonly routeTableIds: readonly string[];
  /** Range of this network, for the routes on the other side. */
  readonly cidr: string;
}

/**
 * A peering to another VPC of the same account and region, with routes both ways. It is off until the variables
 * `peer_vpc_id`, `peer_cidr` and `peer_route_table_ids` are set, so that a move between tiers can turn it on and off by an
 * apply. The variables belong to the stack, so the construct needs the stack as its scope.
 *
 * Cost: none by itself; traffic between zones is charged.
 */
export class Peering extends Construct {
  constructor(scope: Construct, id: string, props: PeeringProps) {
    super(scope, id);
    const { names, vpcId, routeTableIds, cidr } = props;
    const peerVpcId = stringVariable(scope, "peer_vpc_id", {
      description: "VPC of another tier to peer with during a move. Empty means no peering.",
      default: "",
      rules: [emptyOrMatching("peer_vpc_id", "^vpc-[0-9a-f]{8,17}$", "a VPC id such as vpc-0123456789abcdef0")],
    });
    const peerCidr = stringVariable(scope, "peer_cidr", {
      description: `Range of the VPC named by peer_vpc_id. It must not overlap ${cidr}.`,
      default: "",
      rules: [
        {
          condition: '${var.peer_cidr == "" || can(cidrnetmask(var.peer_cidr))}',
          message: "peer_cidr must be empty or an IPv4 range such as 10.1.0.0/16.",
        },
        {
          condition: '${(var.peer_cidr == "") == (var.peer_vpc_id == "")}',
          message: "peer_cidr and peer_vpc_id go together: set both or none.",
        },
        ...noOverlap(cidr),
      ],
    });
    const peerRouteTables = listVariable(scope, "peer_route_table_ids", {
      description: "Route tables of the peer VPC that get a route back to this network.",
      default: [],
      rules: [
        {
          condition: '${alltrue([for id in var.peer_route_table_ids : can(regex("^rtb-[0-9a-f]{8,17}$", id))])}',
          message: "Every entry of peer_route_table_ids must be a route table id such as rtb-0123456789abcdef0.",
        },
        {
          condition: '${length(var.peer_route_table_ids) == 0 || var.peer_vpc_id != ""}',
          message: "peer_route_table_ids needs peer_vpc_id: set both or none.",
        },
      ],
    });

    const connection = new VpcPeeringConnection(this, "connection", {
      vpcId,
      peerVpcId,
      autoAccept: true,
      tags: { Name: names.of("tag:Name", "peering_connection", "peer") },
    });
    connection.addOverride("count", '${var.peer_vpc_id == "" ? 0 : 1}');
    const connectionId = `\${one(aws_vpc_peering_connection.${connection.friendlyUniqueId}[*].id)}`;

    for (const [index, routeTableId] of routeTableIds.entries()) {
      const there = new Route(this, index === 0 ? "there" : `there_${index + 1}`, {
        routeTableId,
        destinationCidrBlock: peerCidr,
        vpcPeeringConnectionId: connectionId,
      });
      there.addOverride("count", '${var.peer_vpc_id == "" ? 0 : 1}');
    }
    const tables = TerraformIterator.fromList(peerRouteTables);
    new Route(this, "back", {
      forEach: tables,
      routeTableId: tables.value,
      destinationCidrBlock: cidr,
      vpcPeeringConnectionId: connectionId,
    });
  }
}

/** Rule: the peer's range shares no address with ours. A range that only AWS knows cannot be compared before the plan. */
function noOverlap(cidr: string): VariableRule[] {
  if (Token.isUnresolved(cidr)) return [];
  const [address = "", prefix = ""] = cidr.split("/");
  // Cut to the shorter of both prefixes, two ranges that overlap have the same first address.
  const shorter = `min(${prefix}, tonumber(split("/", var.peer_cidr)[1]))`;
  const cut = (first: string): string => `cidrsubnet(format("%s/%d", ${first}, ${shorter}), 0, 0)`;
  const apart = `${cut('split("/", var.peer_cidr)[0]')} != ${cut(`"${address}"`)}`;
  return [
    {
      condition: `\${var.peer_cidr == "" || try(${apart}, true)}`,
      message: `peer_cidr must not overlap ${cidr}, the range of this network.`,
    },
  ];
}

import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Construct } from "constructs";
import type { Egress, EgressProps, RouteTarget } from "./egress";

/**
 * One NAT gateway for the whole region: it stands in no subnet, and AWS extends it to each zone in which something uses it
 * (within an hour; until then what crosses zones is charged). AWS chooses its addresses too, so whoever lists this system's
 * addresses needs another way out.
 *
 * Cost: for each zone in use as much as a NAT gateway, $33 to $43 a month by region; $0.045 to $0.059 per GB; $3.65 for each
 * public IPv4 address.
 */
export class RegionalNatGateway extends Construct implements Egress {
  private readonly gatewayId: string;

  constructor(scope: Construct, id: string, { names, vpcId, internet }: EgressProps) {
    super(scope, id);
    this.gatewayId = new NatGateway(this, "gateway", {
      availabilityMode: "regional",
      connectivityType: "public",
      vpcId,
      tags: { Name: names.of("tag:Name", "network_nat_gateway", "nat") },
      dependsOn: internet,
    }).id;
  }

  targetIn(): RouteTarget {
    return { natGatewayId: this.gatewayId };
  }
}

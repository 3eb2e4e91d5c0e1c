import { Eip } from "@cdktf/provider-aws/lib/eip";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Construct } from "constructs";
import type { Egress, EgressProps, EgressZone, RouteTarget } from "./egress";

export interface NatGatewaysProps extends EgressProps {
  /** Whether every zone has a gateway of its own; otherwise all use the first zone's. */
  readonly everyZone: boolean;
}

/**
 * NAT gateways with fixed addresses. One for all zones is the cheaper way: without the first zone nothing gets out, and what
 * crosses zones is charged.
 *
 * Cost of each: $33 to $43 a month by region, $0.045 to $0.059 per GB, and its public IPv4 address $3.65.
 */
export class NatGateways extends Construct implements Egress {
  private readonly gateways = new Map<string, NatGateway>();
  private readonly first: NatGateway;

  constructor(scope: Construct, id: string, props: NatGatewaysProps) {
    super(scope, id);
    const [first, ...others] = props.zones;
    this.first = this.createGateway(props, first);
    for (const zone of props.everyZone ? others : []) this.createGateway(props, zone);
  }

  targetIn(letter: string): RouteTarget {
    return { natGatewayId: (this.gateways.get(letter) ?? this.first).id };
  }

  private createGateway({ names, internet }: NatGatewaysProps, { letter, publicSubnetId }: EgressZone): NatGateway {
    const address = new Eip(this, `address_${letter}`, {
      domain: "vpc",
      tags: { Name: names.of("tag:Name", `network_nat_address_${letter}`, `nat-${letter}`) },
      dependsOn: internet,
    });
    const gateway = new NatGateway(this, `gateway_${letter}`, {
      connectivityType: "public",
      allocationId: address.id,
      subnetId: publicSubnetId,
      tags: { Name: names.of("tag:Name", `network_nat_gateway_${letter}`, `nat-${letter}`) },
      dependsOn: internet,
    });
    this.gateways.set(letter, gateway);
    return gateway;
  }
}

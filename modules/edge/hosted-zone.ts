import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Construct } from "constructs";

export interface HostedZoneProps {
  /** The domain that the zone answers for. */
  readonly domain: string;
  /** Whether the zone refuses to be destroyed: a new one gets other name servers. */
  readonly protect: boolean;
}

/**
 * The public zone of a domain. It answers once the domain's registrar names its servers.
 *
 * Cost: $0.50 a month, and $0.40 per million queries.
 */
export class HostedZone extends Construct {
  readonly zoneId: string;
  readonly nameServers: string[];

  constructor(scope: Construct, id: string, { domain, protect }: HostedZoneProps) {
    super(scope, id);
    const zone = new Route53Zone(this, "zone", {
      name: domain,
      forceDestroy: false,
      lifecycle: { preventDestroy: protect },
    });
    this.zoneId = zone.zoneId;
    this.nameServers = zone.nameServers;
  }
}

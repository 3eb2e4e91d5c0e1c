import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import { underDomain, type PublicHost } from "./public-hosts";
import { recordId, TTL_SECONDS, WITH_HOSTED_ZONE, type RecordToCreate } from "./records";

export interface BalancerRecordsProps {
  readonly hosts: readonly PublicHost[];
  /** The domain, as a reference. @default - none: names as they are */
  readonly domain?: string;
  /** Hosted zone, as a reference to the variable `hosted_zone_id`; empty makes no records. */
  readonly hostedZoneId: string;
  /** DNS name of the load balancer. */
  readonly dnsName: string;
  /** Zone that the load balancer's DNS name lies in. */
  readonly zoneId: string;
}

/**
 * One alias per public name to the load balancer, made only when the variable `hosted_zone_id` is set. There is no AAAA
 * record, because the load balancer has IPv4 addresses only. The same records are readable as data for people whose zone
 * is elsewhere.
 *
 * Cost: none, not even for queries: Route 53 does not charge those of an alias to a load balancer.
 */
export class BalancerRecords extends Construct {
  readonly toCreate: readonly RecordToCreate[];

  constructor(scope: Construct, id: string, props: BalancerRecordsProps) {
    super(scope, id);
    const { hosts, domain, hostedZoneId, dnsName, zoneId } = props;
    this.toCreate = hosts.map((host) => ({
      name: underDomain(host, domain),
      type: host.label === "" ? "ALIAS" : "CNAME",
      ttl: TTL_SECONDS,
      value: dnsName,
    }));
    hosts.forEach((host) => {
      const record = new Route53Record(this, recordId(this, host), {
        zoneId: hostedZoneId,
        name: underDomain(host, domain),
        type: "A",
        alias: { name: dnsName, zoneId, evaluateTargetHealth: true },
      });
      record.addOverride("count", WITH_HOSTED_ZONE);
    });
  }
}

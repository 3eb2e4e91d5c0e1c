import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import { underDomain, type PublicHost } from "./public-hosts";
import { recordId, TTL_SECONDS, WITH_HOSTED_ZONE, type RecordToCreate } from "./records";

export interface HostRecordsProps {
  readonly hosts: readonly PublicHost[];
  /** The domain, as a reference. @default - none: names as they are */
  readonly domain?: string;
  /** Hosted zone, as a reference to the variable `hosted_zone_id`; empty makes no records. */
  readonly hostedZoneId: string;
  readonly address: string;
}

/**
 * One A record per public name, made only when the variable `hosted_zone_id` is set. The same records are readable as
 * data for people whose zone is elsewhere.
 *
 * Cost: none per record; Route 53 charges the zone and queries.
 */
export class HostRecords extends Construct {
  readonly toCreate: readonly RecordToCreate[];

  constructor(scope: Construct, id: string, props: HostRecordsProps) {
    super(scope, id);
    const { hosts, domain, hostedZoneId, address } = props;
    this.toCreate = hosts.map((host) => ({
      name: underDomain(host, domain),
      type: "A",
      ttl: TTL_SECONDS,
      value: address,
    }));
    hosts.forEach((host) => {
      const record = new Route53Record(this, recordId(this, host), {
        zoneId: hostedZoneId,
        name: underDomain(host, domain),
        type: "A",
        ttl: TTL_SECONDS,
        records: [address],
      });
      record.addOverride("count", WITH_HOSTED_ZONE);
    });
  }
}

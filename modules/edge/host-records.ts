import { createHash } from "node:crypto";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import { underDomain, type PublicHost } from "./public-hosts";

export interface HostRecordsProps {
  readonly hosts: readonly PublicHost[];
  /** The domain, as a reference. @default - none: names as they are */
  readonly domain?: string;
  /** Hosted zone, as a reference to the variable `hosted_zone_id`; empty makes no records. */
  readonly hostedZoneId: string;
  readonly address: string;
}

/** Seconds that resolvers keep a record: short, because a move changes it. */
const TTL_SECONDS = 60;

/** A record to create by hand when the zone is elsewhere. */
export interface RecordToCreate {
  readonly name: string;
  readonly type: "A";
  readonly ttl: number;
  readonly value: string;
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
      const record = new Route53Record(this, this.recordId(host), {
        zoneId: hostedZoneId,
        name: underDomain(host, domain),
        type: "A",
        ttl: TTL_SECONDS,
        records: [address],
      });
      record.addOverride("count", '${var.hosted_zone_id == "" ? 0 : 1}');
    });
  }

  /**
   * "apex" for the domain itself, else what stands before it, else the whole name. Two names that come to the same id
   * ("a-b" and "a.b") stay apart by a digest of the later one.
   */
  private recordId({ name, label }: PublicHost): string {
    const id = (label === "" ? "apex" : (label ?? name)).replace(/[^a-z0-9]+/g, "_");
    if (this.node.tryFindChild(id) === undefined) return id;
    return `${id}_${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  }
}

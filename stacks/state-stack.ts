import type { Construct } from "constructs";
import { StateBucket } from "../modules/data/state-bucket";
import { HostedZone } from "../modules/edge/hosted-zone";
import { PhysicalNames } from "../modules/naming/physical-names";
import { tagValue } from "../modules/naming/tag-value";
import { isOn, type ResolvedStateStack } from "../modules/spec";
import { backendAt } from "../modules/terraform/state-backend";
import { BaseStack, type StackBasis } from "./base-stack";

/**
 * What all apps of an account and region share: the bucket of their states, and by choice the hosted zone of a domain.
 *
 * Cost: a few cents a month for the bucket, $0.50 for a zone.
 */
export class StateStack extends BaseStack {
  constructor(scope: Construct, definition: ResolvedStateStack) {
    super(scope, basisOf(definition));
    this.createBucket(definition);
    this.createZone(definition);
    this.declareOutputAliases();
  }

  private createBucket({ region, protect, kmsKeyId, noncurrentDays, keepNoncurrent }: ResolvedStateStack): void {
    const { names } = this;
    const bucket = new StateBucket(this, "state", {
      names,
      protect: isOn(protect),
      kmsKeyId,
      noncurrentDays,
      keepNoncurrent,
    });
    this.output("state_bucket", { value: bucket.bucketName, description: "S3 bucket of the states" });
    this.output("state_region", { value: region, description: "Region of the bucket" });
    this.output("state_setting", {
      value: `s3://${bucket.bucketName}?region=${region}`,
      description: "Value of TIERS_STATE that keeps the states of all apps in this bucket for one run",
    });
  }

  private createZone({ hostedZone, protect }: ResolvedStateStack): void {
    if (hostedZone === undefined) return;
    const zone = new HostedZone(this, "dns", { domain: hostedZone, protect: isOn(protect) });
    this.output("hosted_zone_id", { value: zone.zoneId, description: "Zone id, for dns.hostedZoneId of the apps" });
    this.output("name_servers", {
      value: zone.nameServers,
      description: "Name servers to enter at the domain's registrar",
    });
  }
}

function basisOf(definition: ResolvedStateStack): StackBasis {
  const { id, name, region, bucket, state } = definition;
  return {
    id,
    region,
    tags: tagsOf(definition),
    names: new PhysicalNames({ app: name, tier: id }, bucket === undefined ? {} : { state_bucket: bucket }),
    backend: backendAt({ id, name, state }),
    outputAliases: {},
    writtenUnder: "state",
  };
}

function tagsOf({ id, name, tags, protect }: ResolvedStateStack): Record<string, string> {
  return {
    ...tags,
    Application: name,
    Environment: "shared",
    Tier: id,
    ManagedBy: "Terraform",
    ...(isOn(protect) ? {} : { ProtectionOff: tagValue(protect.off) }),
  };
}

import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { ClosedBucket } from "../data/closed-bucket";
import type { PhysicalNames } from "../naming/physical-names";

export interface AccessLogBucketProps {
  readonly names: PhysicalNames;
  /** The account whose load balancers may write. */
  readonly accountId: string;
  /** Whether the bucket refuses to be destroyed. */
  readonly protect: boolean;
  /** Days that access logs are kept. */
  readonly retentionDays: number;
}

/**
 * The bucket of a load balancer's access logs. Elastic Load Balancing writes as a service, which it does in every region
 * (older regions also know a policy for an account of AWS's own); it encrypts with S3's own key only. Logs go after
 * `retentionDays`, with what versioning would keep of them.
 *
 * Cost: $0.023 to $0.025 per GB and month, by region; writing is free.
 */
export class AccessLogBucket extends ClosedBucket {
  /** What must be there before a load balancer can write: it tries when it is told of the bucket. */
  readonly writable: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { names, accountId, protect, retentionDays }: AccessLogBucketProps) {
    super(scope, id, {
      name: { literal: names.literal(`${id}_bucket`), start: `${names.prefix}-access-logs` },
      protect,
      noncurrentDays: 1,
      rules: [
        {
          id: "access-logs",
          status: "Enabled",
          filter: [{}],
          expiration: [{ days: retentionDays }],
        },
      ],
      grants: [
        {
          sid: "AccessLogs",
          principals: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
          actions: ["s3:PutObject"],
          keys: `AWSLogs/${accountId}/*`,
        },
      ],
    });
    this.writable = [...this.ready, this.policy];
  }
}

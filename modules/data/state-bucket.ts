import type { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { ClosedBucket, type ClosedBucketProps } from "./closed-bucket";

export interface StateBucketProps extends Pick<
  ClosedBucketProps,
  "protect" | "kmsKeyId" | "noncurrentDays" | "keepNoncurrent"
> {
  readonly names: PhysicalNames;
}

/**
 * The bucket that holds the Terraform states of an account: every write of a state is a version, and while the bucket is
 * protected nobody deletes a version by hand; only their age and number take them. Terraform itself deletes nothing but
 * its lock files, which needs no right over versions.
 *
 * Cost: a few cents a month; states are small.
 */
export class StateBucket extends ClosedBucket {
  constructor(scope: Construct, id: string, { names, ...props }: StateBucketProps) {
    super(scope, id, {
      ...props,
      name: { literal: names.literal("state_bucket"), start: names.prefix },
      refusals: props.protect ? [{ sid: "KeepVersions", actions: ["s3:DeleteObjectVersion"] }] : [],
    });
  }
}

import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Id } from "@cdktf/provider-random/lib/id";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { fitName, NAME_LIMITS } from "../naming/lengths";
import { policyJson, type Statement } from "../security/policies";

export interface ClosedBucketProps {
  /** The literal name of an existing system, or what a name of our own starts with. */
  readonly name: { readonly literal?: string; readonly start: string };
  /** Whether the bucket refuses to be destroyed. */
  readonly protect: boolean;
  /** KMS key that encrypts it. @default - S3's own key (SSE-S3) */
  readonly kmsKeyId?: string;
  /** Days after which an older version goes. */
  readonly noncurrentDays: number;
  /** Newest older versions of each object that stay whatever their age. @default - none */
  readonly keepNoncurrent?: number;
  /** Further rules of expiry. @default - none */
  readonly rules?: readonly S3BucketLifecycleConfigurationRule[];
  /** What nobody may do with its objects, besides speaking without TLS. @default - nothing */
  readonly refusals?: readonly Pick<Statement, "sid" | "actions">[];
  /** What a service of AWS may do with objects whose key matches a pattern. @default - nothing */
  readonly grants?: readonly (Pick<Statement, "sid" | "actions" | "principals"> & { readonly keys: string })[];
}

/** Characters that "-" and the random suffix take of a bucket name. */
const SUFFIX_LENGTH = 9;

/**
 * A bucket for what must not be lost or seen: versioned, encrypted, TLS only, closed to the public, without ACLs. Older
 * versions go after `noncurrentDays`, but the newest `keepNoncurrent` always stay.
 */
export abstract class ClosedBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  /** What must be there before the first object: an object that is put before versioning is on gets no version. */
  readonly ready: readonly ITerraformDependable[];
  protected readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ClosedBucketProps) {
    super(scope, id);
    const bucket = this.createBucket(props);
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;

    const versioning = this.keepVersions();
    this.expireOldVersions(props, versioning);
    this.ready = [versioning, this.encrypt(props), this.closeToPublic()];
    this.policy = this.admit(props);
  }

  private createBucket({ name, protect }: ClosedBucketProps): S3Bucket {
    return new S3Bucket(this, "bucket", {
      bucket: name.literal ?? this.uniqueName(name.start),
      forceDestroy: false,
      lifecycle: { preventDestroy: protect },
    });
  }

  /** Bucket names are unique in all of AWS, so ours end in four random bytes. */
  private uniqueName(start: string): string {
    const suffix = new Id(this, "suffix", { byteLength: 4 });
    return `${fitName(start, NAME_LIMITS.aws_s3_bucket - SUFFIX_LENGTH)}-${suffix.hex}`;
  }

  private keepVersions(): S3BucketVersioningA {
    return new S3BucketVersioningA(this, "versioning", {
      bucket: this.bucketName,
      versioningConfiguration: { status: "Enabled" },
    });
  }

  /** A rule about older versions means something once there are versions. */
  private expireOldVersions(
    { noncurrentDays, keepNoncurrent, rules = [] }: ClosedBucketProps,
    versioning: S3BucketVersioningA,
  ): void {
    new S3BucketLifecycleConfiguration(this, "expiry", {
      bucket: this.bucketName,
      rule: [
        {
          id: "abandoned-uploads",
          status: "Enabled",
          filter: [{}],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
        {
          id: "older-versions",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays, newerNoncurrentVersions: keepNoncurrent }],
        },
        ...rules,
      ],
      dependsOn: [versioning],
    });
  }

  private encrypt({ kmsKeyId }: ClosedBucketProps): S3BucketServerSideEncryptionConfigurationA {
    const algorithm = kmsKeyId === undefined ? "AES256" : "aws:kms";
    return new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: this.bucketName,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: algorithm, kmsMasterKeyId: kmsKeyId },
          bucketKeyEnabled: true,
        },
      ],
    });
  }

  private closeToPublic(): S3BucketPublicAccessBlock {
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: this.bucketName,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    return new S3BucketPublicAccessBlock(this, "public_access", {
      bucket: this.bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  }

  private admit({ refusals = [], grants = [] }: ClosedBucketProps): S3BucketPolicy {
    const objects = `${this.arn}/*`;
    const tlsOnly: Statement = {
      sid: "TlsOnly",
      effect: "Deny",
      principals: "*",
      actions: ["s3:*"],
      resources: [this.arn, objects],
      condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const others = refusals.map((refusal): Statement => ({
      ...refusal,
      effect: "Deny",
      principals: "*",
      resources: [objects],
    }));
    const granted = grants.map(({ keys, ...grant }): Statement => ({ ...grant, resources: [`${this.arn}/${keys}`] }));
    return new S3BucketPolicy(this, "policy", {
      bucket: this.bucketName,
      policy: policyJson([tlsOnly, ...others, ...granted]),
    });
  }
}

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
import type { PhysicalNames } from "../naming/physical-names";
import { policyJson } from "../security/policies";

export interface BackupBucketProps {
  readonly names: PhysicalNames;
  /** Whether the bucket refuses to be destroyed. */
  readonly protect: boolean;
  /** Days after which an older version goes. */
  readonly noncurrentDays: number;
  /** Newest older versions that stay whatever their age. */
  readonly keepNoncurrent: number;
}

/** Days that a dump may wait in staging before it counts as abandoned. */
const STAGING_DAYS = 2;
/** Characters that "-" and the random suffix take of a bucket name. */
const SUFFIX_LENGTH = 9;

/**
 * The bucket of backups and host configuration: versioned, encrypted, TLS only, closed to the public. A verified dump
 * overwrites one key per database, so the current version of a dump never expires; older versions go after
 * `noncurrentDays`, but the newest `keepNoncurrent` always stay. Only `staging/` expires by age, with all its versions.
 *
 * Cost: $0.023 to $0.025 per GB and month, by region.
 */
export class BackupBucket extends Construct {
  static readonly backupPrefix = "backups/";
  static readonly stagingPrefix = "staging/";
  static readonly configPrefix = "host/";

  readonly bucketName: string;
  readonly arn: string;
  /** What must be there before the first object: an object that is put before versioning is on gets no version. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: BackupBucketProps) {
    super(scope, id);
    const bucket = this.createBucket(props);
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;

    const versioning = this.keepVersions();
    this.expireOldVersions(props, versioning);
    this.ready = [versioning, this.encrypt(), this.closeToPublic()];
    this.requireTls();
  }

  private createBucket({ names, protect }: BackupBucketProps): S3Bucket {
    return new S3Bucket(this, "bucket", {
      bucket: names.literal("backups_bucket") ?? this.uniqueName(names),
      forceDestroy: false,
      lifecycle: { preventDestroy: protect },
    });
  }

  /** Bucket names are unique in all of AWS, so ours end in four random bytes. */
  private uniqueName(names: PhysicalNames): string {
    const suffix = new Id(this, "suffix", { byteLength: 4 });
    return `${fitName(`${names.prefix}-backups`, NAME_LIMITS.aws_s3_bucket - SUFFIX_LENGTH)}-${suffix.hex}`;
  }

  private keepVersions(): S3BucketVersioningA {
    return new S3BucketVersioningA(this, "versioning", {
      bucket: this.bucketName,
      versioningConfiguration: { status: "Enabled" },
    });
  }

  /** A rule about older versions means something once there are versions. */
  private expireOldVersions(
    { noncurrentDays, keepNoncurrent }: BackupBucketProps,
    versioning: S3BucketVersioningA,
  ): void {
    const rules: S3BucketLifecycleConfigurationRule[] = [
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
      {
        id: "staging",
        status: "Enabled",
        filter: [{ prefix: BackupBucket.stagingPrefix }],
        expiration: [{ days: STAGING_DAYS }],
        // The shorter of two rules wins, so what was overwritten or expired in staging is not kept like a backup.
        noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
      },
    ];
    new S3BucketLifecycleConfiguration(this, "expiry", {
      bucket: this.bucketName,
      rule: rules,
      dependsOn: [versioning],
    });
  }

  private encrypt(): S3BucketServerSideEncryptionConfigurationA {
    return new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: this.bucketName,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: true }],
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

  private requireTls(): void {
    new S3BucketPolicy(this, "policy", {
      bucket: this.bucketName,
      policy: policyJson([
        {
          sid: "TlsOnly",
          effect: "Deny",
          principals: "*",
          actions: ["s3:*"],
          resources: [this.arn, `${this.arn}/*`],
          condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
  }
}

import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Id } from "@cdktf/provider-random/lib/id";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { BackupBucket, type BackupBucketProps } from "../../modules/data/backup-bucket";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf, resourceTypes, statementsOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";

const NAME = "${aws_s3_bucket.backups_bucket.bucket}";
const ARN = "${aws_s3_bucket.backups_bucket.arn}";

function synthBucket(props: Partial<BackupBucketProps> = {}): string {
  return synth((stack) => {
    new RandomProvider(stack, "random");
    const { bucketName, arn, ready } = new BackupBucket(stack, "backups", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }),
      protect: true,
      noncurrentDays: 30,
      keepNoncurrent: 7,
      ...props,
    });
    new TerraformOutput(stack, "exposed", { value: { bucketName, arn } });
    new S3Object(stack, "first", { bucket: bucketName, key: "host/compose.yaml", dependsOn: [...ready] });
  });
}

interface Rule {
  readonly id: string;
  readonly status: string;
  readonly filter: readonly { readonly prefix?: string }[];
  readonly expiration?: unknown;
  readonly noncurrent_version_expiration?: unknown;
  readonly transition?: unknown;
}
const rulesOf = (json: string) => onlyOne(json, S3BucketLifecycleConfiguration).rule as Rule[];

describe("BackupBucket", () => {
  const json = synthBucket();

  test("is one bucket with its settings", () => {
    expect(resourceTypes(json)).toEqual([
      "aws_s3_bucket",
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_ownership_controls",
      "aws_s3_bucket_policy",
      "aws_s3_bucket_public_access_block",
      "aws_s3_bucket_server_side_encryption_configuration",
      "aws_s3_bucket_versioning",
      "aws_s3_object",
      "random_id",
    ]);
    expect(outputOf(json, "exposed")).toEqual({ bucketName: NAME, arn: ARN });
  });

  test("has a name that is unique in all of AWS", () => {
    expect(json).toHaveResourceWithProperties(Id, { byte_length: 4 });
    expect(json).toHaveResourceWithProperties(S3Bucket, { bucket: "shop-mvp-backups-${random_id.backups_suffix.hex}" });
  });

  test("keeps versions", () => {
    expect(onlyOne(json, S3BucketVersioningA)).toEqual({
      bucket: NAME,
      versioning_configuration: { status: "Enabled" },
    });
  });

  test("is ready for objects when it keeps versions, encrypts and is closed to the public", () => {
    expect(onlyOne(json, S3Object).depends_on).toEqual([
      "aws_s3_bucket_versioning.backups_versioning",
      "aws_s3_bucket_server_side_encryption_configuration.backups_encryption",
      "aws_s3_bucket_public_access_block.backups_public_access",
    ]);
  });

  test("encrypts", () => {
    expect(json).toHaveResourceWithProperties(S3BucketServerSideEncryptionConfigurationA, {
      bucket: NAME,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: true }],
    });
  });

  test("is closed to the public in all four ways, and knows no ACL", () => {
    expect(onlyOne(json, S3BucketPublicAccessBlock)).toEqual({
      bucket: NAME,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(onlyOne(json, S3BucketOwnershipControls)).toEqual({
      bucket: NAME,
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  test("refuses everything without TLS, bucket and objects alike", () => {
    expect(json).toHaveResourceWithProperties(S3BucketPolicy, { bucket: NAME });
    expect(statementsOf(onlyOne(json, S3BucketPolicy).policy)).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: [ARN, `${ARN}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });
});

describe("what expires", () => {
  const rules = rulesOf(synthBucket());

  test("current versions expire under staging/ only", () => {
    const expiring = rules.filter((rule) => rule.expiration !== undefined);
    expect(expiring.map(({ filter, expiration }) => ({ filter, expiration }))).toEqual([
      { filter: [{ prefix: "staging/" }], expiration: [{ days: 2 }] },
    ]);
  });

  test("older versions of backups go after 30 days, but the newest 7 stay", () => {
    expect(rules.find(({ id }) => id === "older-versions")).toEqual({
      id: "older-versions",
      status: "Enabled",
      filter: [{}],
      noncurrent_version_expiration: [{ noncurrent_days: 30, newer_noncurrent_versions: 7 }],
    });
  });

  test("no other rule takes older versions but in staging, where none is kept", () => {
    const others = rules.filter(
      ({ id, noncurrent_version_expiration }) => id !== "older-versions" && noncurrent_version_expiration,
    );
    expect(others.map((rule) => [rule.filter, rule.noncurrent_version_expiration])).toEqual([
      [[{ prefix: "staging/" }], [{ noncurrent_days: 1 }]],
    ]);
  });

  test("uploads that were abandoned go after a day", () => {
    expect(rules.find(({ id }) => id === "abandoned-uploads")).toEqual({
      id: "abandoned-uploads",
      status: "Enabled",
      filter: [{}],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
    });
  });

  test("the rules come after versioning, without which there is nothing to count", () => {
    expect(onlyOne(synthBucket(), S3BucketLifecycleConfiguration).depends_on).toEqual([
      "aws_s3_bucket_versioning.backups_versioning",
    ]);
  });

  test("every rule is on, and nothing moves to another storage class", () => {
    expect(rules.map(({ status }) => status)).toEqual(["Enabled", "Enabled", "Enabled"]);
    expect(rules.filter(({ transition }) => transition !== undefined)).toEqual([]);
  });

  test("both numbers come from the specification", () => {
    const rule = rulesOf(synthBucket({ noncurrentDays: 90, keepNoncurrent: 3 })).find(
      ({ id }) => id === "older-versions",
    );
    expect(rule?.noncurrent_version_expiration).toEqual([{ noncurrent_days: 90, newer_noncurrent_versions: 3 }]);
  });

  test("what the host writes and reads lies under three prefixes that do not contain each other", () => {
    const prefixes = [BackupBucket.backupPrefix, BackupBucket.stagingPrefix, BackupBucket.configPrefix];
    expect(prefixes).toEqual(["backups/", "staging/", "host/"]);
  });
});

describe("protection", () => {
  test("on: the bucket refuses to be destroyed", () => {
    expect(synthBucket()).toHaveResourceWithProperties(S3Bucket, {
      lifecycle: { prevent_destroy: true },
      force_destroy: false,
    });
  });

  test("off: it does not, but is never emptied by force", () => {
    const { lifecycle, force_destroy } = onlyOne(synthBucket({ protect: false }), S3Bucket);
    expect({ lifecycle, force_destroy }).toEqual({ lifecycle: { prevent_destroy: false }, force_destroy: false });
  });
});

describe("its name", () => {
  test("a literal one stands as it is, without a random part", () => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { backups_bucket: "webrana-backups" });
    const json = synthBucket({ names });
    expect(json).toHaveResourceWithProperties(S3Bucket, { bucket: "webrana-backups" });
    expect(json).toHaveResourceCount(Id, 0);
  });

  test("a long one leaves room for the random part within 63 characters", () => {
    const names = new PhysicalNames({ app: "a".repeat(20), tier: "mvp", environment: "e".repeat(40) });
    const { bucket } = onlyOne(synthBucket({ names }), S3Bucket);
    const [fixed = "", random] = String(bucket).split("${");
    expect(random).toBe("random_id.backups_suffix.hex}");
    expect(fixed.length + 8).toBeLessThanOrEqual(63);
    expect(fixed).toMatch(/^a{20}-mvp-e+-[0-9a-f]{8}-$/);
  });
});

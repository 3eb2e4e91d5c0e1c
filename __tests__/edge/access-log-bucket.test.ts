import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { AccessLogBucket } from "../../modules/edge/access-log-bucket";
import { onlyOne, outputOf, statementsOf } from "../helpers/inspect";
import { NAMES, synthEdge } from "./parts";

const json = synthEdge((stack) => {
  const { writable } = new AccessLogBucket(stack, "access_logs", {
    names: NAMES,
    accountId: "123456789012",
    protect: true,
    retentionDays: 30,
  });
  new TerraformOutput(stack, "writable", { value: writable.map((one) => one.fqn) });
});

describe("AccessLogBucket", () => {
  test("lets only the service put logs, of this account, and nobody speak without TLS", () => {
    const arn = "${aws_s3_bucket.access_logs_bucket.arn}";
    expect(statementsOf(onlyOne(json, S3BucketPolicy).policy)).toEqual([
      expect.objectContaining({ Sid: "TlsOnly", Effect: "Deny", Principal: "*" }),
      {
        Sid: "AccessLogs",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: [`${arn}/AWSLogs/123456789012/*`],
      },
    ]);
  });

  test("is encrypted as the service can, closed to the public, and not destroyed by mistake", () => {
    expect(onlyOne(json, S3BucketServerSideEncryptionConfigurationA)).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
    expect(onlyOne(json, S3BucketPublicAccessBlock)).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(onlyOne(json, S3Bucket)).toMatchObject({ lifecycle: { prevent_destroy: true }, force_destroy: false });
  });

  test("keeps logs as long as it is told, and no versions of them beyond", () => {
    const { rule } = onlyOne(json, S3BucketLifecycleConfiguration) as { rule: object[] };
    expect(rule).toContainEqual({
      id: "access-logs",
      status: "Enabled",
      filter: [{}],
      expiration: [{ days: 30 }],
    });
    expect(rule).toContainEqual({
      id: "older-versions",
      status: "Enabled",
      filter: [{}],
      noncurrent_version_expiration: [{ noncurrent_days: 1 }],
    });
  });

  test("can be written to once its policy is there", () => {
    expect(outputOf(json, "writable")).toContain("${aws_s3_bucket_policy.access_logs_policy}");
  });
});

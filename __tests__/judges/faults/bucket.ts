/** Mistakes at the bucket that holds the backups. */
import { type Fault, block, nested } from "./plant";

const PUBLIC_ACCESS = "aws_s3_bucket_public_access_block";

export const bucketFaults: readonly Fault[] = [
  {
    name: "bucket-with-unknown-encryption",
    reportedBy: { "cfn-lint": "E3030" },
    plant: (stack) => {
      const rule = nested(block(stack, "aws_s3_bucket_server_side_encryption_configuration"), "rule");
      nested(rule, "apply_server_side_encryption_by_default").sse_algorithm = "AES128";
    },
  },
  {
    name: "public-acls-allowed",
    reportedBy: { checkov: "CKV_AWS_53", "checkov-plan": "CKV_AWS_53" },
    plant: (stack) => {
      block(stack, PUBLIC_ACCESS).block_public_acls = false;
    },
  },
  {
    name: "public-policy-allowed",
    reportedBy: { checkov: "CKV_AWS_54" },
    plant: (stack) => {
      block(stack, PUBLIC_ACCESS).block_public_policy = false;
    },
  },
  {
    name: "public-read-acl",
    reportedBy: { checkov: "CKV_AWS_20", kics: "38c5ee0d-7f22-4260-ab72-5073048df100" },
    plant: (stack) => {
      block(stack, "aws_s3_bucket").acl = "public-read";
    },
  },
  {
    name: "bucket-without-versions",
    reportedBy: { checkov: "CKV_AWS_21" },
    plant: (stack) => {
      nested(block(stack, "aws_s3_bucket_versioning"), "versioning_configuration").status = "Suspended";
    },
  },
  {
    name: "lifecycle-status-misspelt",
    reportedBy: { "cfn-lint": "E3030" },
    plant: (stack) => {
      nested(block(stack, "aws_s3_bucket_lifecycle_configuration"), "rule").status = "Enable";
    },
  },
];

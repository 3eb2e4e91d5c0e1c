import { expect, test } from "vitest";
import { backupStatements } from "../../modules/security/backup-statements";

test("whoever makes backups adds objects, reads them back and tells the age, and can take nothing away", () => {
  const statements = backupStatements({
    bucketArn: "arn:aws:s3:::shop",
    backupPrefix: "backups/",
    stagingPrefix: "staging/",
    metricNamespace: "shop/growth",
  });
  expect(statements).toEqual([
    {
      sid: "WriteAndReadBackBackups",
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"],
      resources: ["arn:aws:s3:::shop/backups/*", "arn:aws:s3:::shop/staging/*"],
    },
    {
      sid: "ListOwnPrefixes",
      actions: ["s3:ListBucket", "s3:ListBucketVersions"],
      resources: ["arn:aws:s3:::shop"],
      condition: { StringLike: { "s3:prefix": ["backups/*", "staging/*"] } },
    },
    {
      sid: "OwnMetrics",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      condition: { StringEquals: { "cloudwatch:namespace": "shop/growth" } },
    },
  ]);
});

import type { HostGrants } from "../../modules/security/host-statements";

/** A host that builds no image, keeps no log in CloudWatch and has no secret. */
export const MINIMAL_GRANTS: HostGrants = {
  bucketArn: "arn:aws:s3:::shop-backups",
  backupPrefix: "backups/",
  stagingPrefix: "staging/",
  configPrefix: "host/",
  repositoryArns: [],
  logGroupArns: [],
  imageParameterArns: ["arn:aws:ssm:eu-central-1:123456789012:parameter/shop/mvp/image/api"],
  secretParameterArns: [],
  secretArns: [],
  metricNamespace: "shop/mvp",
};

/** A host that uses everything. */
export const MAXIMAL_GRANTS: HostGrants = {
  ...MINIMAL_GRANTS,
  repositoryArns: ["arn:aws:ecr:eu-central-1:123456789012:repository/shop/mvp/api"],
  logGroupArns: ["arn:aws:logs:eu-central-1:123456789012:log-group:/shop/mvp/api"],
  secretParameterArns: ["arn:aws:ssm:eu-central-1:123456789012:parameter/shop/mvp/secret/JWT_SECRET"],
  secretArns: ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:/shop/mvp/secret/API_KEY-AbCdEf"],
};

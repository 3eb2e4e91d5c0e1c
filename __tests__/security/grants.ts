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
  secrets: { parameters: [], managed: [] },
  generatedSecrets: { parameters: [], managed: [] },
  metricNamespace: "shop/mvp",
};

const parameter = (name: string) => `arn:aws:ssm:eu-central-1:123456789012:parameter/shop/mvp/secret/${name}`;
const managed = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:/shop/mvp/secret/${name}`;

/** A host that uses everything; of each kind of secret one is generated and one is provided. */
export const MAXIMAL_GRANTS: HostGrants = {
  ...MINIMAL_GRANTS,
  repositoryArns: ["arn:aws:ecr:eu-central-1:123456789012:repository/shop/mvp/api"],
  logGroupArns: ["arn:aws:logs:eu-central-1:123456789012:log-group:/shop/mvp/api"],
  secrets: {
    parameters: [parameter("JWT_SECRET"), parameter("MAIL_PASSWORD")],
    managed: [managed("SIGNING_KEY-AbCdEf"), managed("API_KEY-GhIjKl")],
  },
  generatedSecrets: { parameters: [parameter("JWT_SECRET")], managed: [managed("SIGNING_KEY-AbCdEf")] },
};

import { describe, expect, test } from "vitest";
import { hostStatements } from "../../modules/security/host-statements";
import { MAXIMAL_GRANTS, MINIMAL_GRANTS } from "./grants";

const bySid = (grants = MAXIMAL_GRANTS) =>
  Object.fromEntries(hostStatements(grants).map((statement) => [statement.sid, statement]));

describe("a host without repositories, CloudWatch logs and secrets", () => {
  test("gets the least: its bucket's prefixes, its released images, its metrics", () => {
    expect(hostStatements(MINIMAL_GRANTS).map(({ sid }) => sid)).toEqual([
      "ReadConfiguration",
      "WriteAndReadBackBackups",
      "ListOwnPrefixes",
      "ReadReleasedImages",
      "WriteReleasedImages",
      "OwnMetrics",
    ]);
  });

  test("no statement is without a resource, which IAM refuses", () => {
    for (const { resources } of hostStatements(MINIMAL_GRANTS)) expect(resources).not.toEqual([]);
  });
});

describe("a host that uses everything", () => {
  const statements = hostStatements(MAXIMAL_GRANTS);

  test("reads its configuration, and cannot write it", () => {
    expect(bySid().ReadConfiguration).toEqual({
      sid: "ReadConfiguration",
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::shop-backups/host/*"],
    });
    const writable = statements.filter(({ actions }) => actions.some((action) => action.startsWith("s3:Put")));
    expect(writable.flatMap(({ resources }) => resources)).toEqual([
      "arn:aws:s3:::shop-backups/backups/*",
      "arn:aws:s3:::shop-backups/staging/*",
    ]);
  });

  test("adds and reads backups; nothing that it may do deletes or hides one", () => {
    expect(bySid().WriteAndReadBackBackups?.actions).toEqual([
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:PutObject",
      "s3:AbortMultipartUpload",
    ]);
    const actions = statements.flatMap((statement) => statement.actions);
    expect(
      actions.filter((action) => /Delete|Lifecycle|Versioning|Replication|BucketPolicy|Acl|Bypass/.test(action)),
    ).toEqual([]);
  });

  test("lists only its own prefixes", () => {
    expect(bySid().ListOwnPrefixes).toEqual({
      sid: "ListOwnPrefixes",
      actions: ["s3:ListBucket", "s3:ListBucketVersions"],
      resources: ["arn:aws:s3:::shop-backups"],
      condition: { StringLike: { "s3:prefix": ["backups/*", "staging/*", "host/*"] } },
    });
  });

  test("reads and writes which images are released, exactly those", () => {
    expect(bySid().ReadReleasedImages).toEqual({
      sid: "ReadReleasedImages",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: MAXIMAL_GRANTS.imageParameterArns,
    });
    expect(bySid().WriteReleasedImages).toEqual({
      sid: "WriteReleasedImages",
      actions: ["ssm:PutParameter"],
      resources: MAXIMAL_GRANTS.imageParameterArns,
    });
    const writers = statements.filter(({ actions }) => actions.includes("ssm:PutParameter"));
    expect(writers.map(({ sid }) => sid)).toEqual(["WriteReleasedImages", "MakeSecretParameters"]);
  });

  test("pulls from its own repositories, and cannot push", () => {
    expect(bySid().PullOwnImages).toEqual({
      sid: "PullOwnImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: MAXIMAL_GRANTS.repositoryArns,
    });
  });

  test("reads all secrets of the app", () => {
    expect(bySid().ReadSecretParameters).toEqual({
      sid: "ReadSecretParameters",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: MAXIMAL_GRANTS.secrets.parameters,
    });
    expect(bySid().ReadManagedSecrets).toEqual({
      sid: "ReadManagedSecrets",
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      resources: MAXIMAL_GRANTS.secrets.managed,
    });
  });

  test("makes the parameters of generated secrets, and cannot change one that is there", () => {
    expect(bySid().MakeSecretParameters).toEqual({
      sid: "MakeSecretParameters",
      actions: ["ssm:PutParameter"],
      resources: MAXIMAL_GRANTS.generatedSecrets.parameters,
      condition: { StringNotEquals: { "ssm:Overwrite": "true" } },
    });
    expect(bySid().TagSecretParameters).toEqual({
      sid: "TagSecretParameters",
      actions: ["ssm:AddTagsToResource"],
      resources: MAXIMAL_GRANTS.generatedSecrets.parameters,
    });
  });

  test("writes generated secrets of Secrets Manager", () => {
    expect(bySid().WriteManagedSecrets).toEqual({
      sid: "WriteManagedSecrets",
      actions: ["secretsmanager:PutSecretValue"],
      resources: MAXIMAL_GRANTS.generatedSecrets.managed,
    });
  });

  test("can do nothing but read to a secret that a person provides", () => {
    const touching = statements.filter(({ resources }) =>
      resources.some((resource) => /MAIL_PASSWORD|API_KEY/.test(resource)),
    );
    expect(touching.map(({ sid }) => sid)).toEqual(["ReadSecretParameters", "ReadManagedSecrets"]);
  });

  test("has no statement about writing a secret when every one is provided", () => {
    const provided = { ...MAXIMAL_GRANTS, generatedSecrets: MINIMAL_GRANTS.generatedSecrets };
    const writing = /^(ssm|secretsmanager):(Put|Add|Update)/;
    const writers = hostStatements(provided).filter(({ actions }) => actions.some((action) => writing.test(action)));
    expect(writers.map(({ sid }) => sid)).toEqual(["WriteReleasedImages"]);
  });

  test("writes to the streams of its own log groups, and cannot make or delete groups", () => {
    expect(bySid().OwnLogs).toEqual({
      sid: "OwnLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      resources: ["arn:aws:logs:eu-central-1:123456789012:log-group:/shop/mvp/api:*"],
    });
  });

  test("has every resource by name but for the two actions that know none, one of them limited by condition", () => {
    const anywhere = statements.filter(({ resources }) => resources.includes("*"));
    expect(anywhere).toEqual([
      { sid: "SignInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
      {
        sid: "OwnMetrics",
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        condition: { StringEquals: { "cloudwatch:namespace": "shop/mvp" } },
      },
    ]);
  });

  test("allows no action by pattern, and gives each statement a name of its own that IAM accepts", () => {
    expect(
      statements.flatMap(({ actions }) => actions).filter((action) => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action)),
    ).toEqual([]);
    const sids = statements.map(({ sid }) => sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
  });
});

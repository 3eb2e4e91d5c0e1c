import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Diagnostic, Obj } from "../../../scripts/simulator/contract";
import { hookedTypes } from "../../../scripts/simulator/hooks";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import {
  Account,
  checkCreation,
  created,
  creation,
  CTX,
  KNOWN,
  object,
  REGION,
  schemaOf,
  summaries,
  the,
} from "../facts/account";

const validate = (type: string, config: Obj): Diagnostic[] => the(KNOWN.hooks(type).validate?.(config, CTX));
const planOf = (type: string, config: Obj, prior: Obj | null, planned: Obj) =>
  the(KNOWN.hooks(type).plan?.({ type, config, prior, planned, ctx: CTX, world: new Account() }));

test("hooks are for types that exist", () => {
  expect(hookedTypes().filter((type) => !schemaOf(type))).toEqual([]);
  expect(hookedTypes().length).toBeGreaterThan(30);
});

describe("parameters", () => {
  const update = (config: Obj, prior: Obj) =>
    planOf("aws_ssm_parameter", config, prior, { ...prior, ...config }).planned;
  const PRIOR = { name: "/a", type: "String", insecure_value: "one", value: null, version: 3, tier: "Standard" };

  test("a version is counted up when the value changes, and only then", () => {
    expect(update({ insecure_value: "two" }, PRIOR)).toMatchObject({ version: UNKNOWN, value: UNKNOWN });
    expect(update({ tags: { a: "b" } }, PRIOR)).toMatchObject({ version: 3 });
    const apply = (insecure_value: string) =>
      the(
        KNOWN.hooks("aws_ssm_parameter").apply?.({
          ...creation("aws_ssm_parameter", { insecure_value }, new Account(), { ...PRIOR, insecure_value }),
          prior: PRIOR,
        }),
      ).result.version;
    expect([apply("two"), apply("one")]).toEqual([4, 3]);
  });

  test("a new parameter has version 1 and the ARN of its path", () => {
    const made = (name: string) =>
      created("aws_ssm_parameter", { name, type: "String", insecure_value: "x" }, new Account(), {
        value: "?",
        arn: "?",
      });
    expect(made("/app/image")).toMatchObject({ version: 1, value: null, insecure_value: "x" });
    expect(made("/app/image").arn).toBe(`arn:aws:ssm:${REGION}:${CTX.account}:parameter/app/image`);
    expect(made("image").arn).toBe(`arn:aws:ssm:${REGION}:${CTX.account}:parameter/image`);
  });

  test("a secret is not written as an insecure value", () => {
    expect(summaries(validate("aws_ssm_parameter", { type: "SecureString", insecure_value: "x" }))).toEqual([
      "invalid configuration, cannot set type = SecureString and insecure_value",
    ]);
    expect(validate("aws_ssm_parameter", { type: "SecureString", value: "x" })).toEqual([]);
    expect(validate("aws_ssm_parameter", { type: "SecureString", insecure_value: UNKNOWN })).toEqual([]);
  });

  test("a value fits its tier", () => {
    const sized = (size: number, tier?: string) =>
      summaries(validate("aws_ssm_parameter", { type: "String", value: "x".repeat(size), tier: tier ?? null }));
    expect(sized(4096)).toEqual([]);
    expect(sized(4097)[0]).toContain("Standard tier parameters support a maximum parameter value of 4096");
    expect(sized(8192, "Advanced")).toEqual([]);
    expect(sized(8193, "Advanced")).toHaveLength(1);
  });

  test("going back from the advanced tier replaces", () => {
    const back = planOf("aws_ssm_parameter", {}, { ...PRIOR, tier: "Advanced" }, { ...PRIOR, tier: "Standard" });
    expect(back.requiresReplace).toEqual(["tier"]);
  });
});

describe("buckets and objects", () => {
  const CONFIG = { bucket: "b", key: "k", content: "hello" };
  const computed = { etag: "?", version_id: "?", checksum_sha256: "?" };

  test("an object's etag is the MD5 of its content, its version that of a versioned bucket", () => {
    const md5 = createHash("md5").update("hello").digest("hex");
    expect(created("aws_s3_object", CONFIG, new Account(), computed)).toMatchObject({
      etag: md5,
      version_id: "",
      checksum_sha256: "",
    });
    const versioning = object("aws_s3_bucket_versioning", "b", {
      bucket: "b",
      versioning_configuration: [{ status: "Enabled" }],
    });
    const versioned = created("aws_s3_object", CONFIG, new Account(versioning), computed);
    expect(versioned.version_id).toMatch(/^[0-9a-f]{32}$/);
  });

  test("other content makes another version", () => {
    const prior = { ...CONFIG, etag: "a", version_id: "v" };
    const change = (config: Obj) => planOf("aws_s3_object", config, prior, { ...prior, ...config }).planned;
    expect(change({ ...CONFIG, content: "bye" })).toMatchObject({ etag: UNKNOWN, version_id: UNKNOWN });
    expect(change({ ...CONFIG, tags: { a: "b" } })).toMatchObject({ etag: "a", version_id: "v" });
  });

  test("a bucket's names follow from its name and region", () => {
    expect(created("aws_s3_bucket", { bucket: "b" }, new Account(), { policy: "?" })).toMatchObject({
      bucket_regional_domain_name: `b.s3.${REGION}.amazonaws.com`,
      policy: "",
      grant: [{ permissions: ["FULL_CONTROL"] }],
      server_side_encryption_configuration: [
        { rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }] },
      ],
    });
  });

  test("a lifecycle rule does something", () => {
    const rule = (more: Obj) => ({
      id: "r",
      expiration: [],
      transition: [],
      abort_incomplete_multipart_upload: [],
      noncurrent_version_expiration: [],
      noncurrent_version_transition: [],
      ...more,
    });
    const found = (more: Obj) => summaries(validate("aws_s3_bucket_lifecycle_configuration", { rule: [rule(more)] }));
    expect(found({ expiration: [{ days: 1 }] })).toEqual([]);
    expect(found({})).toEqual(["MalformedXML: At least one action needs to be specified in a rule"]);
    expect(found({ expiration: UNKNOWN })).toEqual([]);
  });
});

describe("certificates", () => {
  const CONFIG = {
    domain_name: "example.com",
    subject_alternative_names: ["*.example.com", "www.example.com"],
    validation_method: "DNS",
  };

  test("the domains of the validation records are known at plan time", () => {
    const { planned } = planOf("aws_acm_certificate", CONFIG, null, { ...CONFIG });
    expect(planned.domain_validation_options).toEqual(
      ["*.example.com", "example.com", "www.example.com"].map((domain_name) => ({
        domain_name,
        resource_record_name: UNKNOWN,
        resource_record_type: UNKNOWN,
        resource_record_value: UNKNOWN,
      })),
    );
    const unknown = { ...CONFIG, domain_name: UNKNOWN };
    expect(planOf("aws_acm_certificate", unknown, null, unknown).planned).not.toHaveProperty(
      "domain_validation_options",
    );
  });

  test("a wildcard shares the record of its domain, and the validation wants every record", () => {
    const made = created("aws_acm_certificate", CONFIG, new Account(), { arn: "arn:c" });
    const records = (made.domain_validation_options as Obj[]).map(({ resource_record_name }) =>
      String(resource_record_name),
    );
    expect(records[0]).toBe(records[1]);
    expect(records[2]).not.toBe(records[0]);
    const account = new Account(object("aws_acm_certificate", "arn:c", { ...made, arn: "arn:c" }));
    const wait = (validation_record_fqdns: string[]) =>
      summaries(
        checkCreation("aws_acm_certificate_validation", { certificate_arn: "arn:c", validation_record_fqdns }, account),
      );
    expect(wait(records)).toEqual([]);
    expect(wait(records.slice(0, 1))[0]).toContain("missing example.com DNS validation record");
  });
});

describe("repositories and databases", () => {
  test("a lifecycle policy has rules of its form", () => {
    const rule = { rulePriority: 1, selection: {}, action: { type: "expire" } };
    const found = (...rules: unknown[]) =>
      validate("aws_ecr_lifecycle_policy", { policy: JSON.stringify({ rules }) }).map(({ detail }) => detail);
    expect(found(rule, { ...rule, rulePriority: 2 })).toEqual([]);
    expect(found()).toEqual(["it has no rules."]);
    expect(found(rule, rule)).toEqual(["two rules have the same rulePriority."]);
    expect(found({ rulePriority: 1 })).toEqual(["every rule needs selection and action."]);
  });

  test("a repository is found at the address of its account and region", () => {
    expect(created("aws_ecr_repository", { name: "app/api" })).toMatchObject({
      repository_url: `${CTX.account}.dkr.ecr.${REGION}.amazonaws.com/app/api`,
    });
  });

  test("a final snapshot keeps its name", () => {
    const account = new Account();
    const database = object("aws_db_instance", "db-1", { identifier: "db", final_snapshot_identifier: "last" });
    expect(KNOWN.checkDestroy(database, CTX, account)).toEqual([]);
    the(KNOWN.hooks("aws_db_instance").destroy?.({ object: database, ctx: CTX, world: account }));
    expect(account.ofType("aws_db_snapshot").map(({ id }) => id)).toEqual(["last"]);
    expect(summaries(KNOWN.checkDestroy(database, CTX, account))[0]).toContain("DBSnapshotAlreadyExists");
  });

  test("a record belongs to the domain of its zone", () => {
    const zone = object("aws_route53_zone", "Z1", { zone_id: "Z1", name: "example.com" }, "global");
    const record = (name: string) =>
      summaries(
        checkCreation(
          "aws_route53_record",
          { zone_id: "Z1", name, type: "A", ttl: 60, records: ["1.2.3.4"] },
          new Account(zone),
        ),
      );
    expect([...record("api.example.com"), ...record("example.com"), ...record("api")]).toEqual([]);
    expect(record("api.example.org")[0]).toContain("is not permitted in zone example.com");
    expect(created("aws_route53_record", { zone_id: "Z1", name: "api" }, new Account(zone)).fqdn).toBe(
      "api.example.com",
    );
  });
});

describe("containers", () => {
  test("revisions of a task family are counted and never used twice", () => {
    const account = new Account();
    const register = () => created("aws_ecs_task_definition", { family: "api" }, account).arn;
    const arn = `arn:aws:ecs:${REGION}:${CTX.account}:task-definition/api`;
    expect([register(), register()]).toEqual([`${arn}:1`, `${arn}:2`]);
  });

  test.each([
    ["256", "512", true],
    ["256", "1536", false],
    ["256", "2048", true],
    ["512", "1024", true],
    ["512", "1536", false],
    ["1024", "1024", false],
    ["4096", "30720", true],
    ["8192", "17408", false],
    ["300", "512", false],
  ])("Fargate with %s CPU units and %s MiB: %s", (cpu, memory, fits) => {
    const found = validate("aws_ecs_task_definition", { requires_compatibilities: ["FARGATE"], cpu, memory });
    expect(found).toHaveLength(fits ? 0 : 1);
  });

  test("a service is named after its cluster", () => {
    const service = created("aws_ecs_service", { name: "api", cluster: "arn:aws:ecs:x:1:cluster/main" });
    expect(service.id).toBe(`arn:aws:ecs:${REGION}:${CTX.account}:service/main/api`);
  });
});

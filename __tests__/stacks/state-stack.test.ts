import * as fs from "node:fs";
import * as path from "node:path";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { App } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { defineState, resolveState, type ResolvedStateStack } from "../../modules/spec";
import type { StateInput } from "../../modules/spec/state-schema";
import { StateStack } from "../../stacks";
import { makeFolder, removeFolder } from "../helpers/folders";
import { addresses, onlyOne, outputOf, statementsOf } from "../helpers/inspect";
import { shippedStack } from "../helpers/shipped";
import { synthStack } from "./support";

function definition(changes: Partial<StateInput> = {}): ResolvedStateStack {
  const { stateStack } = resolveState(defineState({ name: "acme", region: "eu-central-1", ...changes }));
  if (!stateStack) throw new Error("the definition has a problem");
  return stateStack;
}

const synth = (changes: Partial<StateInput> = {}): string =>
  synthStack((scope) => new StateStack(scope, definition(changes)));

const NAME = "${aws_s3_bucket.state_bucket.bucket}";
const ARN = "${aws_s3_bucket.state_bucket.arn}";

describe("the state stack", () => {
  const json = synth();

  test("is one bucket with its settings, and nothing else", () => {
    expect(addresses(json)).toEqual([
      "aws_s3_bucket.state_bucket",
      "aws_s3_bucket_lifecycle_configuration.state_expiry",
      "aws_s3_bucket_ownership_controls.state_ownership",
      "aws_s3_bucket_policy.state_policy",
      "aws_s3_bucket_public_access_block.state_public_access",
      "aws_s3_bucket_server_side_encryption_configuration.state_encryption",
      "aws_s3_bucket_versioning.state_versioning",
      "random_id.state_suffix",
    ]);
  });

  test("names its bucket after its owner, unique in all of AWS, unless the name is given", () => {
    expect(onlyOne(json, S3Bucket).bucket).toBe("acme-state-${random_id.state_suffix.hex}");
    const given = synth({ bucket: "acme-terraform" });
    expect(onlyOne(given, S3Bucket).bucket).toBe("acme-terraform");
    expect(addresses(given)).not.toContain("random_id.state_suffix");
  });

  test("keeps versions: the newest 50 whatever their age, others for 90 days; no current version expires", () => {
    expect(onlyOne(json, S3BucketVersioningA).versioning_configuration).toEqual({ status: "Enabled" });
    const { rule: rules, depends_on: after } = onlyOne(json, S3BucketLifecycleConfiguration);
    expect(after).toEqual(["aws_s3_bucket_versioning.state_versioning"]);
    expect(rules).toEqual([
      {
        id: "abandoned-uploads",
        status: "Enabled",
        filter: [{}],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
      {
        id: "older-versions",
        status: "Enabled",
        filter: [{}],
        noncurrent_version_expiration: [{ noncurrent_days: 90, newer_noncurrent_versions: 50 }],
      },
    ]);
  });

  test("encrypts with S3's own key, or with the one that is given", () => {
    const ruleOf = (text: string) => onlyOne(text, S3BucketServerSideEncryptionConfigurationA).rule;
    expect(ruleOf(json)).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: true },
    ]);
    expect(ruleOf(synth({ kmsKeyId: "alias/state" }))).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: "alias/state" },
        bucket_key_enabled: true,
      },
    ]);
  });

  test("is closed to the public in all four ways, and knows no ACL", () => {
    expect(onlyOne(json, S3BucketPublicAccessBlock)).toEqual({
      bucket: NAME,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(onlyOne(json, S3BucketOwnershipControls).rule).toEqual({ object_ownership: "BucketOwnerEnforced" });
  });

  test("refuses everything without TLS, and the deletion of a version by hand", () => {
    expect(statementsOf(onlyOne(json, S3BucketPolicy).policy)).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: [ARN, `${ARN}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "KeepVersions",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:DeleteObjectVersion"],
        Resource: [`${ARN}/*`],
      },
    ]);
  });

  test("refuses to be destroyed; with the reason written down it does not, and versions may be deleted", () => {
    expect(onlyOne(json, S3Bucket).lifecycle).toEqual({ prevent_destroy: true });
    const off = synth({ protect: { off: "a throw-away demonstration" } });
    expect(onlyOne(off, S3Bucket)).toMatchObject({ lifecycle: { prevent_destroy: false }, force_destroy: false });
    expect(statementsOf(onlyOne(off, S3BucketPolicy).policy).map(({ Sid }) => Sid)).toEqual(["TlsOnly"]);
    expect(off).toContain('"ProtectionOff": "a throw-away demonstration"');
  });

  test("tells where states go", () => {
    expect(outputOf(json, "state_bucket")).toBe(NAME);
    expect(outputOf(json, "state_region")).toBe("eu-central-1");
    expect(outputOf(json, "state_setting")).toBe(`s3://${NAME}?region=eu-central-1`);
    expect(outputOf(json, "hosted_zone_id")).toBeUndefined();
  });
});

describe("a hosted zone by choice", () => {
  const json = synth({ hostedZone: "acme.example" });

  test("is protected like the bucket", () => {
    expect(onlyOne(json, Route53Zone)).toMatchObject({
      name: "acme.example",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    const off = synth({ hostedZone: "acme.example", protect: { off: "a throw-away demonstration" } });
    expect(onlyOne(off, Route53Zone).lifecycle).toEqual({ prevent_destroy: false });
  });

  test("gives its id for the apps and its servers for the registrar", () => {
    expect(outputOf(json, "hosted_zone_id")).toBe("${aws_route53_zone.dns_zone.zone_id}");
    expect(outputOf(json, "name_servers")).toBe("${aws_route53_zone.dns_zone.name_servers}");
  });
});

describe("its own state", () => {
  const folder = makeFolder("state-stack");
  afterAll(() => removeFolder(folder));

  function backend(changes: Partial<StateInput>): unknown {
    const outdir = fs.mkdtempSync(path.join(folder, "out-"));
    const app = new App({ outdir });
    new StateStack(app, definition(changes));
    app.synth();
    const text = fs.readFileSync(path.join(outdir, "stacks", "state", "cdk.tf.json"), "utf8");
    return (JSON.parse(text) as { terraform: { backend: unknown } }).terraform.backend;
  }

  test("is local at first, because its bucket does not exist yet", () => {
    expect(backend({})).toEqual({ local: { path: "../../../terraform.state.tfstate" } });
  });

  test("may lie in its own bucket afterwards", () => {
    expect(backend({ state: { backend: "s3", bucket: "acme-state-0a1b2c3d" } })).toEqual({
      s3: {
        bucket: "acme-state-0a1b2c3d",
        key: "acme/state.tfstate",
        region: "eu-central-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });
});

test("ships beside the stacks of the apps", () => {
  expect(Object.keys(shippedStack("state").resource)).toContain("aws_s3_bucket");
  expect(Object.keys(shippedStack("mvp").resource)).toContain("aws_instance");
});

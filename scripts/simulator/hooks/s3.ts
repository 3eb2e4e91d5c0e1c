/** Buckets and objects. */
import { createHash } from "node:crypto";
import type { ApplyInput, Diagnostic, Obj, PlanInput } from "../contract";
import { digits, fallback, type Hooks, invalid, only, text, unknownOnChange, unset } from "./service";

export const S3_HOOKS: Hooks = {
  aws_s3_bucket: { apply: settleBucket },
  aws_s3_object: { plan: planObject, apply: settleObject },
  aws_s3_bucket_lifecycle_configuration: { validate: validateLifecycle },
};

/** Hosted zones of the website endpoints are not simulated; everything else follows from the name. */
function settleBucket({ config, result, ctx }: ApplyInput): { result: Obj } {
  const bucket = String(result.bucket);
  return {
    result: {
      ...fallback(result, config, { acceleration_status: "", acl: null, policy: "", request_payer: "BucketOwner" }),
      bucket_domain_name: `${bucket}.s3.amazonaws.com`,
      bucket_regional_domain_name: `${bucket}.s3.${ctx.region}.amazonaws.com`,
      bucket_region: ctx.region,
      ...(unset(config.grant) ? { grant: [OWNER_GRANT] } : {}),
      ...(unset(config.server_side_encryption_configuration) ? { server_side_encryption_configuration: [SSE_S3] } : {}),
      website_domain: null,
      website_endpoint: null,
    },
  };
}

/** What a new bucket has without asking. Source: Amazon S3 user guide, "Default encryption FAQ" and "ACL overview". */
const OWNER_GRANT = { id: "0".repeat(64), permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" };
const SSE_S3 = {
  rule: [
    {
      apply_server_side_encryption_by_default: [{ kms_master_key_id: "", sse_algorithm: "AES256" }],
      bucket_key_enabled: false,
    },
  ],
};

/** Arguments that make another object of it. */
const CONTENT = ["content", "content_base64", "source", "source_hash", "etag", "kms_key_id"];

function planObject({ config, prior, planned }: PlanInput): { planned: Obj } {
  const versioned = unknownOnChange(prior, planned, "version_id", CONTENT);
  const sources = CONTENT.filter((name) => name !== "etag");
  return { planned: (config.etag ?? null) === null ? unknownOnChange(prior, versioned, "etag", sources) : versioned };
}

function settleObject({ config, result, world }: ApplyInput): { result: Obj } {
  const body = contentOf(config);
  const etag = createHash("md5").update(body).digest("hex");
  const versioning = world.ofType("aws_s3_bucket_versioning").find((o) => o.attributes.bucket === result.bucket);
  const versioned = only(versioning?.attributes.versioning_configuration)?.status === "Enabled";
  const settled = fallback(result, config, {
    etag,
    kms_key_id: null,
    acl: null,
    content_type: "application/octet-stream",
    server_side_encryption: "AES256",
    storage_class: "STANDARD",
  });
  const checksums = Object.keys(result).filter((name) => name.startsWith("checksum_") && name !== "checksum_algorithm");
  return {
    result: {
      ...settled,
      ...Object.fromEntries(checksums.map((name) => [name, ""])),
      version_id: versioned ? digits(32, "version", result.bucket, result.key, etag) : "",
    },
  };
}

/** The body, or what stands for it when it is a file that only Terraform reads. */
function contentOf(config: Obj): Buffer {
  const base64 = text(config.content_base64);
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  return Buffer.from(text(config.content) ?? `${text(config.source) ?? ""}|${text(config.source_hash) ?? ""}`);
}

/** A rule that does nothing is refused by S3. */
function validateLifecycle(config: Obj): Diagnostic[] {
  const actions = [
    "abort_incomplete_multipart_upload",
    "expiration",
    "noncurrent_version_expiration",
    "noncurrent_version_transition",
    "transition",
  ];
  const rules = Array.isArray(config.rule) ? (config.rule as Obj[]) : [];
  return rules.flatMap((rule, i) => {
    const given = actions.some((name) => !Array.isArray(rule[name]) || rule[name].length > 0);
    if (given) return [];
    const summary = "MalformedXML: At least one action needs to be specified in a rule";
    return [invalid(summary, `Rule "${String(rule.id)}" has none of ${actions.join(", ")}.`, "rule", i)];
  });
}

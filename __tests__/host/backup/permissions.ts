/** What a request to S3 needs by IAM, and whether statements allow it. */
import type { Statement } from "../../../modules/security/policies";
import type { Asked } from "./fault-proxy";

export interface Need {
  readonly action: string;
  readonly resource: string;
  /** Value of the condition key s3:prefix, of listings. */
  readonly prefix?: string;
}

/** The actions that a request needs, by S3's own table of operations. Throws on a request that is not in it. */
export function needsOf({ method, path, query, copySource }: Asked): Need[] {
  const [, bucket = "", ...parts] = decodeURIComponent(path).split("/");
  const arn = `arn:aws:s3:::${bucket}`;
  const object = { resource: `${arn}/${parts.join("/")}` };
  if (parts.join("/") === "") return [listing(method, query, arn)];
  const read = query.has("versionId") ? "s3:GetObjectVersion" : "s3:GetObject";
  if (method === "GET" || method === "HEAD") return [{ action: read, ...object }];
  const multipart = query.has("uploads") || query.has("uploadId");
  if (method === "PUT" || (method === "POST" && multipart)) {
    return [{ action: "s3:PutObject", ...object }, ...(copySource ? [sourceOf(copySource)] : [])];
  }
  if (method === "DELETE" && query.has("uploadId")) return [{ action: "s3:AbortMultipartUpload", ...object }];
  if (method === "DELETE")
    return [{ action: query.has("versionId") ? "s3:DeleteObjectVersion" : "s3:DeleteObject", ...object }];
  throw new Error(`${method} ${path}?${query.toString()} is not known`);
}

function listing(method: string, query: URLSearchParams, resource: string): Need {
  if (method !== "GET") throw new Error(`${method} of a bucket is not known`);
  const prefix = query.get("prefix") ?? "";
  return { action: query.has("versions") ? "s3:ListBucketVersions" : "s3:ListBucket", resource, prefix };
}

function sourceOf(copySource: string): Need {
  const [name = "", version] = decodeURIComponent(copySource).replace(/^\//, "").split("?versionId=");
  return { action: version === undefined ? "s3:GetObject" : "s3:GetObjectVersion", resource: `arn:aws:s3:::${name}` };
}

/** Whether one of the statements allows it. Knows the forms that the host's statements have. */
export const allowed = (statements: readonly Statement[], need: Need): boolean =>
  statements.some(
    ({ actions, resources, condition }) =>
      actions.includes(need.action) &&
      resources.some((pattern) => matches(pattern, need.resource)) &&
      prefixes(condition).some((pattern) => need.prefix === undefined || matches(pattern, need.prefix)),
  );

function prefixes(condition: Statement["condition"]): string[] {
  const found = (condition as { StringLike?: Record<string, string[]> } | undefined)?.StringLike?.["s3:prefix"];
  return found ?? ["*"];
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.\\/$+?()[\]{}|^]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

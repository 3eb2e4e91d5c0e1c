import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { describe, expect, test } from "vitest";
import type { HostFile } from "../../modules/host/config";
import { HostFiles } from "../../modules/host/host-files";
import { resourcesOf, synth } from "../helpers/synth";

function synthFiles(files: readonly HostFile[]): string {
  return synth((stack) => {
    const { bucket } = new S3Bucket(stack, "bucket", { bucket: "shop" });
    const versioning = new S3BucketVersioningA(stack, "versions", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new HostFiles(stack, "config", { bucketName: bucket, prefix: "host/", files, dependsOn: [versioning] });
  });
}

const compose: HostFile = { path: "compose.yaml", content: "services: {}\n", mode: "0644" };
const timer: HostFile = { path: "systemd/report.timer", content: "[Timer]\n", mode: "0755" };

/** The objects of the files themselves, without the list of their sums. */
function filesIn(json: string): Record<string, Record<string, unknown>> {
  const { config_files_md5: _sums, ...files } = resourcesOf(json, S3Object);
  return files;
}

describe("HostFiles", () => {
  test("is one encrypted object per file, with its mode, without the provider's tags, put when its bucket is ready", () => {
    expect(filesIn(synthFiles([compose]))).toEqual({
      config_compose_yaml: {
        bucket: "${aws_s3_bucket.bucket.bucket}",
        key: "host/compose.yaml",
        content: "services: {}\n",
        content_type: "text/plain; charset=utf-8",
        metadata: { mode: "0644" },
        server_side_encryption: "AES256",
        override_provider: { default_tags: { tags: {} } },
        depends_on: ["aws_s3_bucket_versioning.versions"],
      },
    });
  });

  test("a file in a folder keeps its path as key", () => {
    const objects = filesIn(synthFiles([compose, timer]));
    expect(Object.keys(objects)).toEqual(["config_compose_yaml", "config_systemd_report_timer"]);
    expect(objects.config_systemd_report_timer).toMatchObject({
      key: "host/systemd/report.timer",
      metadata: { mode: "0755" },
    });
  });

  test("escapes what Terraform would read, and keeps references", () => {
    const json = synth((stack) => {
      const { bucket } = new S3Bucket(stack, "bucket", { bucket: "shop" });
      const content = `echo \${HOME} %{http_code} ${bucket}`;
      new HostFiles(stack, "config", {
        bucketName: bucket,
        prefix: "host/",
        files: [{ path: "x.sh", content, mode: "0755" }],
        dependsOn: [],
      });
    });
    expect(json).toHaveResourceWithProperties(S3Object, {
      content: "echo $${HOME} %%{http_code} ${aws_s3_bucket.bucket.bucket}",
    });
  });

  test("a change of one file changes that object and nothing else", () => {
    const before = filesIn(synthFiles([compose, timer]));
    const after = filesIn(synthFiles([{ ...compose, content: "services: { api: {} }\n" }, timer]));
    expect(after.config_systemd_report_timer).toEqual(before.config_systemd_report_timer);
    expect({ ...after.config_compose_yaml, content: "services: {}\n" }).toEqual(before.config_compose_yaml);
    expect(after.config_compose_yaml).not.toEqual(before.config_compose_yaml);
  });

  test("the sums come last, as md5sum reads them, computed by Terraform from what it puts", () => {
    expect(resourcesOf(synthFiles([compose, timer]), S3Object).config_files_md5).toMatchObject({
      key: "host/files.md5",
      content:
        "${md5(aws_s3_object.config_compose_yaml.content)}  compose.yaml\n" +
        "${md5(aws_s3_object.config_systemd_report_timer.content)}  systemd/report.timer\n",
    });
  });
});

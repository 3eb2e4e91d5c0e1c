import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { literalText } from "../terraform/escape";
import type { HostFile } from "./config";

export interface HostFilesProps {
  readonly bucketName: string;
  /** Prefix of the objects in the bucket, with a trailing slash. */
  readonly prefix: string;
  readonly files: readonly HostFile[];
  /** What must be there before the first object. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The list of all other files, in the form that `md5sum --check` reads. */
const CHECKSUMS = "files.md5";

/**
 * The host's configuration: one S3 object per file. A change of a service changes the object of the file that describes
 * it and nothing else; the host fetches it with its next update. The list of checksums is put last, so that a host that
 * fetches while Terraform is at work, or after it was interrupted, sees that the files do not belong together.
 *
 * Cost: none worth naming (a few dozen KB).
 */
export class HostFiles extends Construct {
  readonly objects: readonly S3Object[];

  constructor(scope: Construct, id: string, props: HostFilesProps) {
    super(scope, id);
    const objects = props.files.map((file) => this.put(props, { ...file, content: literalText(file.content) }));
    this.objects = [...objects, this.putChecksums(props, objects)];
  }

  private put({ bucketName, prefix, dependsOn }: HostFilesProps, { path, content, mode }: HostFile): S3Object {
    return new S3Object(this, fileId(path), {
      bucket: bucketName,
      key: `${prefix}${path}`,
      content,
      contentType: "text/plain; charset=utf-8",
      metadata: { mode },
      serverSideEncryption: "AES256",
      // An object takes ten tags at most, so the provider's default tags could be too many for it.
      overrideProvider: { defaultTags: { tags: {} } },
      dependsOn: [...dependsOn],
    });
  }

  /** Terraform computes the sums, because only it knows the texts that its references stand for. */
  private putChecksums(props: HostFilesProps, objects: readonly S3Object[]): S3Object {
    const lines = props.files.map(({ path }, index) => `${Fn.md5(objects[index]?.content ?? "")}  ${path}\n`);
    return this.put(props, { path: CHECKSUMS, content: lines.join(""), mode: "0644" });
  }
}

/** A construct id from a file's path: "jobs/report.timer" becomes "jobs_report_timer". */
function fileId(path: string): string {
  return path.replace(/[^A-Za-z0-9]+/g, "_").toLowerCase();
}

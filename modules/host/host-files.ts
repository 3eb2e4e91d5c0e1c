import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { ITerraformDependable } from "cdktf";
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

/**
 * The host's configuration: one S3 object per file. A change of a service changes the object of the file that describes
 * it and nothing else; the host fetches it with its next update.
 *
 * Cost: none worth naming (a few KB).
 */
export class HostFiles extends Construct {
  readonly objects: readonly S3Object[];

  constructor(scope: Construct, id: string, props: HostFilesProps) {
    super(scope, id);
    const { bucketName, prefix, files, dependsOn } = props;
    this.objects = files.map(
      ({ path, content, mode }) =>
        new S3Object(this, fileId(path), {
          bucket: bucketName,
          key: `${prefix}${path}`,
          content: literalText(content),
          contentType: "text/plain; charset=utf-8",
          metadata: { mode },
          serverSideEncryption: "AES256",
          // An object takes ten tags at most, so the provider's default tags could be too many for it.
          overrideProvider: { defaultTags: { tags: {} } },
          dependsOn: [...dependsOn],
        }),
    );
  }
}

/** A construct id from a file's path: "jobs/report.timer" becomes "jobs_report_timer". */
function fileId(path: string): string {
  return path.replace(/[^A-Za-z0-9]+/g, "_").toLowerCase();
}

/** A stack with one of everything that a teardown treats in its own way, as Terraform JSON and as state. */
import type { StackJson } from "../../scripts/lib/stack-json";
import type { Held } from "../../scripts/teardown/state";

const TAGS = { Application: "shop", Environment: "production", Tier: "mvp" };

export const STACK: StackJson = {
  terraform: { backend: { local: { path: "../../../terraform.shop-mvp.tfstate" } } },
  resource: {
    aws_s3_bucket: {
      backups_bucket: {
        bucket: "shop-${random_id.suffix.hex}",
        force_destroy: false,
        lifecycle: { prevent_destroy: true },
      },
    },
    aws_s3_bucket_versioning: { backups_versioning: { bucket: "${aws_s3_bucket.backups_bucket.bucket}" } },
    aws_s3_bucket_policy: { other: { bucket: "${aws_s3_bucket.backups_bucket_two.bucket}" } },
    aws_s3_object: { config: { bucket: "${aws_s3_bucket.backups_bucket.bucket}", key: "host/compose.yaml" } },
    aws_ebs_volume: {
      data_volume: { size: 30, kms_key_id: "${aws_kms_key.data.arn}", lifecycle: { prevent_destroy: true } },
    },
    aws_kms_key: { data: { description: "data" }, logs: { description: "logs" } },
    aws_volume_attachment: { data: { volume_id: "${aws_ebs_volume.data_volume.id}" } },
    aws_secretsmanager_secret: { password: { name: "/shop/mvp/secret/DB_PASSWORD", recovery_window_in_days: 7 } },
    aws_ecr_repository: { api: { name: "shop/mvp/api", force_delete: false } },
    aws_instance: { host: { disable_api_termination: true } },
    random_id: { suffix: { byte_length: 4 } },
  },
};

export function held(address: string, attributes: Record<string, unknown> = {}): Held {
  const block = address.replace(/\[.*\]$/, "");
  const type = block.split(".")[0] ?? block;
  return { address, block, type, id: `id-of-${address}`, attributes: { tags_all: TAGS, ...attributes } };
}

/** The state right after a deployment of {@link STACK}. */
export const STATE: Held[] = [
  held("aws_s3_bucket.backups_bucket", { arn: "arn:aws:s3:::shop-1", region: "eu-central-1", force_destroy: false }),
  held("aws_s3_bucket_versioning.backups_versioning"),
  held("aws_s3_bucket_policy.other"),
  held("aws_s3_object.config"),
  held("aws_ebs_volume.data_volume", { arn: "arn:aws:ec2:eu-west-1:1:volume/vol-1", final_snapshot: false }),
  held("aws_kms_key.data"),
  held("aws_kms_key.logs"),
  held("aws_volume_attachment.data"),
  held("aws_secretsmanager_secret.password", { recovery_window_in_days: 7 }),
  held("aws_ecr_repository.api", { force_delete: false }),
  held("aws_instance.host", { disable_api_termination: true }),
  held("random_id.suffix"),
];

import { describe, expect, test } from "vitest";
import { decide, liftProtections, pendingLifts } from "../../scripts/teardown/decide";
import { held, STACK, STATE } from "./stack";

const NOTHING = { deleteData: false, deleteBackups: false };
const addresses = (list: readonly { address: string }[]): string[] => list.map(({ address }) => address);

describe("decide", () => {
  test("keeps what holds data with its settings and its key, and nothing else", () => {
    const { stays, leftovers, goes } = decide(STACK, STATE, NOTHING);
    expect(addresses(stays)).toEqual([
      "aws_s3_bucket.backups_bucket",
      "aws_s3_bucket_versioning.backups_versioning",
      "aws_ebs_volume.data_volume",
      "aws_kms_key.data",
      "aws_secretsmanager_secret.password",
    ]);
    expect(addresses(leftovers)).toEqual([
      "aws_s3_bucket.backups_bucket",
      "aws_ebs_volume.data_volume",
      "aws_secretsmanager_secret.password",
    ]);
    expect(addresses(goes)).toEqual([
      "aws_s3_bucket_policy.other",
      "aws_s3_object.config",
      "aws_kms_key.logs",
      "aws_volume_attachment.data",
      "aws_ecr_repository.api",
      "aws_instance.host",
      "random_id.suffix",
    ]);
  });

  test("lifts only what would stop the deletion of what goes", () => {
    expect(Object.fromEntries(decide(STACK, STATE, NOTHING).lifts)).toEqual({
      "aws_ecr_repository.api": { force_delete: true },
      "aws_instance.host": { disable_api_termination: false },
    });
  });

  test("with permission volumes go after a snapshot, secrets at once, and their keys with them", () => {
    const { stays, lifts } = decide(STACK, STATE, { deleteData: true, deleteBackups: false });
    expect(addresses(stays)).toEqual(["aws_s3_bucket.backups_bucket", "aws_s3_bucket_versioning.backups_versioning"]);
    expect(lifts.get("aws_ebs_volume.data_volume")).toEqual({ final_snapshot: true });
    expect(lifts.get("aws_secretsmanager_secret.password")).toEqual({ recovery_window_in_days: 0 });
    expect(lifts.has("aws_s3_bucket.backups_bucket")).toBe(false);
  });

  test("with permission buckets go with what is in them and their settings", () => {
    const { stays, lifts } = decide(STACK, STATE, { deleteData: false, deleteBackups: true });
    expect(addresses(stays)).not.toContain("aws_s3_bucket.backups_bucket");
    expect(addresses(stays)).not.toContain("aws_s3_bucket_versioning.backups_versioning");
    expect(lifts.get("aws_s3_bucket.backups_bucket")).toEqual({ force_destroy: true });
  });

  test("a type that it does not know stays when the configuration protects it, whatever is permitted", () => {
    const stack = {
      resource: { aws_db_instance: { main: { lifecycle: { prevent_destroy: true }, deletion_protection: true } } },
    };
    const all = { deleteData: true, deleteBackups: true };
    const { stays, lifts } = decide(stack, [held("aws_db_instance.main")], all);
    expect(addresses(stays)).toEqual(["aws_db_instance.main"]);
    expect(lifts.size).toBe(0);
  });

  test("data stays although the configuration no longer protects it", () => {
    const stack = { resource: { aws_ebs_volume: { data: { size: 1 } } } };
    expect(addresses(decide(stack, [held("aws_ebs_volume.data")], NOTHING).stays)).toEqual(["aws_ebs_volume.data"]);
  });

  test("every instance of a block is treated alike, and one that the configuration no longer has goes", () => {
    const stack = { resource: { aws_ebs_volume: { data: { for_each: {} } } } };
    const state = [held(`aws_ebs_volume.data["a"]`), held(`aws_ebs_volume.data["b"]`), held("aws_eip.old")];
    const { stays, goes } = decide(stack, state, NOTHING);
    expect(addresses(stays)).toEqual([`aws_ebs_volume.data["a"]`, `aws_ebs_volume.data["b"]`]);
    expect(addresses(goes)).toEqual(["aws_eip.old"]);
  });
});

describe("liftProtections", () => {
  test("changes the copy where something goes, keeps the protection of what stays, and leaves the original alone", () => {
    const before = structuredClone(STACK);
    const copy = liftProtections(STACK, decide(STACK, STATE, { deleteData: true, deleteBackups: false }));
    expect(STACK).toEqual(before);
    expect(copy.resource?.aws_ebs_volume?.data_volume).toMatchObject({ final_snapshot: true, lifecycle: {} });
    expect(copy.resource?.aws_ebs_volume?.data_volume?.lifecycle).not.toHaveProperty("prevent_destroy");
    expect(copy.resource?.aws_s3_bucket?.backups_bucket?.lifecycle).toEqual({ prevent_destroy: true });
    expect(copy.resource?.aws_ecr_repository?.api?.force_delete).toBe(true);
  });
});

test("pendingLifts leaves out what stands in the state already, so that a second run does not repeat it", () => {
  const done = STATE.map((one) =>
    one.type === "aws_ecr_repository" ? { ...one, attributes: { ...one.attributes, force_delete: true } } : one,
  );
  expect(pendingLifts(decide(STACK, STATE, NOTHING))).toEqual(["aws_ecr_repository.api", "aws_instance.host"]);
  expect(pendingLifts(decide(STACK, done, NOTHING))).toEqual(["aws_instance.host"]);
});

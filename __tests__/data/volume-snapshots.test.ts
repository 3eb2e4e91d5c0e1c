import { DlmLifecyclePolicy } from "@cdktf/provider-aws/lib/dlm-lifecycle-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { describe, expect, test } from "vitest";
import { VolumeSnapshots } from "../../modules/data/volume-snapshots";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, resourceTypes, statementsOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";

const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { snapshots_role: "old-role" });
const json = synth(
  (stack) => new VolumeSnapshots(stack, "snapshots", { names, accountId: "123456789012", keep: 14, dailyAt: "02:30" }),
);

describe("VolumeSnapshots", () => {
  test("snapshots the volumes of this stack once a day and keeps as many as asked", () => {
    expect(onlyOne(json, DlmLifecyclePolicy)).toEqual({
      description: "Daily snapshots of the data volume",
      execution_role_arn: "${aws_iam_role.snapshots_role.arn}",
      state: "ENABLED",
      policy_details: {
        resource_types: ["VOLUME"],
        target_tags: { SnapshotPolicy: "shop-mvp" },
        schedule: [
          {
            name: "daily",
            create_rule: { interval: 24, interval_unit: "HOURS", times: ["02:30"] },
            retain_rule: { count: 14 },
            copy_tags: true,
          },
        ],
      },
    });
  });

  test("works by a role that only Data Lifecycle Manager may take, with AWS's policy for it", () => {
    expect(statementsOf(onlyOne(json, IamRole).assume_role_policy)).toMatchObject([
      {
        Principal: { Service: "dlm.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
    expect(onlyOne(json, IamRolePolicyAttachment)).toEqual({
      role: "${aws_iam_role.snapshots_role.name}",
      policy_arn: "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
    });
    expect(resourceTypes(json)).toEqual(["aws_dlm_lifecycle_policy", "aws_iam_role", "aws_iam_role_policy_attachment"]);
  });

  test("targets the volumes of one stack only", () => {
    const staging = new PhysicalNames({ app: "shop", tier: "mvp", environment: "staging" });
    expect(VolumeSnapshots.targetTags(staging)).toEqual({ SnapshotPolicy: "shop-mvp-staging" });
  });

  test("takes a literal name", () => {
    expect(json).toHaveResourceWithProperties(IamRole, { name: "old-role" });
  });
});

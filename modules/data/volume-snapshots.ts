import { DlmLifecyclePolicy } from "@cdktf/provider-aws/lib/dlm-lifecycle-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { trustService } from "../security/policies";

export interface VolumeSnapshotsProps {
  readonly names: PhysicalNames;
  readonly accountId: string;
  /** Daily snapshots that are kept. */
  readonly keep: number;
  /** Time of day in UTC, "HH:MM". */
  readonly dailyAt: string;
}

/**
 * Daily EBS snapshots of the volumes that carry `targetTags`, made by Data Lifecycle Manager.
 *
 * Cost: $0.05 per GB and month of changed blocks.
 */
export class VolumeSnapshots extends Construct {
  /** Tags that put a volume under this policy. */
  static targetTags(names: PhysicalNames): Record<string, string> {
    return { SnapshotPolicy: names.prefix };
  }

  constructor(scope: Construct, id: string, props: VolumeSnapshotsProps) {
    super(scope, id);
    const { names, keep, dailyAt } = props;
    const role = new IamRole(this, "role", {
      name: names.of("aws_iam_role", "snapshots_role", "snapshots"),
      description: "Lets Data Lifecycle Manager snapshot the data volume",
      assumeRolePolicy: trustService("dlm.amazonaws.com", props.accountId),
    });
    new IamRolePolicyAttachment(this, "permissions", {
      role: role.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
    });
    new DlmLifecyclePolicy(this, "policy", {
      description: "Daily snapshots of the data volume",
      executionRoleArn: role.arn,
      state: "ENABLED",
      policyDetails: {
        resourceTypes: ["VOLUME"],
        targetTags: VolumeSnapshots.targetTags(names),
        schedule: [
          {
            name: "daily",
            createRule: { interval: 24, intervalUnit: "HOURS", times: [dailyAt] },
            retainRule: { count: keep },
            copyTags: true,
          },
        ],
      },
    });
  }
}

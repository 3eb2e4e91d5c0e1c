import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { HostRole } from "../../modules/security/host-role";
import { hostStatements, type HostGrants } from "../../modules/security/host-statements";
import { onlyOne, outputOf, resourceTypes, statementsOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";
import { MAXIMAL_GRANTS, MINIMAL_GRANTS } from "./grants";

function synthRole(grants: HostGrants, literals: Readonly<Record<string, string>> = {}): string {
  return synth((stack) => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" }, literals);
    const { instanceProfileName } = new HostRole(stack, "host_access", { names, ...grants });
    new TerraformOutput(stack, "exposed", { value: instanceProfileName });
  });
}

describe("HostRole", () => {
  const json = synthRole(MAXIMAL_GRANTS);

  test("is a role that only EC2 may take, in an instance profile", () => {
    expect(resourceTypes(json)).toEqual([
      "aws_iam_instance_profile",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
    ]);
    expect(json).toHaveResourceWithProperties(IamRole, { name: "shop-mvp-host" });
    expect(statementsOf(onlyOne(json, IamRole).assume_role_policy)).toEqual([
      {
        Sid: "TrustService",
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
    expect(onlyOne(json, IamInstanceProfile)).toEqual({
      name: "shop-mvp-host",
      role: "${aws_iam_role.host_access_role.name}",
    });
    expect(outputOf(json, "exposed")).toBe("${aws_iam_instance_profile.host_access_profile.name}");
  });

  test("has Session Manager by the one managed policy that reads no parameter of other apps", () => {
    expect(onlyOne(json, IamRolePolicyAttachment)).toEqual({
      role: "${aws_iam_role.host_access_role.name}",
      policy_arn: "arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy",
    });
  });

  test.each([
    ["minimal", MINIMAL_GRANTS],
    ["maximal", MAXIMAL_GRANTS],
  ])("has the statements of its %s grants and no other", (_what, grants) => {
    const policy = onlyOne(synthRole(grants), IamRolePolicy);
    expect(policy).toMatchObject({ name: "own-stack", role: "${aws_iam_role.host_access_role.name}" });
    const wanted = hostStatements(grants).map(({ sid, actions, resources, condition }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(condition ? { Condition: condition } : {}),
    }));
    expect(statementsOf(policy.policy)).toEqual(wanted);
  });

  test("keeps references in the policy", () => {
    const referring = synth((stack) => {
      const bucket = new S3Bucket(stack, "bucket", { bucket: "shop" });
      const names = new PhysicalNames({ app: "shop", tier: "mvp" });
      new HostRole(stack, "host_access", { names, ...MINIMAL_GRANTS, bucketArn: bucket.arn });
    });
    expect(statementsOf(onlyOne(referring, IamRolePolicy).policy)[0]?.Resource).toEqual([
      "${aws_s3_bucket.bucket.arn}/host/*",
    ]);
  });

  test("is ready when it has its rights: the policy and the sessions", () => {
    const waiting = synth((stack) => {
      const names = new PhysicalNames({ app: "shop", tier: "mvp" });
      const { ready } = new HostRole(stack, "host_access", { names, ...MINIMAL_GRANTS });
      new S3Bucket(stack, "later", { bucket: "shop", dependsOn: [...ready] });
    });
    expect(onlyOne(waiting, S3Bucket).depends_on).toEqual([
      "aws_iam_role_policy_attachment.host_access_session_manager",
      "aws_iam_role_policy.host_access_policy",
    ]);
  });

  test("takes literal names", () => {
    const named = synthRole(MINIMAL_GRANTS, { host_access_role: "old-role", host_access_profile: "old-profile" });
    expect(named).toHaveResourceWithProperties(IamRole, { name: "old-role" });
    expect(named).toHaveResourceWithProperties(IamInstanceProfile, { name: "old-profile" });
  });
});

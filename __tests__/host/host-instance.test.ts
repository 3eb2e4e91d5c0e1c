import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { amiParameter } from "../../modules/host/ami";
import { HostInstance, type HostInstanceProps } from "../../modules/host/host-instance";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { addresses, onlyOne, outputOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";

function synthInstance(props: Partial<Omit<HostInstanceProps, "dependsOn">> = {}): string {
  return synth((stack) => {
    const file = new S3Object(stack, "config", { bucket: "shop-backups", key: "host/compose.yaml", content: "{}" });
    const { instanceId, publicIp } = new HostInstance(stack, "host", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }),
      os: "ubuntu-24.04",
      arch: "x86_64",
      instanceType: "t3.medium",
      subnetId: "subnet-1",
      securityGroupId: "sg-1",
      instanceProfileName: "shop-mvp-host",
      rootGiB: 20,
      spot: false,
      userData: "#!/bin/bash\n",
      ...props,
      dependsOn: [file],
    });
    new TerraformOutput(stack, "exposed", { value: { instanceId, publicIp } });
  });
}

describe("HostInstance, on demand, with the least that can be said", () => {
  const json = synthInstance();

  test("is one instance, its image's parameter, and an address that is associated separately", () => {
    expect(addresses(json)).toEqual([
      "aws_eip.host_address",
      "aws_eip_association.host_address_association",
      "aws_instance.host_instance",
      "aws_s3_object.config",
      "data.aws_ssm_parameter.host_image",
    ]);
  });

  test("is exactly this", () => {
    expect(onlyOne(json, Instance)).toEqual({
      ami: "${data.aws_ssm_parameter.host_image.insecure_value}",
      instance_type: "t3.medium",
      subnet_id: "subnet-1",
      vpc_security_group_ids: ["sg-1"],
      iam_instance_profile: "shop-mvp-host",
      user_data: "#!/bin/bash\n",
      user_data_replace_on_change: false,
      monitoring: false,
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: {
        volume_type: "gp3",
        volume_size: 20,
        encrypted: true,
        delete_on_termination: true,
        tags: { Name: "shop-mvp-host-root" },
      },
      tags: { Name: "shop-mvp-host" },
      depends_on: ["aws_s3_object.config"],
      lifecycle: { ignore_changes: ["ami", "user_data"] },
    });
  });

  test("speaks IMDSv2 only, and containers cannot reach it", () => {
    expect(json).toHaveResourceWithProperties(Instance, {
      metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
    });
  });

  test("has no key pair, no public address of its own, no Spot request and no credit setting", () => {
    const instance = onlyOne(json, Instance);
    for (const absent of [
      "key_name",
      "associate_public_ip_address",
      "instance_market_options",
      "credit_specification",
      "disable_api_termination",
      "ebs_block_device",
      "security_groups",
    ]) {
      expect(instance).not.toHaveProperty(absent);
    }
  });

  test("is not touched by a newer image or another loader", () => {
    expect(json).toHaveResourceWithProperties(Instance, {
      user_data_replace_on_change: false,
      lifecycle: { ignore_changes: ["ami", "user_data"] },
    });
  });

  test("keeps its address when it is replaced", () => {
    expect(onlyOne(json, Eip)).toEqual({ domain: "vpc", tags: { Name: "shop-mvp-host" } });
    expect(onlyOne(json, EipAssociation)).toEqual({
      allocation_id: "${aws_eip.host_address.id}",
      instance_id: "${aws_instance.host_instance.id}",
    });
    expect(outputOf(json, "exposed")).toEqual({
      instanceId: "${aws_instance.host_instance.id}",
      publicIp: "${aws_eip.host_address.public_ip}",
    });
  });
});

describe("HostInstance with everything", () => {
  const json = synthInstance({
    os: "amazon-linux-2023",
    arch: "arm64",
    instanceType: "${var.instance_type}",
    rootGiB: 50,
    spot: true,
    cpuCredits: "standard",
    keyName: "webrana-key",
  });

  test("Spot: a persistent request that stops the instance, under a logical id of its own", () => {
    expect(addresses(json)).toContain("aws_instance.host_spot_instance");
    expect(json).toHaveResourceCount(Instance, 1);
    expect(json).toHaveResourceWithProperties(Instance, {
      instance_market_options: {
        market_type: "spot",
        spot_options: { spot_instance_type: "persistent", instance_interruption_behavior: "stop" },
      },
    });
    expect(onlyOne(json, EipAssociation).instance_id).toBe("${aws_instance.host_spot_instance.id}");
    expect(outputOf(json, "exposed")).toMatchObject({ instanceId: "${aws_instance.host_spot_instance.id}" });
  });

  test("another type makes another instance: what remembers the type replaces it", () => {
    const { resource } = JSON.parse(json) as { resource: { terraform_data: Record<string, unknown> } };
    expect(resource.terraform_data).toEqual({ host_type: { input: "${var.instance_type}" } });
    expect(onlyOne(json, Instance).lifecycle).toEqual({
      ignore_changes: ["ami", "user_data"],
      replace_triggered_by: ["terraform_data.host_type"],
    });
  });

  test("the image is looked up by system and architecture", () => {
    expect(json).toHaveDataSourceWithProperties(DataAwsSsmParameter, {
      name: amiParameter("amazon-linux-2023", "arm64"),
    });
    expect(synthInstance()).toHaveDataSourceWithProperties(DataAwsSsmParameter, {
      name: amiParameter("ubuntu-24.04", "x86_64"),
    });
  });

  test("size, type, credits and key come from the specification", () => {
    expect(json).toHaveResourceWithProperties(Instance, {
      instance_type: "${var.instance_type}",
      root_block_device: { volume_size: 50, encrypted: true },
      credit_specification: { cpu_credits: "standard" },
      key_name: "webrana-key",
    });
  });
});

test.each([
  ["host_instance", false],
  ["host_spot_instance", true],
])("the literal name of %s stands on the instance and, with an ending, on its root disk", (id, spot) => {
  const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { [id]: "old-host", host_address: "old-ip" });
  const json = synthInstance({ names, spot });
  expect(json).toHaveResourceWithProperties(Instance, {
    tags: { Name: "old-host" },
    root_block_device: { tags: { Name: "old-host-root" } },
  });
  expect(json).toHaveResourceWithProperties(Eip, { tags: { Name: "old-ip" } });
});

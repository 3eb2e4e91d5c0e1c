import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { DataVolume, type DataVolumeProps } from "../../modules/data/data-volume";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { numberVariable } from "../../modules/terraform/variables";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { synth } from "../helpers/synth";

function synthVolume(props: Partial<DataVolumeProps> = {}, instanceId?: string): string {
  return synth((stack) => {
    const volume = new DataVolume(stack, "data", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }),
      zone: "${aws_subnet.network_public_a.availability_zone}",
      sizeGiB: 30,
      protect: true,
      ...props,
    });
    if (instanceId !== undefined) volume.attachTo(instanceId);
    new TerraformOutput(stack, "exposed", { value: volume.volumeId });
  });
}

describe("DataVolume", () => {
  test("is an encrypted gp3 volume in the subnet's zone that refuses to be destroyed", () => {
    const json = synthVolume();
    expect(onlyOne(json, EbsVolume)).toEqual({
      availability_zone: "${aws_subnet.network_public_a.availability_zone}",
      type: "gp3",
      size: 30,
      encrypted: true,
      tags: { Name: "shop-mvp-data" },
      lifecycle: { prevent_destroy: true },
    });
    expect(outputOf(json, "exposed")).toBe("${aws_ebs_volume.data_volume.id}");
    expect(resourceTypes(json)).toEqual(["aws_ebs_volume"]);
  });

  test("can be destroyed when the protection is off", () => {
    expect(synthVolume({ protect: false })).toHaveResourceWithProperties(EbsVolume, {
      lifecycle: { prevent_destroy: false },
    });
  });

  test("takes its size from a variable", () => {
    const json = synth((stack) => {
      const sizeGiB = numberVariable(stack, "data_volume_gib", { description: "Size.", default: 30 });
      new DataVolume(stack, "data", {
        names: new PhysicalNames({ app: "shop", tier: "mvp" }),
        zone: "eu-central-1a",
        sizeGiB,
        protect: true,
      });
    });
    expect(json).toHaveResourceWithProperties(EbsVolume, { size: "${var.data_volume_gib}" });
  });

  test("carries further tags beside its name", () => {
    const json = synthVolume({ tags: { SnapshotPolicy: "shop-mvp" } });
    expect(onlyOne(json, EbsVolume).tags).toEqual({ Name: "shop-mvp-data", SnapshotPolicy: "shop-mvp" });
  });

  test("stops the instance before it is taken away", () => {
    const json = synthVolume({}, "${aws_instance.host_instance.id}");
    expect(onlyOne(json, VolumeAttachment)).toEqual({
      instance_id: "${aws_instance.host_instance.id}",
      volume_id: "${aws_ebs_volume.data_volume.id}",
      device_name: "/dev/sdf",
      stop_instance_before_detaching: true,
    });
  });

  test("takes a literal name", () => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { data_volume: "old-data" });
    expect(synthVolume({ names })).toHaveResourceWithProperties(EbsVolume, { tags: { Name: "old-data" } });
  });
});

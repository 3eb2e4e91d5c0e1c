import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

export interface DataVolumeProps {
  readonly names: PhysicalNames;
  /** Zone of the host's subnet: a volume cannot leave its zone. */
  readonly zone: string;
  /** Size in GiB, a reference or a number. It can grow in place, never shrink. */
  readonly sizeGiB: number;
  /** Whether the volume refuses to be destroyed. */
  readonly protect: boolean;
  /** Further tags, such as the one that a snapshot policy looks for. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The encrypted gp3 volume that holds everything that must survive the instance. Its zone comes from the subnet and not
 * from the instance, so replacing the instance never replaces the volume.
 *
 * Cost: $0.08 to $0.096 per GiB and month, by region: $2.40 to $2.88 for 30 GiB.
 */
export class DataVolume extends Construct {
  readonly volumeId: string;

  constructor(scope: Construct, id: string, props: DataVolumeProps) {
    super(scope, id);
    const { names, zone, sizeGiB, protect, tags } = props;
    this.volumeId = new EbsVolume(this, "volume", {
      availabilityZone: zone,
      type: "gp3",
      size: sizeGiB,
      encrypted: true,
      tags: { Name: names.of("tag:Name", "data_volume", "data"), ...tags },
      lifecycle: { preventDestroy: protect },
    }).id;
  }

  /** Attaches the volume. The instance is stopped before the volume is taken away, so that nothing writes to it. */
  attachTo(instanceId: string): void {
    new VolumeAttachment(this, "attachment", {
      instanceId,
      volumeId: this.volumeId,
      deviceName: "/dev/sdf",
      stopInstanceBeforeDetaching: true,
    });
  }
}

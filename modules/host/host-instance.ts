import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { amiParameter, type HostArch, type HostOs } from "./ami";

export interface HostInstanceProps {
  readonly names: PhysicalNames;
  readonly os: HostOs;
  readonly arch: HostArch;
  /** EC2 instance type, a reference or a text. */
  readonly instanceType: string;
  readonly subnetId: string;
  readonly securityGroupId: string;
  readonly instanceProfileName: string;
  /** Size of the encrypted root disk in GiB. */
  readonly rootGiB: number;
  /** Whether the instance is a Spot instance: a persistent request that stops it when EC2 needs the capacity. */
  readonly spot: boolean;
  /** CPU credit mode. @default - none: the type is not burstable */
  readonly cpuCredits?: "standard" | "unlimited";
  /** EC2 key pair. @default - none: SSM sessions only */
  readonly keyName?: string;
  readonly userData: string;
  /** What must exist before the first boot. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * The host with its Elastic IP. The instance is replaceable: it holds no data, and neither a newer image nor other user
 * data touches it after creation (a change of user data would stop it while the plan calls that an update in place).
 * On-demand and Spot instances have different logical ids, because AWS cannot turn one into the other. Another type is an
 * update in place for the former, which stops and starts it, and a new instance for the latter.
 *
 * Cost: the instance by its type (t3.medium: $30 to $39 a month by region), the root disk at $0.08 to $0.096 per GiB, the
 * public IPv4 address $3.65.
 */
export class HostInstance extends Construct {
  readonly instanceId: string;
  readonly publicIp: string;
  /** The Spot request behind the instance; undefined on demand. */
  readonly spotRequestId: string | undefined;
  /** Name that AWS gives to the address. */
  readonly publicDnsName: string;

  constructor(scope: Construct, id: string, props: HostInstanceProps) {
    super(scope, id);
    const instance = this.createInstance(props);
    const address = this.createAddress(props, instance);
    this.instanceId = instance.id;
    this.publicIp = address.publicIp;
    this.spotRequestId = props.spot ? instance.spotInstanceRequestId : undefined;
    this.publicDnsName = address.publicDns;
  }

  private createInstance(props: HostInstanceProps): Instance {
    const id = props.spot ? "spot_instance" : "instance";
    const name = props.names.of("tag:Name", `host_${id}`, "host");
    const type = props.spot ? this.rememberType(props.instanceType) : undefined;
    const image = new DataAwsSsmParameter(this, "image", { name: amiParameter(props.os, props.arch) });
    return new Instance(this, id, {
      ami: image.insecureValue,
      instanceType: props.instanceType,
      subnetId: props.subnetId,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: props.instanceProfileName,
      keyName: props.keyName,
      userData: props.userData,
      userDataReplaceOnChange: false,
      monitoring: false,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeType: "gp3",
        volumeSize: props.rootGiB,
        encrypted: true,
        deleteOnTermination: true,
        tags: { Name: `${name}-root` },
      },
      creditSpecification: props.cpuCredits === undefined ? undefined : { cpuCredits: props.cpuCredits },
      instanceMarketOptions: props.spot
        ? {
            marketType: "spot",
            spotOptions: { spotInstanceType: "persistent", instanceInterruptionBehavior: "stop" },
          }
        : undefined,
      tags: { Name: name },
      dependsOn: props.dependsOn,
      lifecycle: {
        ignoreChanges: ["ami", "user_data"],
        // As a text: from a reference cdktf would make an expression, which Terraform refuses here.
        ...(type && { replaceTriggeredBy: [`${type.terraformResourceType}.${type.friendlyUniqueId}`] }),
      },
    });
  }

  /**
   * AWS does not change the type of a stopped Spot instance, so that an update in place would fail: this remembers the type,
   * and its change replaces the instance. cdktf's own class for it would call Terraform at each synth to ask its version.
   */
  private rememberType(instanceType: string): TerraformResource {
    const type = new TerraformResource(this, "type", { terraformResourceType: "terraform_data" });
    type.addOverride("input", instanceType);
    return type;
  }

  private createAddress({ names }: HostInstanceProps, instance: Instance): Eip {
    const address = new Eip(this, "address", {
      domain: "vpc",
      tags: { Name: names.of("tag:Name", "host_address", "host") },
    });
    new EipAssociation(this, "address_association", { allocationId: address.id, instanceId: instance.id });
    return address;
  }
}

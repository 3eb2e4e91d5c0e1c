import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { amiParameter } from "../../host/ami";
import type { Egress, EgressProps, RouteTarget } from "./egress";
import { natUserData } from "./nat-user-data";

/** Size of the root disk in GiB: that of the image. */
const ROOT_GIB = 8;

/**
 * An instance that forwards and translates for the private subnets, in the first zone. Routes and address belong to its
 * network interface, which outlives it: replacing the instance changes neither. Nobody logs in to it: it has no key, no
 * role, and no port open to anybody but the private subnets, whose packets it only passes on. It is replaced by other user
 * data; a newer image is taken by replacing it deliberately.
 *
 * Cost: t4g.micro $6 to $8 a month by region, its 8 GiB disk $0.64 to $0.77, its public IPv4 address $3.65, nothing per GB
 * beyond what AWS charges for traffic.
 */
export class NatInstance extends Construct implements Egress {
  private readonly interfaceId: string;

  constructor(scope: Construct, id: string, props: EgressProps) {
    super(scope, id);
    const group = this.createGroup(props);
    const card = this.createInterface(props, group);
    const association = this.createAddress(props, card);
    this.createInstance(props, card, association);
    this.interfaceId = card.id;
  }

  targetIn(): RouteTarget {
    return { networkInterfaceId: this.interfaceId };
  }

  private createGroup({ names, vpcId, zones }: EgressProps): SecurityGroup {
    const name = names.of("aws_security_group", "network_nat_group", "nat");
    const group = new SecurityGroup(this, "group", {
      name,
      description: "NAT instance: from the private subnets only, outwards",
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
    for (const { letter, privateRange } of zones) {
      new VpcSecurityGroupIngressRule(this, `from_${letter}`, {
        securityGroupId: group.id,
        ipProtocol: "-1",
        cidrIpv4: privateRange,
        description: `What the private subnet in zone ${letter} sends outside`,
      });
    }
    new VpcSecurityGroupEgressRule(this, "outwards", {
      securityGroupId: group.id,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
      description: "What the private subnets send outside",
    });
    return group;
  }

  private createInterface({ names, zones }: EgressProps, group: SecurityGroup): NetworkInterface {
    return new NetworkInterface(this, "interface", {
      subnetId: zones[0].publicSubnetId,
      description: "Way out of the private subnets",
      securityGroups: [group.id],
      // It forwards packets of others, which the check would drop.
      sourceDestCheck: false,
      tags: { Name: names.of("tag:Name", "network_nat_interface", "nat") },
    });
  }

  private createAddress({ names, internet }: EgressProps, card: NetworkInterface): EipAssociation {
    const address = new Eip(this, "address", {
      domain: "vpc",
      tags: { Name: names.of("tag:Name", "network_nat_address", "nat") },
      dependsOn: internet,
    });
    return new EipAssociation(this, "address_association", {
      allocationId: address.id,
      networkInterfaceId: card.id,
      dependsOn: internet,
    });
  }

  private createInstance(props: EgressProps, card: NetworkInterface, association: EipAssociation): void {
    const { names, cidr, internet, natInstanceType } = props;
    const name = names.of("tag:Name", "network_nat_instance", "nat");
    const image = new DataAwsSsmParameter(this, "image", { name: amiParameter("amazon-linux-2023", "arm64") });
    new Instance(this, "instance", {
      ami: image.insecureValue,
      instanceType: natInstanceType,
      primaryNetworkInterface: { networkInterfaceId: card.id },
      userData: natUserData(cidr),
      userDataReplaceOnChange: true,
      monitoring: false,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeType: "gp3",
        volumeSize: ROOT_GIB,
        encrypted: true,
        deleteOnTermination: true,
        tags: { Name: `${name}-root` },
      },
      tags: { Name: name },
      // The first boot fetches a package.
      dependsOn: [association, ...internet],
      lifecycle: { ignoreChanges: ["ami"] },
    });
  }
}

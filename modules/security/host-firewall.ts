import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

/** A port that people reach directly, without the proxy. */
export interface DirectPort {
  /** Service behind the port; part of the rule's logical id. */
  readonly service: string;
  readonly port: number;
}

export interface HostFirewallProps {
  readonly names: PhysicalNames;
  readonly vpcId: string;
  /** Public ports of the proxy. Empty when there is no proxy. */
  readonly webPorts: readonly number[];
  /** Ranges that may reach the web ports, as a list reference. @default - the whole internet */
  readonly originRanges?: string[];
  readonly directPorts: readonly DirectPort[];
  /** Ranges that may reach the direct ports, as a list reference. @default - none: the ports stay closed */
  readonly directRanges?: string[];
  /** Ranges that may reach SSH, as a list reference; an empty list opens nothing. */
  readonly sshRanges: string[];
}

/**
 * The security group of the host: the proxy's ports from the world (or from the origin ranges only), every other port
 * only from listed ranges, and everything outwards. Each rule is a resource of its own with a description.
 *
 * Cost: none.
 */
export class HostFirewall extends Construct {
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: HostFirewallProps) {
    super(scope, id);
    this.securityGroupId = this.createGroup(props).id;
    this.openWebPorts(props);
    this.openDirectPorts(props);
    this.openForRanges("ssh", "SSH", 22, props.sshRanges);
    this.allowOutwards();
  }

  private createGroup({ names, vpcId }: HostFirewallProps): SecurityGroup {
    const name = names.of("aws_security_group", "firewall_group", "host");
    return new SecurityGroup(this, "group", {
      name,
      description: "Host: proxy ports from its clients, other ports from listed ranges only",
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private openWebPorts({ webPorts, originRanges }: HostFirewallProps): void {
    for (const port of webPorts) {
      const name = port === 443 ? "https" : "http";
      if (originRanges === undefined) {
        this.allow(name, port, { cidrIpv4: "0.0.0.0/0", description: `${name.toUpperCase()} from the world` });
      } else {
        this.openForRanges(name, `${name.toUpperCase()} from the CDN`, port, originRanges);
      }
    }
  }

  private openDirectPorts({ directPorts, directRanges }: HostFirewallProps): void {
    if (directRanges === undefined) return;
    for (const { service, port } of directPorts) {
      this.openForRanges(`direct_${service}`, `Direct port of ${service}`, port, directRanges);
    }
  }

  /** One rule per range of the list, keyed by the range, so that adding one never touches another. */
  private openForRanges(id: string, what: string, port: number, ranges: string[]): void {
    const each = TerraformIterator.fromList(ranges);
    this.allow(id, port, { cidrIpv4: each.value, description: what, forEach: each });
  }

  private allow(
    id: string,
    port: number,
    rule: { cidrIpv4: string; description: string; forEach?: TerraformIterator },
  ): void {
    new VpcSecurityGroupIngressRule(this, id, {
      securityGroupId: this.securityGroupId,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      ...rule,
    });
  }

  private allowOutwards(): void {
    new VpcSecurityGroupEgressRule(this, "outwards", {
      securityGroupId: this.securityGroupId,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
      description: "Packages, images, AWS services, outgoing calls of the app",
    });
  }
}

import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import type { PhysicalNames } from "../../naming/physical-names";

export interface InterfaceEndpointsProps {
  readonly names: PhysicalNames;
  readonly region: string;
  readonly vpcId: string;
  /** One subnet per zone. */
  readonly subnetIds: string[];
  /** Services by the last part of their endpoint names, e.g. "ecr.api". */
  readonly services: readonly string[];
}

/** What tasks need of AWS: images, logs, secrets and parameters, metrics, sessions. S3 has a gateway endpoint. */
export const ENDPOINTS_OF_TASKS: readonly string[] = [
  "ecr.api",
  "ecr.dkr",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "ssmmessages",
];

/**
 * Endpoints of AWS services inside the network, under the services' public names. Their group lets nobody in by itself: who
 * may use them is said where the groups of the callers are made. Another zone is an update in place.
 *
 * Cost of each: $7 to $10 a month and zone by region, and $0.01 per GB.
 */
export class InterfaceEndpoints extends Construct {
  readonly securityGroupId: string;
  readonly endpoints: readonly VpcEndpoint[];

  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    this.securityGroupId = this.createGroup(props).id;
    this.endpoints = props.services.map((service) => this.createEndpoint(props, service));
  }

  private createGroup({ names, vpcId }: InterfaceEndpointsProps): SecurityGroup {
    const name = names.of("aws_security_group", "network_endpoints_group", "endpoints");
    return new SecurityGroup(this, "group", {
      name,
      description: "Endpoints of AWS services: HTTPS from services and jobs, nothing outwards",
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createEndpoint({ names, region, vpcId, subnetIds }: InterfaceEndpointsProps, service: string): VpcEndpoint {
    const id = service.replaceAll(/[.-]/g, "_");
    return new VpcEndpoint(this, id, {
      vpcId,
      serviceName: `com.amazonaws.${region}.${service}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds,
      securityGroupIds: [this.securityGroupId],
      tags: { Name: names.of("tag:Name", `network_endpoints_${id}`, service) },
    });
  }
}

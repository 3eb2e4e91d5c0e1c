import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Route } from "@cdktf/provider-aws/lib/route";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

export interface HostNetworkProps {
  readonly names: PhysicalNames;
  readonly region: string;
  /** Range of the VPC. */
  readonly cidr: string;
  /** Full names of the availability zones, e.g. "eu-central-1a"; one public subnet in each. */
  readonly zones: readonly string[];
  /** Ranges of the public subnets, in the order of `zones`. */
  readonly publicSubnets: readonly string[];
}

/**
 * A network with public subnets only: VPC, internet gateway, one public route table, a free S3 gateway endpoint, and the
 * default security group emptied so that nothing can use it by accident. There is no NAT.
 *
 * Cost: none of these parts is charged; traffic to the internet is.
 */
export class HostNetwork extends Construct {
  readonly vpcId: string;
  /** The first public subnet, where the host lives. */
  readonly hostSubnetId: string;
  /** The zone of the first public subnet. */
  readonly hostZone: string;
  readonly routeTableId: string;
  /** What must exist before a host in this network reaches the internet, or gets a public address. */
  readonly internet: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: HostNetworkProps) {
    super(scope, id);
    const vpc = this.createVpc(props);
    const { routes, internet } = this.createPublicRoutes(props, vpc);
    const { subnets, associations } = this.createSubnets(props, vpc, routes);
    this.createS3Endpoint(props, vpc, routes);
    this.emptyDefaultGroup(vpc);

    const first = subnets[0];
    if (first === undefined) throw new Error(`${this.node.path}: a network needs at least one zone`);
    this.vpcId = vpc.id;
    this.hostSubnetId = first.id;
    this.hostZone = first.availabilityZone;
    this.routeTableId = routes.id;
    this.internet = [internet, ...associations];
  }

  private createVpc({ names, cidr }: HostNetworkProps): Vpc {
    return new Vpc(this, "vpc", {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: names.of("tag:Name", "network_vpc", "vpc") },
    });
  }

  private createPublicRoutes({ names }: HostNetworkProps, vpc: Vpc): { routes: RouteTable; internet: Route } {
    const gateway = new InternetGateway(this, "gateway", {
      vpcId: vpc.id,
      tags: { Name: names.of("tag:Name", "network_gateway", "igw") },
    });
    const table = new RouteTable(this, "public_routes", {
      vpcId: vpc.id,
      tags: { Name: names.of("tag:Name", "network_public_routes", "public") },
    });
    const internet = new Route(this, "internet", {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    return { routes: table, internet };
  }

  private createSubnets({ names, zones, publicSubnets }: HostNetworkProps, vpc: Vpc, routes: RouteTable) {
    const associations: RouteTableAssociation[] = [];
    const subnets = zones.map((zone, index) => {
      const letter = zone.slice(-1);
      const cidrBlock = publicSubnets[index];
      if (cidrBlock === undefined) throw new Error(`${this.node.path}: zone ${zone} has no subnet range`);
      const subnet = new Subnet(this, `public_${letter}`, {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: zone,
        mapPublicIpOnLaunch: false,
        tags: { Name: names.of("tag:Name", `network_public_${letter}`, `public-${letter}`) },
      });
      associations.push(
        new RouteTableAssociation(this, `public_${letter}_routes`, { subnetId: subnet.id, routeTableId: routes.id }),
      );
      return subnet;
    });
    return { subnets, associations };
  }

  private createS3Endpoint({ names, region }: HostNetworkProps, vpc: Vpc, routes: RouteTable): void {
    new VpcEndpoint(this, "s3", {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: [routes.id],
      tags: { Name: names.of("tag:Name", "network_s3", "s3") },
    });
  }

  private emptyDefaultGroup(vpc: Vpc): void {
    new DefaultSecurityGroup(this, "default_group", { vpcId: vpc.id, ingress: [], egress: [] });
  }
}

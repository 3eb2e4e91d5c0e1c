import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Ec2Tag } from "@cdktf/provider-aws/lib/ec2-tag";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { createEgress, type Egress, type EgressMode } from "./egress/egress";
import { ENDPOINTS_OF_TASKS, InterfaceEndpoints } from "./egress/interface-endpoints";
import type { SubnetPlan } from "./subnet-plan";

export interface TierNetworkProps {
  readonly names: PhysicalNames;
  readonly region: string;
  /** Range of the VPC. */
  readonly cidr: string;
  /** Full names of the availability zones, e.g. "eu-central-1a". */
  readonly zones: readonly string[];
  /** Ranges of the subnets, in the order of `zones`. */
  readonly plan: SubnetPlan;
  readonly egress: EgressMode;
  /**
   * EC2 type of the NAT instance, a Graviton type. On the 512 MiB of a t4g.nano, dnf is ended for want of memory
   * (amazonlinux/amazon-linux-2023 issue 404). @default "t4g.micro"
   */
  readonly natInstanceType?: string;
  /**
   * Services with interface endpoints, by the last part of their endpoint names.
   * @default - what tasks need when they have no other way out, else none
   */
  readonly endpointServices?: readonly string[];
}

/** Tags by which the AWS Load Balancer Controller finds subnets. Other software adds more under the same prefix. */
export const DISCOVERY_TAG_PREFIX = "kubernetes.io/";

/** The subnets of one zone. */
interface Zone extends Record<keyof SubnetPlan, Subnet> {
  readonly letter: string;
  readonly privateRange: string;
}

/** The role of each kind of subnet for a load balancer, by the last part of its discovery tag. */
const DISCOVERY_ROLES = { public: "elb", private: "internal-elb" } as const;

const EVERYWHERE = "0.0.0.0/0";

/**
 * A network of public, private and database subnets in several zones. Public subnets lead to the internet gateway, private
 * ones to the way out that was chosen, each by a route table of its own; those of the database lead nowhere. S3 has its free
 * gateway endpoint, and the default security group is emptied so that nothing can use it by accident.
 *
 * Another zone at the end of the list adds resources and changes none, but for interface endpoints, which get another subnet
 * in place. Another way out changes the routes in place.
 *
 * Cost: none of its own parts; see the construct of each way out.
 */
export class TierNetwork extends Construct {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: string[];
  readonly privateSubnetIds: string[];
  readonly databaseSubnetIds: string[];
  /** Where tasks run. */
  readonly taskSubnetIds: string[];
  /** Whether tasks need public addresses to reach the internet. */
  readonly assignPublicIp: boolean;
  /** All route tables, for peering. A further zone adds one at the end. */
  readonly routeTableIds: string[];
  /** What a task needs before it can reach the outside. */
  readonly internet: ITerraformDependable[];
  /** What a load balancer in the public subnets needs before the internet reaches it. */
  readonly publicInternet: ITerraformDependable[];
  /** Group of the interface endpoints; undefined without any. */
  readonly endpointsGroupId: string | undefined;
  /** Prefix list of S3, which tasks reach by the gateway endpoint. */
  readonly s3PrefixListId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TierNetworkProps,
  ) {
    super(scope, id);
    const vpc = this.createVpc();
    const zones = this.createZones(vpc);
    for (const zone of zones) this.tagForDiscovery(zone);
    const open = this.createPublicRoutes(vpc, zones);
    const closed = this.createDatabaseRoutes(vpc, zones);
    const inside = this.createPrivateRoutes(vpc, zones, open.reachable);
    const s3 = this.createS3Endpoint(vpc, { public: open.table, ...inside.tables });
    const endpoints = this.createEndpoints(vpc, zones);
    this.emptyDefaultGroup(vpc);

    const isPublic = props.egress === "public-tasks";
    this.vpcId = vpc.id;
    this.cidr = props.cidr;
    this.publicSubnetIds = zones.map((zone) => zone.public.id);
    this.privateSubnetIds = zones.map((zone) => zone.private.id);
    this.databaseSubnetIds = zones.map((zone) => zone.database.id);
    this.taskSubnetIds = isPublic ? this.publicSubnetIds : this.privateSubnetIds;
    this.assignPublicIp = isPublic;
    this.routeTableIds = [open.table, closed, ...Object.values(inside.tables)].map((table) => table.id);
    this.publicInternet = open.reachable;
    this.internet = [
      ...(isPublic ? open.reachable : inside.reachable),
      ...s3.associations,
      ...(endpoints?.endpoints ?? []),
    ];
    this.endpointsGroupId = endpoints?.securityGroupId;
    this.s3PrefixListId = s3.endpoint.prefixListId;
  }

  private nameTag(part: string, what = part.replaceAll("_", "-")): { Name: string } {
    return { Name: this.props.names.of("tag:Name", `network_${part}`, what) };
  }

  private createVpc(): Vpc {
    return new Vpc(this, "vpc", {
      cidrBlock: this.props.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: this.nameTag("vpc"),
    });
  }

  private createZones(vpc: Vpc): Zone[] {
    const { zones, plan } = this.props;
    return zones.map((zone, index) => {
      const letter = zone.slice(-1);
      const [outside, inside, database] = [plan.public[index], plan.private[index], plan.database[index]];
      if (outside === undefined || inside === undefined || database === undefined) {
        throw new Error(`${this.node.path}: zone ${zone} needs a public, a private and a database range`);
      }
      return {
        letter,
        privateRange: inside,
        public: this.createSubnet(vpc, `public_${letter}`, zone, outside),
        private: this.createSubnet(vpc, `private_${letter}`, zone, inside),
        database: this.createSubnet(vpc, `database_${letter}`, zone, database),
      };
    });
  }

  private createSubnet(vpc: Vpc, id: string, zone: string, range: string): Subnet {
    return new Subnet(this, id, {
      vpcId: vpc.id,
      cidrBlock: range,
      availabilityZone: zone,
      mapPublicIpOnLaunch: false,
      tags: this.nameTag(id),
    });
  }

  /**
   * These tags are resources of their own: the controllers of a cluster put further ones under the same prefix on the
   * subnets, so the provider is told to ignore the prefix. Of a subnet's own `tags` it would then drop these and plan them
   * again at each run; tags that are resources are exempt.
   */
  private tagForDiscovery(zone: Zone): void {
    for (const kind of ["public", "private"] as const) {
      new Ec2Tag(this, `${kind}_${zone.letter}_role`, {
        resourceId: zone[kind].id,
        key: `${DISCOVERY_TAG_PREFIX}role/${DISCOVERY_ROLES[kind]}`,
        value: "1",
      });
    }
  }

  private createTable(vpc: Vpc, id: string, what: string): RouteTable {
    return new RouteTable(this, id, { vpcId: vpc.id, tags: this.nameTag(id, what) });
  }

  private associate(kind: keyof SubnetPlan, zone: Zone, table: RouteTable): RouteTableAssociation {
    return new RouteTableAssociation(this, `${kind}_${zone.letter}_routes`, {
      subnetId: zone[kind].id,
      routeTableId: table.id,
    });
  }

  private createPublicRoutes(vpc: Vpc, zones: Zone[]): { table: RouteTable; reachable: ITerraformDependable[] } {
    const gateway = new InternetGateway(this, "gateway", { vpcId: vpc.id, tags: this.nameTag("gateway", "igw") });
    const table = this.createTable(vpc, "public_routes", "public");
    const internet = new Route(this, "internet", {
      routeTableId: table.id,
      destinationCidrBlock: EVERYWHERE,
      gatewayId: gateway.id,
    });
    return { table, reachable: [internet, ...zones.map((zone) => this.associate("public", zone, table))] };
  }

  private createDatabaseRoutes(vpc: Vpc, zones: Zone[]): RouteTable {
    const table = this.createTable(vpc, "database_routes", "database");
    for (const zone of zones) this.associate("database", zone, table);
    return table;
  }

  private createPrivateRoutes(vpc: Vpc, zones: Zone[], internet: ITerraformDependable[]) {
    const way = this.createEgress(vpc, zones, internet);
    const tables: Record<string, RouteTable> = {};
    const reachable: ITerraformDependable[] = [];
    for (const zone of zones) {
      const id = `private_${zone.letter}`;
      const table = this.createTable(vpc, `${id}_table`, `private-${zone.letter}`);
      tables[id] = table;
      reachable.push(this.associate("private", zone, table));
      if (way === undefined) continue;
      const target = way.targetIn(zone.letter);
      reachable.push(
        new Route(this, `${id}_internet`, { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, ...target }),
      );
    }
    return { tables, reachable };
  }

  private createEgress(vpc: Vpc, zones: Zone[], internet: ITerraformDependable[]): Egress | undefined {
    const { names, cidr, egress, natInstanceType = "t4g.micro" } = this.props;
    const [first, ...others] = zones.map((zone) => ({ ...zone, publicSubnetId: zone.public.id }));
    if (first === undefined) throw new Error(`${this.node.path}: a network needs at least one zone`);
    const common = { names, vpcId: vpc.id, cidr, internet, natInstanceType };
    return createEgress(this, egress, { ...common, zones: [first, ...others] });
  }

  /** Associations of their own, so that another zone's table changes nothing about the endpoint. */
  private createS3Endpoint(vpc: Vpc, tables: Record<string, RouteTable>) {
    const endpoint = new VpcEndpoint(this, "s3", {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${this.props.region}.s3`,
      vpcEndpointType: "Gateway",
      tags: this.nameTag("s3"),
    });
    const associations = Object.entries(tables).map(
      ([id, table]) =>
        new VpcEndpointRouteTableAssociation(this, `s3_${id}`, { vpcEndpointId: endpoint.id, routeTableId: table.id }),
    );
    return { endpoint, associations };
  }

  private createEndpoints(vpc: Vpc, zones: Zone[]): InterfaceEndpoints | undefined {
    const { names, region, egress, endpointServices } = this.props;
    const services = endpointServices ?? (egress === "endpoints-only" ? ENDPOINTS_OF_TASKS : []);
    if (services.length === 0) return undefined;
    const subnetIds = zones.map((zone) => zone.private.id);
    return new InterfaceEndpoints(this, "endpoints", { names, region, vpcId: vpc.id, subnetIds, services });
  }

  private emptyDefaultGroup(vpc: Vpc): void {
    new DefaultSecurityGroup(this, "default_group", { vpcId: vpc.id, ingress: [], egress: [] });
  }
}

import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, type IResolvable, TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

/** What a firewall needs to know of a service. */
export interface FirewallService {
  /** Port that the service listens on. @default - none: nothing calls it */
  readonly port?: number;
  /** Whether the load balancer calls it. */
  readonly public: boolean;
}

export interface TierFirewallsProps {
  readonly names: PhysicalNames;
  readonly vpcId: string;
  /** Ports of the load balancer. */
  readonly publicPorts: readonly number[];
  /** Ranges that may reach the load balancer, as a list reference. @default - the whole internet */
  readonly originRanges?: string[];
  /** The services by name. */
  readonly services: Readonly<Record<string, FirewallService>>;
  /** Port of the database. @default - none: the stack has no database */
  readonly databasePort?: number;
  /** Port of the cache. @default - none: the stack has no cache */
  readonly cachePort?: number;
  /** Whether the mover's rules exist, as a reference to a boolean. @default - there is no mover */
  readonly moverEnabled?: IResolvable;
  /** Group of the interface endpoints, which services and jobs may call. @default - there are none */
  readonly endpointsGroupId?: string;
  /**
   * Prefix list of S3, when there is no way out but by endpoints: services and jobs then call it, the endpoints, each other
   * and their data only. @default - they reach everything outside
   */
  readonly onlyPrefixList?: string;
}

/** A rule in words, between two groups. */
interface Connection {
  /** Logical id of the rule below the construct. */
  readonly id: string;
  /** Who calls whom, as the rule's description. */
  readonly description: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Whether the caller's group says what it may call, rather than anything. */
  readonly limited: boolean;
  /** Whether the rule exists, as a reference. @default - always */
  readonly enabled?: IResolvable;
}

const WORLD = "0.0.0.0/0";
const HTTPS = 443;

/**
 * The security groups between load balancer, services, database and cache, and who may call whom:
 *
 *     world -> load balancer -> public services -> database, cache
 *
 * Services and jobs share a group, so that they reach each other on the services' ports. Database and cache call nobody. The
 * data mover reaches the database while its variable is on, and nothing reaches the mover. Each rule is a resource of its own
 * with a description.
 *
 * Cost: none.
 */
export class TierFirewalls extends Construct {
  readonly loadBalancerGroupId: string;
  /** Group of all services and jobs. */
  readonly serviceGroupId: string;
  readonly databaseGroupId: string | undefined;
  readonly cacheGroupId: string | undefined;
  /** Group of the data mover; undefined when there is no mover. */
  readonly moverGroupId: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TierFirewallsProps,
  ) {
    super(scope, id);
    const { databasePort, cachePort, moverEnabled } = props;
    this.loadBalancerGroupId = this.createGroup("load_balancer", "Load balancer: from its clients, to public services");
    this.serviceGroupId = this.createGroup("services", "Services and jobs: from the load balancer and each other");
    this.openLoadBalancer();
    this.connectServices();
    this.allowServicesOutwards();
    if (databasePort !== undefined) this.databaseGroupId = this.createData("database", databasePort);
    if (cachePort !== undefined) this.cacheGroupId = this.createData("cache", cachePort);
    if (moverEnabled !== undefined) this.moverGroupId = this.createMover(moverEnabled);
  }

  private createGroup(id: string, description: string): string {
    const name = this.props.names.of("aws_security_group", `firewall_${id}`, id.replaceAll("_", "-"));
    return new SecurityGroup(this, id, {
      name,
      description,
      vpcId: this.props.vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    }).id;
  }

  private openLoadBalancer(): void {
    const { publicPorts, originRanges } = this.props;
    for (const port of publicPorts) {
      const each = originRanges && TerraformIterator.fromList(originRanges);
      new VpcSecurityGroupIngressRule(this, `load_balancer_from_clients_${port}`, {
        forEach: each,
        securityGroupId: this.loadBalancerGroupId,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIpv4: each ? (each.value as string) : WORLD,
        description: `Port ${port} from ${each ? "the CDN" : "the world"}`,
      });
    }
  }

  private connectServices(): void {
    const [balancer, services] = [this.loadBalancerGroupId, this.serviceGroupId];
    for (const [port, names] of this.servicesByPort((service) => service.public)) {
      this.connect({
        id: `services_from_load_balancer_${port}`,
        description: `Load balancer to ${names}`,
        from: balancer,
        to: services,
        port,
        limited: true,
      });
    }
    for (const [port, names] of this.servicesByPort(() => true)) {
      this.connect({
        id: `services_from_services_${port}`,
        description: `Services and jobs to ${names}`,
        from: services,
        to: services,
        port,
        limited: this.isIsolated,
      });
    }
  }

  /** Each port once, with the names of the services behind it. */
  private servicesByPort(isMeant: (service: FirewallService) => boolean): [port: number, names: string][] {
    const meant = Object.entries(this.props.services).filter(([, service]) => isMeant(service));
    const ports = new Set(meant.flatMap(([, { port }]) => port ?? []));
    return [...ports].map((port) => [
      port,
      meant
        .filter(([, service]) => service.port === port)
        .map(([name]) => name)
        .join(", "),
    ]);
  }

  private get isIsolated(): boolean {
    return this.props.onlyPrefixList !== undefined;
  }

  private allowServicesOutwards(): void {
    const { endpointsGroupId, onlyPrefixList } = this.props;
    if (endpointsGroupId !== undefined) this.connectToEndpoints("services", this.serviceGroupId, this.isIsolated);
    new VpcSecurityGroupEgressRule(this, "services_outwards", {
      securityGroupId: this.serviceGroupId,
      ...(onlyPrefixList === undefined
        ? { ipProtocol: "-1", cidrIpv4: WORLD, description: "Images, AWS services, data, outgoing calls of the app" }
        : {
            ipProtocol: "tcp",
            fromPort: HTTPS,
            toPort: HTTPS,
            prefixListId: onlyPrefixList,
            description: "Layers of images and files, by the gateway endpoint of S3",
          }),
    });
  }

  private connectToEndpoints(who: string, from: string, limited: boolean, enabled?: IResolvable): void {
    if (this.props.endpointsGroupId === undefined) return;
    this.connect({
      id: `endpoints_from_${who}`,
      description: `AWS services for ${who}`,
      from,
      to: this.props.endpointsGroupId,
      port: HTTPS,
      limited,
      enabled,
    });
  }

  private createData(id: "database" | "cache", port: number): string {
    const group = this.createGroup(id, `${id === "cache" ? "Cache" : "Database"}: from its clients, to nobody`);
    this.connect({
      id: `${id}_from_services`,
      description: `Services and jobs to the ${id}`,
      from: this.serviceGroupId,
      to: group,
      port,
      limited: this.isIsolated,
    });
    return group;
  }

  private createMover(enabled: IResolvable): string {
    const { databasePort: port } = this.props;
    const mover = this.createGroup("mover", "Data mover: from nobody, and to nobody while it is off");
    const outwards = new VpcSecurityGroupEgressRule(this, "mover_outwards", {
      securityGroupId: mover,
      ipProtocol: "-1",
      cidrIpv4: WORLD,
      description: "Both databases, AWS services",
    });
    outwards.addOverride("count", Fn.conditional(enabled, 1, 0));
    this.connectToEndpoints("mover", mover, false, enabled);
    if (this.databaseGroupId !== undefined && port !== undefined) {
      this.connect({
        id: "database_from_mover",
        description: "Data mover to the database",
        from: mover,
        to: this.databaseGroupId,
        port,
        limited: false,
        enabled,
      });
    }
    return mover;
  }

  private connect({ id, description, from, to, port, limited, enabled }: Connection): void {
    const rule = { ipProtocol: "tcp", fromPort: port, toPort: port, description };
    const inwards = new VpcSecurityGroupIngressRule(this, id, {
      ...rule,
      securityGroupId: to,
      referencedSecurityGroupId: from,
    });
    if (enabled !== undefined) inwards.addOverride("count", Fn.conditional(enabled, 1, 0));
    if (!limited) return;
    new VpcSecurityGroupEgressRule(this, `${id}_out`, {
      ...rule,
      securityGroupId: from,
      referencedSecurityGroupId: to,
    });
  }
}

import { ServiceDiscoveryPrivateDnsNamespace } from "@cdktf/provider-aws/lib/service-discovery-private-dns-namespace";
import { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service";
import { VpcDhcpOptions } from "@cdktf/provider-aws/lib/vpc-dhcp-options";
import { VpcDhcpOptionsAssociation } from "@cdktf/provider-aws/lib/vpc-dhcp-options-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

export interface DiscoveryProps {
  readonly names: PhysicalNames;
  readonly vpcId: string;
  /** Services with a port, by which the others reach them. */
  readonly services: readonly string[];
}

/** Seconds that a client may remember an address: a task that has stopped is asked no longer than this. */
const TTL_SECONDS = 10;

/**
 * Services find each other by name: `http://api:8080` as on a host, or in full `http://api.<app>-<tier>.internal:8080`. The names
 * are records of a private DNS namespace that ECS keeps. The short form works because the network's DHCP options name the namespace as the
 * domain to search: Fargate takes no search domain from a task definition, but a task's resolver is set up from its
 * network's DHCP options (containers-roadmap issues 892 and 1123).
 *
 * Cost: $0.50 a month for the namespace's hosted zone, and $1.00 a month for 1,000,000 discovery calls of ECS.
 */
export class Discovery extends Construct {
  /** Domain below which the services are. */
  readonly domain: string;
  /** ARN of each service's registry. */
  readonly registryArns: Readonly<Record<string, string>>;
  /** What a task needs before it resolves names. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { names, vpcId, services }: DiscoveryProps) {
    super(scope, id);
    this.domain = `${names.prefix}.internal`;
    const namespace = new ServiceDiscoveryPrivateDnsNamespace(this, "namespace", {
      name: this.domain,
      description: "Services of the app find each other by name",
      vpc: vpcId,
    });
    this.registryArns = Object.fromEntries(services.map((name) => [name, this.register(namespace, name)]));
    this.ready = [this.searchDomain(names, vpcId)];
  }

  /**
   * ECS tells the registry which tasks are healthy. The threshold is 1 whatever one writes and the argument is deprecated,
   * but without it the provider plans the check anew each time (hashicorp/terraform-provider-aws issue 44285).
   */
  private register(namespace: ServiceDiscoveryPrivateDnsNamespace, name: string): string {
    return new ServiceDiscoveryService(this, logicalId("service", name), {
      name,
      description: `Tasks of ${name}`,
      dnsConfig: {
        namespaceId: namespace.id,
        routingPolicy: "MULTIVALUE",
        dnsRecords: [{ type: "A", ttl: TTL_SECONDS }],
      },
      healthCheckCustomConfig: { failureThreshold: 1 },
      forceDestroy: true,
    }).arn;
  }

  private searchDomain(names: PhysicalNames, vpcId: string): ITerraformDependable {
    const options = new VpcDhcpOptions(this, "options", {
      domainName: this.domain,
      domainNameServers: ["AmazonProvidedDNS"],
      tags: { Name: names.of("tag:Name", "discovery_options", "services") },
    });
    return new VpcDhcpOptionsAssociation(this, "search", { vpcId, dhcpOptionsId: options.id });
  }
}

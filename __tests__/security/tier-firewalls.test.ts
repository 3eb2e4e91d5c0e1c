import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { TerraformOutput, TerraformVariable } from "cdktf";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { TierFirewalls, type TierFirewallsProps } from "../../modules/security/tier-firewalls";
import { listVariable } from "../../modules/terraform/variables";
import { outputOf } from "../helpers/inspect";
import { SecurityGraph } from "../helpers/security-graph";
import { resourcesOf, synth } from "../helpers/synth";

type Choice = Partial<Omit<TierFirewallsProps, "originRanges" | "moverEnabled">> & {
  readonly locked?: boolean;
  readonly mover?: boolean;
};

function synthFirewalls({ locked = false, mover = true, ...props }: Choice = {}): string {
  return synth((stack) => {
    const moverEnabled = new TerraformVariable(stack, "mover_enabled", { type: "bool", default: false });
    const { loadBalancerGroupId, serviceGroupId, databaseGroupId, cacheGroupId, moverGroupId } = new TierFirewalls(
      stack,
      "firewall",
      {
        names: new PhysicalNames({ app: "shop", tier: "growth" }),
        vpcId: "vpc-0123",
        publicPorts: [80, 443],
        originRanges: locked ? listVariable(stack, "origin_cidrs", { description: "CDN", default: [] }) : undefined,
        services: {
          api: { port: 8080, public: true },
          web: { port: 3000, public: true },
          core: { port: 3567, public: false },
          worker: { public: false },
        },
        databasePort: 5432,
        cachePort: 6379,
        moverEnabled: mover ? moverEnabled.booleanValue : undefined,
        ...props,
      },
    );
    const exposed = { loadBalancerGroupId, serviceGroupId, databaseGroupId, cacheGroupId, moverGroupId };
    new TerraformOutput(stack, "exposed", { value: exposed });
  });
}

describe("TierFirewalls", () => {
  const json = synthFirewalls();
  const graph = new SecurityGraph(json);

  test("the world reaches the load balancer's ports and nothing else", () => {
    expect(graph.reachableFromWorld()).toEqual(["firewall_load_balancer:443", "firewall_load_balancer:80"]);
  });

  test("the load balancer reaches public services and nothing else", () => {
    expect(graph.calledBy("firewall_load_balancer")).toEqual(["firewall_services:3000", "firewall_services:8080"]);
    expect(graph.callersOf("firewall_services")).toEqual([
      "firewall_load_balancer:3000",
      "firewall_load_balancer:8080",
      "firewall_services:3000",
      "firewall_services:3567",
      "firewall_services:8080",
    ]);
  });

  test("the database is for services, jobs and the mover; the cache for services and jobs", () => {
    expect(graph.callersOf("firewall_database")).toEqual(["firewall_mover:5432", "firewall_services:5432"]);
    expect(graph.callersOf("firewall_cache")).toEqual(["firewall_services:6379"]);
  });

  test("data calls nobody", () => {
    expect(graph.calledBy("firewall_database")).toEqual([]);
    expect(graph.calledBy("firewall_cache")).toEqual([]);
  });

  test("the mover's rules exist only while its variable is on, and nobody calls it", () => {
    const its = graph.rules.filter(({ group, peer }) => [group, peer].includes("firewall_mover"));
    expect(its.map(({ id, conditional }) => [id, conditional])).toEqual([
      ["firewall_database_from_mover", true],
      ["firewall_mover_outwards", true],
    ]);
    const counts = [VpcSecurityGroupIngressRule, VpcSecurityGroupEgressRule].flatMap((type) =>
      Object.values(resourcesOf(json, type)).flatMap(({ count }) => count ?? []),
    );
    expect(counts).toEqual(["${var.mover_enabled ? 1 : 0}", "${var.mover_enabled ? 1 : 0}"]);
    expect(graph.callersOf("firewall_mover")).toEqual([]);
  });

  test("every group and every rule says what it is for, and none opens only one half of a way", () => {
    expect(graph.rules.filter(({ description }) => description === "")).toEqual([]);
    expect(graph.halves()).toEqual([]);
    expect(graph.groups).toEqual([
      "firewall_cache",
      "firewall_database",
      "firewall_load_balancer",
      "firewall_mover",
      "firewall_services",
    ]);
    expect(resourcesOf(json, SecurityGroup).firewall_load_balancer).toEqual({
      name: "shop-growth-load-balancer",
      description: "Load balancer: from its clients, to public services",
      vpc_id: "vpc-0123",
      tags: { Name: "shop-growth-load-balancer" },
      lifecycle: { create_before_destroy: true },
    });
  });

  test("a rule is between groups, on one port", () => {
    expect(resourcesOf(json, VpcSecurityGroupIngressRule).firewall_database_from_services).toEqual({
      security_group_id: "${aws_security_group.firewall_database.id}",
      referenced_security_group_id: "${aws_security_group.firewall_services.id}",
      ip_protocol: "tcp",
      from_port: 5432,
      to_port: 5432,
      description: "Services and jobs to the database",
    });
  });

  test("exposes the groups", () => {
    const group = (id: string) => `\${aws_security_group.firewall_${id}.id}`;
    expect(outputOf(json, "exposed")).toEqual({
      loadBalancerGroupId: group("load_balancer"),
      serviceGroupId: group("services"),
      databaseGroupId: group("database"),
      cacheGroupId: group("cache"),
      moverGroupId: group("mover"),
    });
  });
});

test("services on one port share a rule that names them", () => {
  const json = synthFirewalls({ services: { a: { port: 80, public: true }, b: { port: 80, public: false } } });
  const described = (id: string) => resourcesOf(json, VpcSecurityGroupIngressRule)[id]?.description;
  expect(described("firewall_services_from_load_balancer_80")).toBe("Load balancer to a");
  expect(described("firewall_services_from_services_80")).toBe("Services and jobs to a, b");
});

test("behind a CDN, the load balancer is open to its ranges only", () => {
  const json = synthFirewalls({ locked: true, publicPorts: [443] });
  expect(new SecurityGraph(json).callersOf("firewall_load_balancer")).toEqual(["var.origin_cidrs:443"]);
  expect(resourcesOf(json, VpcSecurityGroupIngressRule).firewall_load_balancer_from_clients_443).toMatchObject({
    for_each: "${toset(var.origin_cidrs)}",
    cidr_ipv4: "${each.value}",
    description: "Port 443 from the CDN",
  });
});

test("a stack without database, cache and mover has none of their groups", () => {
  const json = synthFirewalls({ mover: false, databasePort: undefined, cachePort: undefined });
  expect(new SecurityGraph(json).groups).toEqual(["firewall_load_balancer", "firewall_services"]);
});

describe("endpoints of AWS services", () => {
  test("are called by services, jobs and the mover", () => {
    const graph = new SecurityGraph(synthFirewalls({ endpointsGroupId: "sg-endpoints" }));
    expect(graph.callersOf("sg-endpoints")).toEqual(["firewall_mover:443", "firewall_services:443"]);
    expect(graph.calledBy("firewall_services")).toEqual(["world:all"]);
  });

  test("as the only way out, limit services to them, S3, each other and their data", () => {
    const graph = new SecurityGraph(synthFirewalls({ endpointsGroupId: "sg-endpoints", onlyPrefixList: "pl-0123" }));
    expect(graph.calledBy("firewall_services")).toEqual([
      "firewall_cache:6379",
      "firewall_database:5432",
      "firewall_services:3000",
      "firewall_services:3567",
      "firewall_services:8080",
      "prefix list:443",
      "sg-endpoints:443",
    ]);
    expect(graph.callersOf("firewall_database")).toContain("firewall_services:5432");
    expect(graph.halves()).toEqual([]);
  });
});

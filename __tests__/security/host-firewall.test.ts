import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { HostFirewall, type HostFirewallProps } from "../../modules/security/host-firewall";
import { listVariable } from "../../modules/terraform/variables";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";

type Choice = Partial<Omit<HostFirewallProps, "originRanges">> & { readonly locked?: boolean };

function synthFirewall({ locked = false, ...props }: Choice = {}): string {
  return synth((stack) => {
    const ranges = (name: string) => listVariable(stack, name, { description: name, default: [] });
    const { securityGroupId } = new HostFirewall(stack, "firewall", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }),
      vpcId: "vpc-0123",
      webPorts: [80, 443],
      directPorts: [],
      directRanges: ranges("direct_cidrs"),
      sshRanges: ranges("ssh_cidrs"),
      originRanges: locked ? ranges("origin_cidrs") : undefined,
      ...props,
    });
    new TerraformOutput(stack, "exposed", { value: securityGroupId });
  });
}

const ingress = (json: string) => resourcesOf(json, VpcSecurityGroupIngressRule);
/** The ports that are open to ranges which no variable limits. */
const worldPorts = (json: string) =>
  Object.values(ingress(json))
    .filter((rule) => rule.cidr_ipv4 === "0.0.0.0/0")
    .map((rule) => rule.from_port);
const openPorts = (json: string) => Object.values(ingress(json)).map((rule) => rule.from_port);

describe("HostFirewall by default", () => {
  const json = synthFirewall();

  test("the group has no inline rule and survives its own replacement", () => {
    expect(onlyOne(json, SecurityGroup)).toEqual({
      name: "shop-mvp-host",
      description: "Host: proxy ports from its clients, other ports from listed ranges only",
      vpc_id: "vpc-0123",
      tags: { Name: "shop-mvp-host" },
      lifecycle: { create_before_destroy: true },
    });
    expect(outputOf(json, "exposed")).toBe("${aws_security_group.firewall_group.id}");
  });

  test("the world reaches 80 and 443 and nothing else", () => {
    expect(worldPorts(json)).toEqual([80, 443]);
    expect(ingress(json).firewall_https).toEqual({
      security_group_id: "${aws_security_group.firewall_group.id}",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
      cidr_ipv4: "0.0.0.0/0",
      description: "HTTPS from the world",
    });
    expect(ingress(json).firewall_http).toMatchObject({
      from_port: 80,
      to_port: 80,
      description: "HTTP from the world",
    });
  });

  test("SSH opens only for the ranges of its variable, which is empty", () => {
    expect(ingress(json).firewall_ssh).toEqual({
      for_each: "${toset(var.ssh_cidrs)}",
      security_group_id: "${aws_security_group.firewall_group.id}",
      ip_protocol: "tcp",
      from_port: 22,
      to_port: 22,
      cidr_ipv4: "${each.value}",
      description: "SSH",
    });
    expect(json).toHaveVariable("ssh_cidrs", { default: [] });
  });

  test("no rule opens the database or the cache", () => {
    expect(openPorts(json)).toEqual([80, 443, 22]);
  });

  test("the host may call out", () => {
    expect(json).toHaveResourceCount(VpcSecurityGroupEgressRule, 1);
    expect(onlyOne(json, VpcSecurityGroupEgressRule)).toMatchObject({ ip_protocol: "-1", cidr_ipv4: "0.0.0.0/0" });
  });

  test("every rule is a resource of its own with a description", () => {
    expect(resourceTypes(json)).toEqual([
      "aws_security_group",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ]);
    expect(json).toHaveResourceCount(VpcSecurityGroupIngressRule, 3);
    for (const rule of Object.values(ingress(json))) expect(rule.description).toMatch(/^[A-Za-z0-9 ]{3,255}$/);
  });
});

describe("HostFirewall behind a CDN", () => {
  const json = synthFirewall({ locked: true });

  test("opens the web ports for the CDN's ranges only", () => {
    expect(worldPorts(json)).toEqual([]);
    expect(openPorts(json)).toEqual([80, 443, 22]);
    for (const [id, description] of [
      ["firewall_http", "HTTP from the CDN"],
      ["firewall_https", "HTTPS from the CDN"],
    ] as const) {
      expect(ingress(json)[id]).toMatchObject({
        for_each: "${toset(var.origin_cidrs)}",
        cidr_ipv4: "${each.value}",
        description,
      });
    }
  });
});

describe("HostFirewall with direct ports", () => {
  const json = synthFirewall({
    webPorts: [],
    directPorts: [
      { service: "api", port: 8080 },
      { service: "admin-ui", port: 9000 },
    ],
  });

  test("opens each for the listed ranges only", () => {
    expect(worldPorts(json)).toEqual([]);
    expect(Object.keys(ingress(json))).toEqual(["firewall_direct_admin_ui", "firewall_direct_api", "firewall_ssh"]);
    expect(ingress(json).firewall_direct_api).toMatchObject({
      for_each: "${toset(var.direct_cidrs)}",
      from_port: 8080,
      to_port: 8080,
      cidr_ipv4: "${each.value}",
      description: "Direct port of api",
    });
  });
});

test("direct ports stay closed while no range is given", () => {
  const json = synthFirewall({ directPorts: [{ service: "api", port: 8080 }], directRanges: undefined });
  expect(Object.keys(ingress(json))).toEqual(["firewall_http", "firewall_https", "firewall_ssh"]);
});

test("without TLS only port 80 is open", () => {
  expect(worldPorts(synthFirewall({ webPorts: [80] }))).toEqual([80]);
});

test("a literal name replaces name and tag", () => {
  const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { firewall_group: "old-sg" });
  expect(synthFirewall({ names })).toHaveResourceWithProperties(SecurityGroup, {
    name: "old-sg",
    tags: { Name: "old-sg" },
  });
});

import type { Row } from "./row";

const existing = { vpcId: "vpc-0123456789abcdef0", subnetId: "subnet-0123456789abcdef0" };

/** The network. */
export const NETWORK_ROWS: readonly Row[] = [
  {
    name: "network without a prefix",
    patch: { network: { cidr: "10.0.0.0" } },
    lines: [
      `shop-mvp: network.cidr is "10.0.0.0"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
    ],
  },
  {
    name: "network of an impossible address",
    patch: { network: { cidr: "10.0.256.0/16" } },
    lines: [
      `shop-mvp: network.cidr is "10.0.256.0/16"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
    ],
  },
  {
    name: "network that is too large",
    rule: "network-size",
    patch: { network: { cidr: "10.0.0.0/8" } },
    lines: [`shop-mvp: network.cidr is "10.0.0.0/8"; allowed: a range from /16 to /28; choose another prefix length`],
  },
  {
    name: "network that is too small",
    rule: "network-size",
    patch: { network: { cidr: "10.0.0.0/29" } },
    lines: [`shop-mvp: network.cidr is "10.0.0.0/29"; allowed: a range from /16 to /28; choose another prefix length`],
  },
  {
    name: "network without room",
    rule: "room-for-subnets",
    patch: { network: { cidr: "10.0.0.0/27", zones: ["a", "b"] } },
    lines: [
      `shop-mvp: network.cidr is "10.0.0.0/27"; allowed: a range with room for 2 subnets of /28 in its second half; take a larger range, or give network.publicSubnets`,
    ],
  },
  {
    name: "network by an address in it",
    rule: "ranges-are-canonical",
    patch: { network: { cidr: "10.0.0.1/16" } },
    lines: [
      `shop-mvp: network.cidr is "10.0.0.1/16"; allowed: a range written with its first address; write "10.0.0.0/16"`,
    ],
  },
  {
    name: "office by an address in it",
    rule: "ranges-are-canonical",
    patch: { host: { keyName: "ops", sshCidrs: ["203.0.113.7/24"] } },
    lines: [
      `shop-mvp: host.sshCidrs[0] is "203.0.113.7/24"; allowed: a range written with its first address; write "203.0.113.0/24"`,
    ],
  },
  {
    name: "subnets as a text",
    patch: { network: { publicSubnets: "10.0.1.0/24" } },
    lines: [
      `shop-mvp: network.publicSubnets is "10.0.1.0/24"; allowed: a list of 1 to 4 IPv4 ranges; write it in square brackets`,
    ],
  },
  {
    name: "subnet without a prefix",
    patch: { network: { publicSubnets: ["10.0.1.0"] } },
    lines: [
      `shop-mvp: network.publicSubnets[0] is "10.0.1.0"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
    ],
  },
  {
    name: "subnet that is too small",
    rule: "subnet-sizes",
    patch: { network: { publicSubnets: ["10.0.1.0/30"] } },
    lines: [
      `shop-mvp: network.publicSubnets[0] is "10.0.1.0/30"; allowed: a range from /16 to /28; choose another prefix length`,
    ],
  },
  {
    name: "subnet outside the network",
    rule: "subnets-inside",
    patch: { network: { publicSubnets: ["10.1.0.0/24"] } },
    lines: [
      `shop-mvp: network.publicSubnets[0] is "10.1.0.0/24"; allowed: a range inside "10.0.0.0/16"; choose one inside it, or change network.cidr`,
    ],
  },
  {
    name: "subnets that overlap",
    rule: "subnets-apart",
    patch: { network: { zones: ["a", "b"], publicSubnets: ["10.0.0.0/23", "10.0.1.0/24"] } },
    lines: [
      `shop-mvp: network.publicSubnets[1] is "10.0.1.0/24"; allowed: a range that overlaps no other subnet; choose a free range`,
    ],
  },
  {
    name: "fewer subnets than zones",
    rule: "subnet-per-zone",
    patch: { network: { zones: ["a", "b"], publicSubnets: ["10.0.0.0/24"] } },
    lines: [
      "shop-mvp: network.publicSubnets is a list of 1; allowed: a list of 2, one for each of network.zones; give one range per zone, or leave the list out",
    ],
  },
  {
    name: "no zone",
    patch: { network: { zones: [] } },
    lines: [
      "shop-mvp: network.zones is an empty list; allowed: a list of 1 to 4 zone letters; write it in square brackets",
    ],
  },
  {
    name: "zone by its full name",
    patch: { network: { zones: ["eu-central-1a"] } },
    lines: [
      `shop-mvp: network.zones[0] is "eu-central-1a"; allowed: a zone letter from "a" to "f"; use the last letter of the zone's name`,
    ],
  },
  {
    name: "zone twice",
    rule: "no-repetition",
    patch: { network: { zones: ["a", "a"] } },
    lines: [`shop-mvp: network.zones[1] is "a"; allowed: an entry that the list does not have yet; remove it`],
  },
  {
    name: "mail address twice",
    rule: "no-repetition",
    patch: { observability: { emails: ["a@example.com", "a@example.com"] } },
    lines: [
      `shop-mvp: observability.emails[1] is "a@example.com"; allowed: an entry that the list does not have yet; remove it`,
    ],
  },
  {
    name: "existing network by name",
    patch: { network: { existing: "main" } },
    lines: [
      `shop-mvp: network.existing is "main"; allowed: an object with vpcId, subnetId, routeTableId; write it in braces with these fields`,
    ],
  },
  {
    name: "existing network with wrong ids",
    patch: { network: { existing: { vpcId: "vpc-main", subnetId: "10.0.0.0/24", routeTableId: "rtb" } } },
    lines: [
      `shop-mvp: network.existing.vpcId is "vpc-main"; allowed: a VPC id such as "vpc-0123456789abcdef0"; copy it from the AWS console`,
      `shop-mvp: network.existing.subnetId is "10.0.0.0/24"; allowed: a subnet id such as "subnet-0123456789abcdef0"; copy it from the AWS console`,
      `shop-mvp: network.existing.routeTableId is "rtb"; allowed: a route table id such as "rtb-0123456789abcdef0"; copy it from the AWS console`,
    ],
  },
  {
    name: "existing network without a subnet",
    patch: { network: { existing: { vpcId: existing.vpcId } } },
    lines: [
      `shop-mvp: network.existing.subnetId is missing; allowed: a subnet id such as "subnet-0123456789abcdef0"; add it`,
    ],
  },
  {
    name: "existing network with a range",
    rule: "existing-network-is-complete",
    patch: { network: { existing, cidr: "10.0.0.0/16", flowLogDays: 7 } },
    lines: [
      `shop-mvp: network.cidr is "10.0.0.0/16"; allowed: nothing beside network.existing; remove it, or remove network.existing to get a network of the stack's own`,
      "shop-mvp: network.flowLogDays is 7; allowed: nothing beside network.existing; remove it, or remove network.existing to get a network of the stack's own",
    ],
  },
  {
    name: "flow logs for two days",
    patch: { network: { flowLogDays: 2 } },
    lines: [
      "shop-mvp: network.flowLogDays is 2; allowed: 0 | 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 365 (days); choose a retention that CloudWatch Logs knows, or 0 for none",
    ],
  },
];

import { canonicalCidr, contains, overlaps, parseCidr, publicSubnetsOf, SMALLEST_SUBNET_PREFIX } from "../cidr";
import { networkOf, zonesOf } from "../derive";
import type { Step } from "../guide";
import type { LocatedFinding } from "../issues";
import type { App, Tier } from "../schema";
import { showValue } from "../show";
import { finding, quote, type Rule, type Subject } from "./rule";

/** Largest network and subnet that AWS allows. Source: Amazon VPC User Guide, "VPC CIDR blocks". */
const LARGEST_PREFIX = 16;

const hasAllowedSize = (cidr: string): boolean => {
  const { prefix } = parseCidr(cidr);
  return prefix >= LARGEST_PREFIX && prefix <= SMALLEST_SUBNET_PREFIX;
};

const SIZES = `a range from /${LARGEST_PREFIX} to /${SMALLEST_SUBNET_PREFIX}`;

const networkSize: Rule = {
  id: "network-size",
  description: "The network is of a size that AWS allows.",
  check: ({ app, tier }) =>
    hasAllowedSize(networkOf(app, tier))
      ? []
      : [finding(["network", "cidr"], quote(networkOf(app, tier)), SIZES, "choose another prefix length")],
};

const FIELDS_OF_OWN_NETWORK = ["cidr", "publicSubnets", "zones", "flowLogDays"] as const;

const existingNetworkIsComplete: Rule = {
  id: "existing-network-is-complete",
  description: "What describes a network of the stack's own is not given for one that exists.",
  check: ({ app, written }) =>
    app.network.existing === undefined
      ? []
      : FIELDS_OF_OWN_NETWORK.filter((field) => written.network?.[field] !== undefined).map((field) =>
          finding(
            ["network", field],
            showValue(written.network?.[field]),
            "nothing beside network.existing",
            "remove it, or remove network.existing to get a network of the stack's own",
          ),
        ),
};

/** Every written range with its path. */
function rangesOf(app: App): { steps: Step[]; cidr: string }[] {
  const inList = (steps: Step[], cidrs: readonly string[] = []) =>
    cidrs.map((cidr, index) => ({ steps: [...steps, index], cidr }));
  return [
    ...(app.network.cidr === undefined ? [] : [{ steps: ["network", "cidr"], cidr: app.network.cidr }]),
    ...(["publicSubnets", "privateSubnets", "databaseSubnets"] as const).flatMap((field) =>
      inList(["network", field], app.network[field]),
    ),
    ...inList(["ingress", "directCidrs"], app.ingress.directCidrs),
    ...inList(["host", "sshCidrs"], app.host.sshCidrs),
  ];
}

const rangesAreCanonical: Rule = {
  id: "ranges-are-canonical",
  description: "Ranges are written with their first address, as AWS stores them.",
  check: ({ app }) =>
    rangesOf(app)
      .filter(({ cidr }) => canonicalCidr(cidr) !== cidr)
      .map(({ steps, cidr }) =>
        finding(steps, quote(cidr), "a range written with its first address", `write ${quote(canonicalCidr(cidr))}`),
      ),
};

/** The lists of subnets that a tier reads. */
const listsOn = (tier: Tier) =>
  tier === "mvp" ? (["publicSubnets"] as const) : (["publicSubnets", "privateSubnets", "databaseSubnets"] as const);

/** One finding for each written subnet that fails a test; `earlier` are those written before it. */
function subnetFindings(
  { app, tier }: Subject,
  isWrong: (subnet: string, earlier: readonly string[]) => boolean,
  allowed: string,
  fix: string,
): LocatedFinding[] {
  const written = listsOn(tier).flatMap((field) =>
    (app.network[field] ?? []).map((subnet, index) => ({ subnet, steps: ["network", field, index] })),
  );
  const subnets = written.map(({ subnet }) => subnet);
  return written.flatMap(({ subnet, steps }, index) =>
    isWrong(subnet, subnets.slice(0, index)) ? [finding(steps, quote(subnet), allowed, fix)] : [],
  );
}

const subnetSizes: Rule = {
  id: "subnet-sizes",
  description: "Subnets are of a size that AWS allows.",
  check: (subject) =>
    subnetFindings(subject, (subnet) => !hasAllowedSize(subnet), SIZES, "choose another prefix length"),
};

const subnetsInside: Rule = {
  id: "subnets-inside",
  description: "Subnets lie inside the network.",
  check: (subject) => {
    const network = networkOf(subject.app, subject.tier);
    const fix = "choose one inside it, or change network.cidr";
    return subnetFindings(subject, (subnet) => !contains(network, subnet), `a range inside ${quote(network)}`, fix);
  },
};

const subnetsApart: Rule = {
  id: "subnets-apart",
  description: "Subnets do not overlap.",
  check: (subject) =>
    subnetFindings(
      subject,
      (subnet, earlier) => earlier.some((other) => overlaps(other, subnet)),
      "a range that overlaps no other subnet",
      "choose a free range",
    ),
};

const subnetPerZone: Rule = {
  id: "subnet-per-zone",
  description: "There are as many subnets as zones.",
  check: ({ app, tier }) => {
    const zones = zonesOf(app, tier).length;
    return listsOn(tier)
      .filter((field) => (app.network[field]?.length ?? zones) !== zones)
      .map((field) =>
        finding(
          ["network", field],
          showValue(app.network[field]),
          `a list of ${zones}, one for each of network.zones`,
          "give one range per zone, or leave the list out",
        ),
      );
  },
};

const roomForSubnets: Rule = {
  id: "room-for-subnets",
  description: "The second half of the network has room for the computed subnets.",
  check: ({ app, tier }) => {
    const { publicSubnets } = app.network;
    const zones = zonesOf(app, tier);
    const network = networkOf(app, tier);
    if (publicSubnets !== undefined || !hasAllowedSize(network) || publicSubnetsOf(network, zones.length)) return [];
    return [
      finding(
        ["network", "cidr"],
        quote(network),
        `a range with room for ${zones.length} subnets of /${SMALLEST_SUBNET_PREFIX} in its second half`,
        "take a larger range, or give network.publicSubnets",
      ),
    ];
  },
};

export const NETWORK_RULES: readonly Rule[] = [
  networkSize,
  existingNetworkIsComplete,
  rangesAreCanonical,
  subnetSizes,
  subnetsInside,
  subnetsApart,
  subnetPerZone,
  roomForSubnets,
];

import { contains, formatCidr, overlaps, parseCidr, SMALLEST_SUBNET_PREFIX } from "../spec/cidr";

/** Ranges of the subnets of a network, each list in the order of its zones. */
export interface SubnetPlan {
  /** Load balancer and NAT; also tasks that have public addresses. */
  readonly public: readonly string[];
  /** Tasks. */
  readonly private: readonly string[];
  /** Database and cache. */
  readonly database: readonly string[];
}

type Kind = keyof SubnetPlan;

/** Zones that a computed plan has room for, whether they are in use or not: another one never moves those that are. */
const MOST_ZONES = 4;

/**
 * Where the computed subnets of each kind begin, as a share of the network, and by how many bits their prefix is longer.
 * Of a /16 these are /19s from .0, /22s from .128 and /24s from .144 on; the rest stays free.
 */
const COMPUTED: Record<Kind, { readonly start: number; readonly bits: number }> = {
  private: { start: 0, bits: 3 },
  public: { start: 1 / 2, bits: 6 },
  database: { start: 9 / 16, bits: 8 },
};

const KINDS: readonly Kind[] = ["public", "private", "database"];

/**
 * The subnets of a network, one of each kind per zone. Computed subnets depend on the network and on the position of their
 * zone only, so that a zone that is added at the end changes no range.
 *
 * @param network range of the VPC; for computed subnets /20 or larger, so that the smallest is a /28, AWS's minimum
 * @param zones number of zones, 1 to 4
 * @param written lists that replace the computed ones, one range per zone
 * @throws Error when a list does not fit the zones or the network, or when two subnets overlap
 * @example planSubnets("10.1.0.0/16", 2).private // ["10.1.0.0/19", "10.1.32.0/19"]
 */
export function planSubnets(network: string, zones: number, written: Partial<SubnetPlan> = {}): SubnetPlan {
  if (!Number.isInteger(zones) || zones < 1 || zones > MOST_ZONES) {
    throw new Error(`a network has 1 to ${MOST_ZONES} zones, not ${zones}`);
  }
  const list = (kind: Kind): readonly string[] => written[kind] ?? computed(network, kind, zones);
  const plan = { public: list("public"), private: list("private"), database: list("database") };
  const mistake = mistakeIn(plan, network, zones);
  if (mistake !== undefined) throw new Error(mistake);
  return plan;
}

function computed(network: string, kind: Kind, zones: number): string[] {
  const { first, last, prefix } = parseCidr(network);
  const { start, bits } = COMPUTED[kind];
  const size = last - first + 1;
  return Array.from({ length: zones }, (_, zone) =>
    formatCidr({ first: first + size * (start + zone / 2 ** bits), prefix: prefix + bits }),
  );
}

function mistakeIn(plan: SubnetPlan, network: string, zones: number): string | undefined {
  const subnets = KINDS.flatMap((kind) => plan[kind].map((range) => ({ kind, range })));
  const short = KINDS.find((kind) => plan[kind].length !== zones);
  if (short !== undefined) return `${zones} zones need ${zones} ${short} subnets, not ${plan[short].length}`;
  const small = subnets.find(({ range }) => parseCidr(range).prefix > SMALLEST_SUBNET_PREFIX);
  if (small) return `${network} is too small: its ${small.kind} subnet would be ${small.range}`;
  const outside = subnets.find(({ range }) => !contains(network, range));
  if (outside) return `the ${outside.kind} subnet ${outside.range} is not inside ${network}`;
  for (const [index, one] of subnets.entries()) {
    const other = subnets.slice(index + 1).find(({ range }) => overlaps(one.range, range));
    if (other) return `the ${one.kind} subnet ${one.range} overlaps the ${other.kind} subnet ${other.range}`;
  }
  return undefined;
}

/** An IPv4 range as numbers. */
export interface Range {
  /** First address as a number. */
  readonly first: number;
  /** Last address as a number. */
  readonly last: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

const ADDRESS_BITS = 32;
const size = (prefix: number): number => 2 ** (ADDRESS_BITS - prefix);

const toNumber = (address: string): number => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/** Reads a well-formed range; host bits are cut off. */
export function parseCidr(cidr: string): Range {
  const [address = "", bits = ""] = cidr.split("/");
  const prefix = Number(bits);
  const start = toNumber(address);
  const first = start - (start % size(prefix));
  return { first, last: first + size(prefix) - 1, prefix };
}

/** Writes a range down. */
export const formatCidr = (range: Pick<Range, "first" | "prefix">): string =>
  `${toAddress(range.first)}/${range.prefix}`;

/** The same range with its host bits cut off: 10.0.0.5/16 is 10.0.0.0/16. AWS stores ranges in this form. */
export const canonicalCidr = (cidr: string): string => formatCidr(parseCidr(cidr));

/** Whether two ranges share an address. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a.first <= b.last && b.first <= a.last;
}

/** Whether `inner` lies within `outer`. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [parseCidr(outer), parseCidr(inner)];
  return a.first <= b.first && b.last <= a.last;
}

/** Smallest subnet that AWS allows. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
export const SMALLEST_SUBNET_PREFIX = 28;
/** A computed subnet is a 64th of its network: a /22 of a /16. */
const SUBNET_BITS = 6;

/**
 * Equal public subnets of a network, one per zone, from its middle on: the first half stays free for private subnets.
 * Undefined when the second half has no room for all.
 *
 * @example publicSubnetsOf("10.0.0.0/16", 2) // ["10.0.128.0/22", "10.0.132.0/22"]
 */
export function publicSubnetsOf(network: string, zones: number): string[] | undefined {
  const range = parseCidr(network);
  const prefix = Math.min(SMALLEST_SUBNET_PREFIX, range.prefix + SUBNET_BITS);
  const half = size(range.prefix) / 2;
  if (zones * size(prefix) > half) return undefined;
  return Array.from({ length: zones }, (_, zone) =>
    formatCidr({ first: range.first + half + zone * size(prefix), prefix }),
  );
}

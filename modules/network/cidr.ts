/** An IPv4 range as numbers. */
export interface Range {
  readonly start: number;
  readonly size: number;
}

/** Parses "10.0.0.0/16". The text must have passed the specification's own check. */
export function parseRange(cidr: string): Range {
  const [address = "", prefix = ""] = cidr.split("/");
  const start = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(prefix));
  return { start: start - (start % size), size };
}

/** Writes a range in CIDR notation. The size must be a power of two. */
export function formatRange({ start, size }: Range): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${octets.join(".")}/${32 - Math.log2(size)}`;
}

/** Whether two ranges share an address. */
export function overlap(a: string, b: string): boolean {
  const [x, y] = [parseRange(a), parseRange(b)];
  return x.start < y.start + y.size && y.start < x.start + x.size;
}

/** Whether the second range lies wholly in the first. */
export function contains(outer: string, inner: string): boolean {
  const [x, y] = [parseRange(outer), parseRange(inner)];
  return x.start <= y.start && y.start + y.size <= x.start + x.size;
}

/** Zones that the address plan keeps room for, so that a network grows without renumbering. */
export const PLANNED_ZONES = 4;

/**
 * Public subnets of a network, one per zone. They start in the middle of the network and are a 64th of it each (a /22 of
 * a /16), at most a /28: the lower half stays free for private subnets.
 *
 * @example publicSubnets("10.0.0.0/16", 2) // ["10.0.128.0/22", "10.0.132.0/22"]
 */
export function publicSubnets(network: string, zones: number): string[] {
  const { start, size } = parseRange(network);
  const subnet = Math.max(size / 64, 16);
  return Array.from({ length: zones }, (_, zone) => formatRange({ start: start + size / 2 + zone * subnet, size: subnet }));
}

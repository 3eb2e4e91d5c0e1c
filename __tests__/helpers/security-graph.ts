/** Who may call whom, read from the security groups of synthesized JSON. */

type Block = Record<string, unknown>;
type Resources = Record<string, Record<string, Block> | undefined>;

/** One rule of a group. */
export interface SecurityRule {
  /** Logical id. */
  readonly id: string;
  /** Logical id of the group that it belongs to. */
  readonly group: string;
  readonly direction: "in" | "out";
  /** The other end: a group's logical id, "world", a range, a variable that holds ranges, or "prefix list". */
  readonly peer: string;
  /** "443", "8000-8100" or "all". */
  readonly ports: string;
  /** Whether a variable decides if it exists. */
  readonly conditional: boolean;
  readonly description: string;
}

export class SecurityGraph {
  /** Logical ids of the groups. */
  readonly groups: readonly string[];
  readonly rules: readonly SecurityRule[];

  /**
   * @param json Terraform JSON of a stack
   * @throws Error when a group holds rules of its own, which would fight with those that are resources
   */
  constructor(json: string) {
    const { resource = {} } = JSON.parse(json) as { resource?: Resources };
    const groups = Object.entries(resource.aws_security_group ?? {});
    const inline = groups.find(([, group]) => "ingress" in group || "egress" in group);
    if (inline) throw new Error(`the group ${inline[0]} holds rules of its own`);
    this.groups = groups.map(([id]) => id).sort();
    this.rules = [
      ...rulesOf(resource.aws_vpc_security_group_ingress_rule, "in"),
      ...rulesOf(resource.aws_vpc_security_group_egress_rule, "out"),
    ];
  }

  /** Who may call a group, as `<peer>:<ports>`, sorted. What the caller's own group forbids is not among them. */
  callersOf(group: string): string[] {
    return this.rulesOf(group, "in")
      .filter((rule) => this.mayLeave(rule))
      .map(said)
      .sort();
  }

  /** What a group may call, as `<peer>:<ports>`, sorted. */
  calledBy(group: string): string[] {
    return this.rulesOf(group, "out").map(said).sort();
  }

  /** What somebody on the internet reaches, as `<group>:<ports>`, sorted; ranges of a variable count as the internet. */
  reachableFromWorld(): string[] {
    const isOutside = ({ peer }: SecurityRule): boolean => peer === "world" || peer.startsWith("var.");
    return this.rules
      .filter((rule) => rule.direction === "in" && isOutside(rule))
      .map(({ group, ports }) => `${group}:${ports}`)
      .sort();
  }

  /** Rules between two groups of which the other half is missing: they look as if they opened something. */
  halves(): string[] {
    const isDead = (rule: SecurityRule): boolean =>
      rule.direction === "in" ? !this.mayLeave(rule) : !this.mayArrive(rule);
    return this.rules.filter((rule) => this.groups.includes(rule.peer) && isDead(rule)).map(({ id }) => id);
  }

  private rulesOf(group: string, direction: SecurityRule["direction"]): SecurityRule[] {
    return this.rules.filter((rule) => rule.group === group && rule.direction === direction);
  }

  private mayLeave({ peer, group, ports }: SecurityRule): boolean {
    if (!this.groups.includes(peer)) return true;
    return this.rulesOf(peer, "out").some((out) => leadsTo(out, group, ports));
  }

  private mayArrive({ peer, group, ports }: SecurityRule): boolean {
    return this.rulesOf(peer, "in").some((rule) => rule.peer === group && covers(rule.ports, ports));
  }
}

const said = ({ peer, ports }: SecurityRule): string => `${peer}:${ports}`;
const covers = (ports: string, wanted: string): boolean => ports === "all" || ports === wanted;
const leadsTo = (out: SecurityRule, group: string, ports: string): boolean =>
  (out.peer === "world" || out.peer === group) && covers(out.ports, ports);

function rulesOf(blocks: Record<string, Block> = {}, direction: SecurityRule["direction"]): SecurityRule[] {
  return Object.entries(blocks).map(([id, block]) => ({
    id,
    group: groupIn(block.security_group_id),
    direction,
    peer: peerOf(block),
    ports: portsOf(block),
    conditional: block.count !== undefined,
    description: typeof block.description === "string" ? block.description : "",
  }));
}

/** The logical id in a reference to a group; any other id stays as it is. */
const groupIn = (value: unknown): string =>
  /^\$\{aws_security_group\.(\w+)\.id\}$/.exec(String(value))?.[1] ?? String(value);

function peerOf(block: Block): string {
  if (block.referenced_security_group_id !== undefined) return groupIn(block.referenced_security_group_id);
  if (block.prefix_list_id !== undefined) return "prefix list";
  const range = block.cidr_ipv4 ?? block.cidr_ipv6;
  if (range === "0.0.0.0/0" || range === "::/0") return "world";
  if (range !== "${each.value}") return String(range);
  return /\bvar\.\w+/.exec(String(block.for_each))?.[0] ?? String(block.for_each);
}

function portsOf({ ip_protocol, from_port, to_port }: Block): string {
  if (ip_protocol === "-1") return "all";
  return from_port === to_port ? String(from_port) : `${String(from_port)}-${String(to_port)}`;
}

import { createHash } from "node:crypto";
import { isPrefix, stem } from "../containers/routes";
import { logicalId } from "../naming/logical-ids";
import { ANY_HOST } from "../spec";

/** Which public requests lead to a service. */
export interface ServiceRoute {
  readonly service: string;
  /** Names as they are served, or "*" for every name. */
  readonly hosts: readonly string[];
  /** "/x" matches this path only, "/x*" everything that begins with it: a load balancer reads them the same way. */
  readonly paths: readonly string[];
}

/** One rule of a listener. */
export interface PlannedRule {
  /** Id of the rule among those of its listener. */
  readonly id: string;
  readonly service: string;
  /** None for every name. */
  readonly hosts: readonly string[];
  readonly path: string;
  /** The rule with the smallest number that matches decides. */
  readonly priority: number;
}

/** Hosts per rule: a rule takes 5 values in all its conditions, and one is the path. Source: ALB quotas. */
const HOSTS_PER_RULE = 4;

/** Priorities below are for rules that no service has. */
const FIRST_PRIORITY = 100;

/** Longest path that a rule takes. Source: Elastic Load Balancing API, RuleCondition. */
const LONGEST_PATH = 128;

/**
 * Numbers that one length of path has, for exact patterns and as many for prefixes. Most routes are short, and the wider
 * the place, the less likely two of them ask for the same number. All of it, once for named hosts and once for every host,
 * fits into the 50000 numbers of a listener.
 */
const widthOf = (length: number): number => (length <= 1 ? 3000 : length <= 20 ? 300 : length <= 50 ? 80 : 12);

/** Numbers that all paths of a length or longer have. */
function roomFrom(length: number): number {
  let room = 0;
  for (let longer = length; longer <= LONGEST_PATH; longer += 1) room += 2 * widthOf(longer);
  return room;
}

/** First number behind all that is more specific: longer paths go first, of two equally long the exact one. */
const startOf = (named: boolean, length: number, prefix: boolean): number =>
  FIRST_PRIORITY + (named ? 0 : roomFrom(1)) + roomFrom(length + 1) + (prefix ? widthOf(length) : 0);

/**
 * The rules of all routes, with priorities under which the most specific rule wins: a named host before every host, then
 * the longer path, then the exact one.
 *
 * A number follows from the rule itself: the length of its path gives the place, a digest of service and path the number in
 * it. So no rule gets another number when a service comes or goes. Only when two ask for the same one, the later in the
 * specification takes the next that is free.
 */
export function plannedRules(routes: readonly ServiceRoute[]): PlannedRule[] {
  const ids = new Set<string>();
  const priorities = new Set<number>();
  return routes.flatMap(({ service, hosts, paths }) =>
    paths.flatMap((path) =>
      hostGroups(hosts).map((group, index) => {
        const named = group.length > 0;
        const key = [service, path, named ? index : ANY_HOST].join(" ");
        const id = freeId([service, slug(path), ...(named ? part(index) : ["any"])].join("_"), key, ids);
        return { id, service, hosts: group, path, priority: freePriority(named, path, key, priorities) };
      }),
    ),
  );
}

/** Named hosts in groups that fit into a rule, and a group without any for every host. */
function hostGroups(hosts: readonly string[]): string[][] {
  const named = hosts.filter((host) => host !== ANY_HOST);
  const groups = Array.from({ length: Math.ceil(named.length / HOSTS_PER_RULE) }, (_, i) =>
    named.slice(i * HOSTS_PER_RULE, (i + 1) * HOSTS_PER_RULE),
  );
  return hosts.includes(ANY_HOST) ? [...groups, []] : groups;
}

/** "/api/*" is "api_all", "/api" is "api", "/" is "root". */
function slug(path: string): string {
  const words = stem(path)
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  if (isPrefix(path)) return words === "" ? "all" : `${words}_all`;
  return words === "" ? "root" : words;
}

const part = (index: number): string[] => (index === 0 ? [] : [String(index + 1)]);

function freeId(wanted: string, key: string, taken: Set<string>): string {
  const id = taken.has(logicalId(wanted)) ? `${wanted}_${digest(key).slice(0, 8)}` : wanted;
  taken.add(logicalId(id));
  return id;
}

function freePriority(named: boolean, path: string, key: string, taken: Set<number>): number {
  const length = Math.min(stem(path).length, LONGEST_PATH);
  const width = widthOf(length);
  const start = startOf(named, length, isPrefix(path));
  const wanted = parseInt(digest(key).slice(0, 8), 16) % width;
  for (let step = 0; step < width; step += 1) {
    const priority = start + ((wanted + step) % width);
    if (taken.has(priority)) continue;
    taken.add(priority);
    return priority;
  }
  throw new Error(`More than ${width} rules with a path as long as ${path}`);
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

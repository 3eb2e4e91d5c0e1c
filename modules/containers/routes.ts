import { publicHost, underDomain } from "../edge/public-hosts";
import type { ResolvedApp } from "../spec";

/** One path pattern of one host. */
export interface PathRoute {
  /** "/x" matches this path only, "/x*" everything that begins with it. */
  readonly pattern: string;
  readonly service: string;
}

/** Everything that one public host leads to. */
export interface HostRoutes {
  /** The host as the specification names it. */
  readonly host: string;
  /** The host as it is served: with the domain of the run in place of the specification's; opaque. */
  readonly served: string;
  /** Most specific first. */
  readonly routes: readonly PathRoute[];
}

/** Public hosts in alphabetical order with their paths, most specific first. */
export function hostRoutes({ services, dns }: ResolvedApp, domain: string | undefined): HostRoutes[] {
  const byHost = new Map<string, PathRoute[]>();
  for (const [service, { route }] of Object.entries(services)) {
    for (const host of route?.hosts ?? []) {
      const routes = byHost.get(host) ?? [];
      routes.push(...(route?.paths ?? []).map((pattern) => ({ pattern, service })));
      byHost.set(host, routes);
    }
  }
  return [...byHost.keys()].sort().map((host) => ({
    host,
    served: underDomain(publicHost(host, dns.domain), domain),
    routes: (byHost.get(host) ?? []).sort(bySpecificity),
  }));
}

/** Whether a pattern stands for everything that begins with it. */
export const isPrefix = (pattern: string): boolean => pattern.endsWith("*");

/** The pattern without its closing star. */
export const stem = (pattern: string): string => (isPrefix(pattern) ? pattern.slice(0, -1) : pattern);

/** Longer patterns first; of two equally long, the exact one; then by name, so that the order never varies. */
function bySpecificity(a: PathRoute, b: PathRoute): number {
  return (
    stem(b.pattern).length - stem(a.pattern).length ||
    Number(isPrefix(a.pattern)) - Number(isPrefix(b.pattern)) ||
    (a.pattern < b.pattern ? -1 : 1)
  );
}

/** Whether a request's path matches a pattern. */
export const matches = (pattern: string, path: string): boolean =>
  isPrefix(pattern) ? path.startsWith(stem(pattern)) : path === pattern;

import { ANY_HOST, type ResolvedApp } from "../spec";

/** A public DNS name of the app. */
export interface PublicHost {
  /** The name as the specification gives it. */
  readonly name: string;
  /** What stands before the domain; "" for the domain itself, undefined when the name lies outside the domain. */
  readonly label: string | undefined;
}

/** All public names that lead to a service, once each, in the order of the specification. */
export function publicHosts(app: Pick<ResolvedApp, "services" | "dns">): PublicHost[] {
  const names = Object.values(app.services).flatMap((service) => service.route?.hosts ?? []);
  return [...new Set(names)].filter((name) => name !== ANY_HOST).map((name) => publicHost(name, app.dns.domain));
}

/** Whether a service answers whatever name the host is asked by, the bare address too. */
export const answersAnyHost = ({ services }: Pick<ResolvedApp, "services">): boolean =>
  Object.values(services).some(({ route }) => route?.hosts.includes(ANY_HOST));

/** A public name with its place in the specification's domain. */
export const publicHost = (name: string, domain: string | undefined): PublicHost => ({
  name,
  label: labelIn(domain, name),
});

function labelIn(domain: string | undefined, name: string): string | undefined {
  if (domain === undefined) return undefined;
  if (name === domain) return "";
  return name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : undefined;
}

/** The name with the domain as a reference, so that another domain is one variable away. */
export function underDomain({ name, label }: PublicHost, domain: string | undefined): string {
  if (label === undefined || domain === undefined) return name;
  return label === "" ? domain : `${label}.${domain}`;
}

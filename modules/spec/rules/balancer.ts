import { ANY_HOST, isOn } from "../fields";
import type { App } from "../schema";
import { showValue } from "../show";
import { finding, quote, type Rule } from "./rule";

/** What a condition on a path may hold. Source: Elastic Load Balancing API, PathPatternConditionConfig. */
const PATH = /^[0-9A-Za-z_.$/~"'@:+&*-]{1,128}$/;

const pathsFitBalancer: Rule = {
  id: "paths-fit-balancer",
  description: "The path of a route is one that a load balancer can look for.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { route }]) =>
      (route?.paths ?? []).flatMap((path, index) =>
        PATH.test(path)
          ? []
          : [
              finding(
                ["services", name, "route", "paths", index],
                quote(path),
                `up to 128 letters, digits and _-.$/~"'@:+&* on tier growth`,
                "rename the path, or route the one above it",
              ),
            ],
      ),
    ),
};

/** Names of one certificate in a new account. Source: AWS Certificate Manager quotas. */
const MOST_NAMES = 10;

const namesFitCertificate: Rule = {
  id: "names-fit-certificate",
  description: "The certificate that the stack requests has room for all public names.",
  check: ({ app }) => {
    const names = new Set(Object.values(app.services).flatMap(({ route }) => route?.hosts ?? []));
    names.delete(ANY_HOST);
    if (!isOn(app.ingress.tls) || app.alb.certificateArn !== undefined || names.size <= MOST_NAMES) return [];
    return [
      finding(
        ["alb", "certificateArn"],
        showValue(undefined),
        `the ARN of a certificate for all ${names.size} public names: one that the stack requests has room for ${MOST_NAMES}`,
        "request one with wildcards in ACM and name it here, or serve fewer names",
      ),
    ];
  },
};

/** Rules of one load balancer. Source: Application Load Balancer quotas. */
const MOST_RULES = 100;
/** Hosts that fit into one rule beside its path. */
const HOSTS_PER_RULE = 4;

/** Rules of the services and the one that closes paths, for each listener, and the one that redirects. */
function rulesOf({ services, ingress }: App): number {
  const routes = Object.values(services).flatMap(({ route }) => (route ? [route] : []));
  const each = routes.reduce(
    (sum, { hosts, paths }) => sum + paths.length * Math.ceil(hosts.length / HOSTS_PER_RULE),
    1,
  );
  return isOn(ingress.tls) ? 2 * each + 1 : each;
}

const routesFitBalancer: Rule = {
  id: "routes-fit-balancer",
  description: "The routes come to no more rules than a load balancer has room for.",
  check: ({ app }) =>
    rulesOf(app) <= MOST_RULES
      ? []
      : [
          finding(
            ["services"],
            `routes that need ${rulesOf(app)} rules of a load balancer`,
            `routes that need up to ${MOST_RULES}: one rule for each path and up to ${HOSTS_PER_RULE} hosts, twice with HTTPS`,
            "route fewer paths, and tell them apart in the service",
          ),
        ],
};

const nameIsNotInternal: Rule = {
  id: "name-is-not-internal",
  description: "No load balancer has a name that begins with what AWS keeps for private ones.",
  check: ({ app }) =>
    app.name === "internal" || app.name.startsWith("internal-")
      ? [
          finding(
            ["name"],
            quote(app.name),
            `a name that does not begin with "internal-": AWS gives no load balancer such a name`,
            "rename the app",
          ),
        ]
      : [],
};

/** Rules about the load balancer. */
export const BALANCER_RULES: readonly Rule[] = [
  pathsFitBalancer,
  namesFitCertificate,
  routesFitBalancer,
  nameIsNotInternal,
];

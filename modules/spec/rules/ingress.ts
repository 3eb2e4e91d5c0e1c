import { ANY_HOST, isOn } from "../fields";
import { showValue } from "../show";
import { finding, quote, type Rule, type Subject } from "./rule";

const servicesOf = ({ app }: Subject) => Object.entries(app.services);

const routesApart: Rule = {
  id: "routes-apart",
  description: "A public host and path leads to one service.",
  check: (subject) => {
    const owners = new Map<string, string>();
    return servicesOf(subject).flatMap(([name, { route }]) =>
      (route?.hosts ?? []).flatMap((host) =>
        (route?.paths ?? []).flatMap((path) => {
          const address = `${host}${path}`;
          const owner = owners.get(address) ?? name;
          owners.set(address, owner);
          if (owner === name) return [];
          return [
            finding(
              ["services", name, "route"],
              quote(address),
              "a host and path that no other service has",
              `services.${owner} has it too: give one of them another host or path`,
            ),
          ];
        }),
      ),
    );
  },
};

const routesInDomain: Rule = {
  id: "routes-in-domain",
  description: "Public hosts lie in the app's domain when it has one.",
  check: (subject) => {
    const { domain } = subject.app.dns;
    if (domain === undefined) return [];
    return servicesOf(subject).flatMap(([name, { route }]) =>
      (route?.hosts ?? []).flatMap((host, index) =>
        host === ANY_HOST || host === domain || host.endsWith(`.${domain}`)
          ? []
          : [
              finding(
                ["services", name, "route", "hosts", index],
                quote(host),
                `${quote(domain)} or a name that ends in ".${domain}"`,
                "correct the host, or dns.domain",
              ),
            ],
      ),
    );
  },
};

const routesNeedProxy: Rule = {
  id: "routes-need-proxy",
  description: "Without a proxy no service has a route.",
  check: (subject) =>
    subject.app.ingress.proxy !== "none"
      ? []
      : servicesOf(subject)
          .filter(([, { route }]) => route !== undefined)
          .map(([name, { route }]) =>
            finding(
              ["services", name, "route"],
              showValue(route),
              `nothing while ingress.proxy is "none"`,
              "remove the route, use hostPort with ingress.directCidrs, or choose a proxy",
            ),
          ),
};

const anyHostIsPlain: Rule = {
  id: "any-host-is-plain",
  description: "With TLS every public host has a name: no certificate is for all of them.",
  check: (subject) =>
    !isOn(subject.app.ingress.tls)
      ? []
      : servicesOf(subject).flatMap(([name, { route }]) =>
          (route?.hosts ?? []).flatMap((host, index) =>
            host === ANY_HOST
              ? [
                  finding(
                    ["services", name, "route", "hosts", index],
                    quote(host),
                    "a DNS name while the proxy speaks TLS",
                    `name the host, or turn ingress.tls off with a reason`,
                  ),
                ]
              : [],
          ),
        ),
};

const acmeEmailNeedsTls: Rule = {
  id: "acme-email-needs-tls",
  description: "A mail address for Let's Encrypt is of use only with TLS at a proxy.",
  check: ({ app: { ingress } }) =>
    ingress.acmeEmail === undefined || (ingress.proxy !== "none" && isOn(ingress.tls))
      ? []
      : [
          finding(
            ["ingress", "acmeEmail"],
            quote(ingress.acmeEmail),
            "a mail address only while a proxy speaks TLS",
            "remove it, or turn the proxy and its TLS on",
          ),
        ],
};

const hostedZoneNeedsDomain: Rule = {
  id: "hosted-zone-needs-domain",
  description: "A hosted zone is of use only for a domain.",
  check: ({ app: { dns } }) =>
    dns.hostedZoneId === undefined || dns.domain !== undefined
      ? []
      : [
          finding(
            ["dns", "domain"],
            showValue(undefined),
            `a DNS name such as "example.com", because dns.hostedZoneId is set`,
            "set the domain of the hosted zone, or remove dns.hostedZoneId",
          ),
        ],
};

/** Ports of the host that something of the stack listens on, and what. */
function takenPorts({ app }: Subject): ReadonlyMap<number, string> {
  const taken = new Map([[22, "SSH"]]);
  if (app.ingress.proxy !== "none") taken.set(80, "the proxy").set(443, "the proxy");
  if (app.database.mode === "own") taken.set(5432, "the database");
  if (app.cache.mode === "own") taken.set(6379, "the cache");
  return taken;
}

const hostPortsFree: Rule = {
  id: "host-ports-free",
  description: "A host port is not one that the stack needs itself.",
  check: (subject) => {
    const taken = takenPorts(subject);
    const allowed = `any port but ${[...taken.keys()].join(", ")}`;
    return servicesOf(subject).flatMap(([name, { hostPort = 0 }]) =>
      taken.has(hostPort)
        ? [
            finding(
              ["services", name, "hostPort"],
              String(hostPort),
              allowed,
              `choose another: ${taken.get(hostPort)} has this one`,
            ),
          ]
        : [],
    );
  },
};

const hostPortsApart: Rule = {
  id: "host-ports-apart",
  description: "Two services have different host ports.",
  check: (subject) => {
    const owners = new Map<number, string>();
    return servicesOf(subject).flatMap(([name, { hostPort }]) => {
      if (hostPort === undefined) return [];
      const owner = owners.get(hostPort);
      if (owner === undefined) {
        owners.set(hostPort, name);
        return [];
      }
      const fix = `choose another: services.${owner} has this one`;
      return [finding(["services", name, "hostPort"], String(hostPort), "a port that no other service has", fix)];
    });
  },
};

const hostPortsNeedClients: Rule = {
  id: "host-ports-need-clients",
  description: "A host port is opened to named ranges only.",
  check: (subject) =>
    subject.app.ingress.directCidrs.length > 0
      ? []
      : servicesOf(subject)
          .filter(([, { hostPort }]) => hostPort !== undefined)
          .map(([name, { hostPort }]) =>
            finding(
              ["services", name, "hostPort"],
              String(hostPort),
              "a port only while ingress.directCidrs names who may reach it",
              "fill ingress.directCidrs, or remove hostPort and use a route",
            ),
          ),
};

const clientsNeedHostPort: Rule = {
  id: "clients-need-host-port",
  description: "Ranges for direct access are given only when a service has a host port.",
  check: (subject) =>
    subject.app.ingress.directCidrs.length === 0 || servicesOf(subject).some(([, one]) => one.hostPort !== undefined)
      ? []
      : [
          finding(
            ["ingress", "directCidrs"],
            showValue(subject.app.ingress.directCidrs),
            "an empty list while no service has a hostPort",
            "remove it, or give a service a hostPort",
          ),
        ],
};

export const INGRESS_RULES: readonly Rule[] = [routesApart, routesInDomain, anyHostIsPlain, hostedZoneNeedsDomain];

/** Rules about the proxy and the ports of a host. */
export const PROXY_RULES: readonly Rule[] = [
  routesNeedProxy,
  acmeEmailNeedsTls,
  hostPortsFree,
  hostPortsApart,
  hostPortsNeedClients,
  clientsNeedHostPort,
];

import type { Row } from "./row";

const api = (fields: object): object => ({ services: { api: fields } });

/** Routes, ports, proxy and public names. */
export const INGRESS_ROWS: readonly Row[] = [
  {
    name: "every host with TLS",
    rule: "any-host-is-plain",
    patch: { services: { api: { route: { hosts: ["*"] } } } },
    lines: [
      `shop-mvp: services.api.route.hosts[0] is "*"; allowed: a DNS name while the proxy speaks TLS; name the host, or turn ingress.tls off with a reason`,
    ],
  },
  {
    name: "route that is a host",
    patch: api({ route: "api.example.com" }),
    lines: [
      `shop-mvp: services.api.route is "api.example.com"; allowed: an object with hosts, paths; write it in braces with these fields`,
    ],
  },
  {
    name: "route without hosts",
    patch: api({ route: { hosts: [] } }),
    lines: [
      "shop-mvp: services.api.route.hosts is an empty list; allowed: a list of 1 to 64 DNS names; write it in square brackets",
    ],
  },
  {
    name: "host with a scheme",
    patch: api({ route: { hosts: ["https://api.example.com"] } }),
    lines: [
      `shop-mvp: services.api.route.hosts[0] is "https://api.example.com"; allowed: a DNS name such as "api.example.com", or "*" for every host; write it in lower case, without scheme, port or trailing dot`,
    ],
  },
  {
    name: "paths as a text",
    patch: api({ route: { paths: "/api" } }),
    lines: [
      `shop-mvp: services.api.route.paths is "/api"; allowed: a list of 1 to 64 path patterns; write it in square brackets`,
    ],
  },
  {
    name: "path with a star in its middle",
    patch: api({ route: { paths: ["/a*/b"] } }),
    lines: [
      `shop-mvp: services.api.route.paths[0] is "/a*/b"; allowed: a path pattern such as "/api/*"; start with /, end with * to match below it`,
    ],
  },
  {
    name: "one address for two services",
    rule: "routes-apart",
    patch: { services: { web: { image: { build: {} }, port: 80, route: { hosts: ["api.example.com"] } } } },
    lines: [
      `shop-mvp: services.web.route is "api.example.com/*"; allowed: a host and path that no other service has; services.api has it too: give one of them another host or path`,
    ],
  },
  {
    name: "host outside the domain",
    rule: "routes-in-domain",
    patch: api({ route: { hosts: ["api.example.org"] } }),
    lines: [
      `shop-mvp: services.api.route.hosts[0] is "api.example.org"; allowed: "example.com" or a name that ends in ".example.com"; correct the host, or dns.domain`,
    ],
  },
  {
    name: "host that only ends like the domain",
    rule: "routes-in-domain",
    patch: api({ route: { hosts: ["notexample.com"] } }),
    lines: [
      `shop-mvp: services.api.route.hosts[0] is "notexample.com"; allowed: "example.com" or a name that ends in ".example.com"; correct the host, or dns.domain`,
    ],
  },
  {
    name: "route without a proxy",
    rule: "routes-need-proxy",
    patch: { ingress: { proxy: "none" } },
    lines: [
      `shop-mvp: services.api.route is an object; allowed: nothing while ingress.proxy is "none"; remove the route, use hostPort with ingress.directCidrs, or choose a proxy`,
    ],
  },
  {
    name: "proxy that does not exist",
    patch: { ingress: { proxy: "traefik" } },
    lines: [`shop-mvp: ingress.proxy is "traefik"; allowed: "caddy" | "nginx" | "none"; choose one of these`],
  },
  {
    name: "TLS off without a reason",
    patch: { ingress: { tls: false } },
    lines: [
      `shop-mvp: ingress.tls is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
    ],
  },
  {
    name: "TLS off with a long reason",
    patch: { ingress: { tls: { off: "x".repeat(201) } } },
    lines: [
      `shop-mvp: ingress.tls.off is "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…; allowed: one sentence of 10 to 200 characters; say why this app does without the safety`,
    ],
  },
  {
    name: "no mail address",
    patch: { ingress: { acmeEmail: "ops" } },
    lines: [
      `shop-mvp: ingress.acmeEmail is "ops"; allowed: a mail address such as "ops@example.com"; write one that people read`,
    ],
  },
  {
    name: "mail address for certificates that nobody asks for",
    rule: "acme-email-needs-tls",
    patch: { ingress: { acmeEmail: "ops@example.com", tls: { off: "a private network only" } } },
    lines: [
      `shop-mvp: ingress.acmeEmail is "ops@example.com"; allowed: a mail address only while a proxy speaks TLS; remove it, or turn the proxy and its TLS on`,
    ],
  },
  {
    name: "origin that does not exist",
    patch: { ingress: { origin: "akamai" } },
    lines: [`shop-mvp: ingress.origin is "akamai"; allowed: "world" | "cloudflare"; choose one of these`],
  },
  {
    name: "direct access in one text",
    patch: { ingress: { directCidrs: "203.0.113.0/24" } },
    lines: [
      `shop-mvp: ingress.directCidrs is "203.0.113.0/24"; allowed: a list of up to 64 IPv4 ranges; write it in square brackets`,
    ],
  },
  {
    name: "direct access for the world",
    patch: { ingress: { directCidrs: ["0.0.0.0/0"] } },
    lines: [
      `shop-mvp: ingress.directCidrs[0] is "0.0.0.0/0"; allowed: an IPv4 range such as "203.0.113.7/32", with a prefix of /8 or longer; name the addresses that need access, or use SSM sessions instead`,
    ],
  },
  {
    name: "direct access to nothing",
    rule: "clients-need-host-port",
    patch: { ingress: { directCidrs: ["203.0.113.0/24"] } },
    lines: [
      "shop-mvp: ingress.directCidrs is a list of 1; allowed: an empty list while no service has a hostPort; remove it, or give a service a hostPort",
    ],
  },
  {
    name: "host port for nobody",
    rule: "host-ports-need-clients",
    patch: api({ hostPort: 9000 }),
    lines: [
      "shop-mvp: services.api.hostPort is 9000; allowed: a port only while ingress.directCidrs names who may reach it; fill ingress.directCidrs, or remove hostPort and use a route",
    ],
  },
  {
    name: "host port of the proxy",
    rule: "host-ports-free",
    patch: { ...api({ hostPort: 443 }), ingress: { directCidrs: ["203.0.113.0/24"] } },
    lines: [
      "shop-mvp: services.api.hostPort is 443; allowed: any port but 22, 80, 443, 5432, 6379; choose another: the proxy has this one",
    ],
  },
  {
    name: "host port of the database",
    rule: "host-ports-free",
    patch: { ...api({ hostPort: 5432 }), ingress: { directCidrs: ["203.0.113.0/24"] } },
    lines: [
      "shop-mvp: services.api.hostPort is 5432; allowed: any port but 22, 80, 443, 5432, 6379; choose another: the database has this one",
    ],
  },
  {
    name: "one host port for two services",
    rule: "host-ports-apart",
    patch: {
      services: { api: { hostPort: 9000 }, web: { image: { build: {} }, port: 80, hostPort: 9000 } },
      ingress: { directCidrs: ["203.0.113.0/24"] },
    },
    lines: [
      "shop-mvp: services.web.hostPort is 9000; allowed: a port that no other service has; choose another: services.api has this one",
    ],
  },
  {
    name: "domain with a dot at its end",
    patch: { dns: { domain: "example.com." } },
    lines: [
      `shop-mvp: dns.domain is "example.com."; allowed: a DNS name such as "api.example.com"; write it in lower case, without scheme, port or trailing dot`,
    ],
  },
  {
    name: "hosted zone by name",
    patch: { dns: { hostedZoneId: "example.com" } },
    lines: [
      `shop-mvp: dns.hostedZoneId is "example.com"; allowed: a hosted zone id such as "Z0123456789ABCDEFGHIJ"; copy it from Route 53`,
    ],
  },
  {
    name: "hosted zone without a domain",
    rule: "hosted-zone-needs-domain",
    patch: { dns: { domain: undefined, hostedZoneId: "Z0123456789ABCDEFGHIJ" } },
    lines: [
      `shop-mvp: dns.domain is missing; allowed: a DNS name such as "example.com", because dns.hostedZoneId is set; set the domain of the hosted zone, or remove dns.hostedZoneId`,
    ],
  },
];

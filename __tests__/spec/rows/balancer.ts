import type { Row } from "./row";

/** The load balancer of tier growth. */
export const BALANCER_ROWS: readonly Row[] = [
  {
    name: "path that a load balancer cannot look for",
    rule: "paths-fit-balancer",
    patch: { stacks: { growth: {} }, services: { api: { route: { paths: ["/v1/{id}", "/v1/*"] } } } },
    lines: [
      `shop-growth: services.api.route.paths[0] is "/v1/{id}"; allowed: up to 128 letters, digits and _-.$/~"'@:+&* on tier growth; rename the path, or route the one above it`,
    ],
  },
  {
    name: "more public names than a certificate takes",
    rule: "names-fit-certificate",
    patch: {
      stacks: { growth: {} },
      services: {
        api: {
          route: {
            hosts: [
              "h0.example.com",
              "h1.example.com",
              "h2.example.com",
              "h3.example.com",
              "h4.example.com",
              "h5.example.com",
              "h6.example.com",
              "h7.example.com",
              "h8.example.com",
              "h9.example.com",
              "h10.example.com",
            ],
          },
        },
      },
    },
    lines: [
      "shop-growth: alb.certificateArn is missing; allowed: the ARN of a certificate for all 11 public names: one that the stack requests has room for 10; request one with wildcards in ACM and name it here, or serve fewer names",
    ],
  },
  {
    name: "more routes than a load balancer takes",
    rule: "routes-fit-balancer",
    patch: {
      stacks: { growth: {} },
      services: {
        api: {
          route: {
            paths: [
              "/0/*",
              "/1/*",
              "/2/*",
              "/3/*",
              "/4/*",
              "/5/*",
              "/6/*",
              "/7/*",
              "/8/*",
              "/9/*",
              "/10/*",
              "/11/*",
              "/12/*",
              "/13/*",
              "/14/*",
              "/15/*",
              "/16/*",
              "/17/*",
              "/18/*",
              "/19/*",
              "/20/*",
              "/21/*",
              "/22/*",
              "/23/*",
              "/24/*",
              "/25/*",
              "/26/*",
              "/27/*",
              "/28/*",
              "/29/*",
              "/30/*",
              "/31/*",
              "/32/*",
              "/33/*",
              "/34/*",
              "/35/*",
              "/36/*",
              "/37/*",
              "/38/*",
              "/39/*",
              "/40/*",
              "/41/*",
              "/42/*",
              "/43/*",
              "/44/*",
              "/45/*",
              "/46/*",
              "/47/*",
              "/48/*",
              "/49/*",
            ],
          },
        },
      },
    },
    lines: [
      "shop-growth: services is routes that need 103 rules of a load balancer; allowed: routes that need up to 100: one rule for each path and up to 4 hosts, twice with HTTPS; route fewer paths, and tell them apart in the service",
    ],
  },
  {
    name: "name that AWS keeps for private load balancers",
    rule: "name-is-not-internal",
    patch: { stacks: { growth: {} }, name: "internal" },
    lines: [
      `internal-growth: name is "internal"; allowed: a name that does not begin with "internal-": AWS gives no load balancer such a name; rename the app`,
    ],
  },
];

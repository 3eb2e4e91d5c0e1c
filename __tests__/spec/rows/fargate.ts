import type { Row } from "./row";

/** What runs on Fargate, its network and its load balancer. */
export const FARGATE_ROWS: readonly Row[] = [
  {
    name: "growth in one zone",
    rule: "zones-are-enough",
    patch: { stacks: { growth: {} }, network: { zones: ["a"] } },
    lines: [
      "shop-growth: network.zones is a list of 1; allowed: a list of 2 to 4 zone letters on tier growth; add a zone: AWS makes no load balancer and no group of database subnets in one",
    ],
  },
  {
    name: "growth in a network that exists",
    rule: "network-is-own",
    patch: {
      stacks: { growth: {} },
      network: { existing: { vpcId: "vpc-0123456789abcdef0", subnetId: "subnet-0123456789abcdef0" } },
    },
    lines: [
      "shop-growth: network.existing is an object; allowed: nothing on tier growth, which makes its own network; remove it, or write it under stacks.mvp.overrides",
    ],
  },
  {
    name: "growth in a small network",
    rule: "room-for-tier-subnets",
    patch: { stacks: { growth: {} }, network: { cidr: "10.9.0.0/21" } },
    lines: [
      `shop-growth: network.cidr is "10.9.0.0/21"; allowed: a range of /20 or larger, with room for three subnets in each of four zones; take a larger range, or give publicSubnets, privateSubnets and databaseSubnets`,
    ],
  },
  {
    name: "some of the subnets on growth",
    rule: "subnet-lists-together",
    patch: { stacks: { growth: {} }, network: { publicSubnets: ["10.1.1.0/24", "10.1.2.0/24"] } },
    lines: [
      "shop-growth: network.privateSubnets is missing; allowed: a list of ranges on tier growth, because other subnets are written; add it, or leave out publicSubnets and databaseSubnets too",
      "shop-growth: network.databaseSubnets is missing; allowed: a list of ranges on tier growth, because other subnets are written; add it, or leave out publicSubnets and privateSubnets too",
    ],
  },
  {
    name: "images of others without the internet",
    rule: "closed-tasks-pull-from-ecr",
    patch: { stacks: { growth: {} }, network: { egress: "endpoints-only" } },
    lines: [
      `shop-growth: network.egress is "endpoints-only"; allowed: a way to the internet, or only images that the stack's own repositories hold; choose another: services.api, the jobs that prepare and back up the database would find no image`,
    ],
  },
  {
    name: "folders on Fargate",
    rule: "tasks-keep-nothing",
    patch: { stacks: { growth: {} }, services: { api: { volumes: [{ name: "uploads", path: "/uploads" }] } } },
    lines: [
      "shop-growth: services.api.volumes is a list of 1; allowed: an empty list on tier growth, whose tasks keep no folder; keep such files in S3 or the database, or turn the service off under stacks.growth.overrides",
    ],
  },
  {
    name: "configuration files on Fargate",
    rule: "files-are-in-images",
    patch: { stacks: { growth: {} }, services: { api: { files: { "/etc/app.toml": "a = 1" } } } },
    lines: [
      "shop-growth: services.api.files is an object; allowed: nothing on tier growth, whose tasks have only the files of their image; put the files into the image, or turn the service off under stacks.growth.overrides",
    ],
  },
  {
    name: "health check longer than ECS lets it",
    rule: "health-checks-fit-ecs",
    patch: {
      stacks: { growth: {} },
      services: { api: { healthCheck: { timeoutSeconds: 70, intervalSeconds: 90, graceSeconds: 400 } } },
    },
    lines: [
      "shop-growth: services.api.healthCheck.timeoutSeconds is 70; allowed: up to 60 on tier growth: less than intervalSeconds, and at most 60; lower it, or raise intervalSeconds",
      "shop-growth: services.api.healthCheck.graceSeconds is 400; allowed: up to 300 on tier growth, the longest that ECS waits; lower it",
    ],
  },
  {
    name: "fewest tasks above the most",
    rule: "scaling-is-in-order",
    patch: { stacks: { growth: {} }, services: { api: { scaling: { min: 5, max: 4 } } } },
    lines: [
      "shop-growth: services.api.scaling.min is 5; allowed: up to 4, which is scaling.max; lower it, or raise scaling.max",
    ],
  },
  {
    name: "scaling by requests that nobody counts",
    rule: "requests-need-route",
    patch: { stacks: { growth: {} }, services: { worker: { scaling: { max: 4, requestsPerTask: 100 } } } },
    lines: [
      "shop-growth: services.worker.scaling.requestsPerTask is 100; allowed: nothing for a service without a route: the load balancer counts no requests of it; remove it, or give the service a route",
    ],
  },
  {
    name: "stack entry of growth in words",
    patch: { stacks: { growth: "yes" } },
    lines: [
      `shop-growth: stacks.growth is "yes"; allowed: an object with id, names, outputAliases, overrides; write it in braces with these fields`,
    ],
  },
  {
    name: "stack entry of growth with wrong fields",
    patch: {
      stacks: { growth: { id: "a.b", names: "none", outputAliases: [], overrides: "none" }, mvp: { overrides: 7 } },
    },
    lines: [
      "shop: stacks.mvp.overrides is 7; allowed: an object with what differs on this tier; write it in braces",
      `shop: stacks.growth.id is "a.b"; allowed: 2 to 40 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
      `shop: stacks.growth.names is "none"; allowed: literal names by logical id; write it in braces, each with its logical id in front`,
      "shop: stacks.growth.outputAliases is an empty list; allowed: outputs by alias; write it in braces, each with its alias in front",
      `shop: stacks.growth.overrides is "none"; allowed: an object with what differs on this tier; write it in braces`,
    ],
  },
  {
    name: "names of growth that are none",
    patch: {
      stacks: { growth: { names: { cluster_cluster: "my cluster" }, outputAliases: { url: "not an output" } } },
    },
    lines: [
      `shop-growth: stacks.growth.names.cluster_cluster is "my cluster"; allowed: 1 to 255 printable characters without spaces; copy the name of the existing resource`,
      `shop-growth: stacks.growth.outputAliases.url is "not an output"; allowed: a Terraform output name, with ".<entry>" for one entry of an output by name; write it as "public_ip" or "repository_urls.<service>"`,
    ],
  },
  {
    name: "override of what a tier cannot change",
    patch: { stacks: { growth: { overrides: { name: "other", servces: {} } } } },
    lines: [
      "shop-growth: stacks.growth.overrides.name is not a known field; allowed: region, tags, protect, network, services, jobs, database, cache, ingress, dns, host, alb, ecs, rds, elasticache, registry, backup, secrets, observability; remove it",
      `shop-growth: stacks.growth.overrides.servces is not a known field; allowed: region, tags, protect, network, services, jobs, database, cache, ingress, dns, host, alb, ecs, rds, elasticache, registry, backup, secrets, observability; did you mean "services"?`,
    ],
  },
  {
    name: "override with a wrong value",
    patch: { stacks: { growth: { overrides: { registry: { keep: 0 } } } } },
    lines: [
      "shop-growth: stacks.growth.overrides.registry.keep is 0; allowed: a whole number from 2 to 1000 (images); set a number in that range, without quotes",
    ],
  },
  {
    name: "sections of growth in words",
    patch: { stacks: { growth: {} }, alb: "public", ecs: "fargate", rds: "postgres", elasticache: "redis" },
    lines: [
      `shop-growth: alb is "public"; allowed: an object with certificateArn, idleSeconds, accessLogDays, waf; write it in braces with these fields`,
      `shop-growth: ecs is "fargate"; allowed: an object with architecture, insights, exec; write it in braces with these fields`,
      `shop-growth: rds is "postgres"; allowed: an object with engine, instanceClass, storageGiB, maxStorageGiB, storageType, capacity, multiAz, readReplicas, backupDays, encrypted, zone; write it in braces with these fields`,
      `shop-growth: elasticache is "redis"; allowed: an object with nodeType, replicas, snapshotDays, tls; write it in braces with these fields`,
    ],
  },
  {
    name: "load balancer with wrong fields",
    patch: { stacks: { growth: {} }, alb: { certificateArn: "cert", idleSeconds: 0, accessLogDays: -1, waf: true } },
    lines: [
      `shop-growth: alb.certificateArn is "cert"; allowed: the ARN of a certificate of ACM; copy it from the ACM console, of the region of the stack`,
      "shop-growth: alb.idleSeconds is 0; allowed: a whole number from 1 to 4000 (seconds); set a number in that range, without quotes",
      "shop-growth: alb.accessLogDays is -1; allowed: a whole number from 0 to 3650 (days); set a number in that range, without quotes",
      "shop-growth: alb.waf is true; allowed: an object with requestsPerFiveMinutes; write it in braces with these fields",
    ],
  },
  {
    name: "firewall with a low limit",
    patch: { stacks: { growth: {} }, alb: { waf: { requestsPerFiveMinutes: 10 } } },
    lines: [
      "shop-growth: alb.waf.requestsPerFiveMinutes is 10; allowed: a whole number from 100 to 2000000000 (requests); set a number in that range, without quotes",
    ],
  },
  {
    name: "containers of growth with wrong fields",
    patch: { stacks: { growth: {} }, ecs: { architecture: "arm", insights: true, exec: "yes" } },
    lines: [
      `shop-growth: ecs.architecture is "arm"; allowed: "x86_64" | "arm64"; choose one of these`,
      `shop-growth: ecs.insights is true; allowed: "enhanced" | "enabled" | "off"; choose one of these`,
      `shop-growth: ecs.exec is "yes"; allowed: true | false; set true or false, without quotes`,
    ],
  },
  {
    name: "tasks in wrong numbers",
    patch: {
      stacks: { growth: {} },
      services: {
        api: { count: -1, spotPercent: 101, scaling: { min: 0, max: 0, cpuPercent: 5, requestsPerTask: 0 } },
      },
    },
    lines: [
      "shop-growth: services.api.count is -1; allowed: a whole number from 0 to 1000 (tasks); set a number in that range, without quotes",
      "shop-growth: services.api.scaling.min is 0; allowed: a whole number from 1 to 1000 (tasks); set a number in that range, without quotes",
      "shop-growth: services.api.scaling.max is 0; allowed: a whole number from 1 to 1000 (tasks); set a number in that range, without quotes",
      "shop-growth: services.api.scaling.cpuPercent is 5; allowed: a whole number from 10 to 90 (per cent); set a number in that range, without quotes",
      "shop-growth: services.api.scaling.requestsPerTask is 0; allowed: a whole number from 1 to 1000000 (requests per minute); set a number in that range, without quotes",
      "shop-growth: services.api.spotPercent is 101; allowed: a whole number from 0 to 100 (per cent); set a number in that range, without quotes",
    ],
  },
  {
    name: "scaling in words",
    patch: { stacks: { growth: {} }, services: { api: { scaling: "auto" } } },
    lines: [
      `shop-growth: services.api.scaling is "auto"; allowed: an object with min, max, cpuPercent, requestsPerTask; write it in braces with these fields`,
    ],
  },
  {
    name: "ways out that do not exist, and subnets that are none",
    patch: {
      stacks: { growth: {} },
      network: { egress: "nat", privateSubnets: "10.1.0.0/19", databaseSubnets: ["10.1.144.0/24"] },
    },
    lines: [
      `shop-growth: network.privateSubnets is "10.1.0.0/19"; allowed: a list of 2 to 4 IPv4 ranges; write it in square brackets`,
      "shop-growth: network.databaseSubnets is a list of 1; allowed: a list of 2 to 4 IPv4 ranges; write it in square brackets",
      `shop-growth: network.egress is "nat"; allowed: "public-tasks" | "nat-instance" | "nat-single" | "nat-per-az" | "nat-regional" | "endpoints-only"; choose one of these`,
    ],
  },
  {
    name: "subnets of growth in words",
    patch: { stacks: { growth: {} }, network: { privateSubnets: ["a", "b"], databaseSubnets: ["c", "d"] } },
    lines: [
      `shop-growth: network.privateSubnets[0] is "a"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
      `shop-growth: network.privateSubnets[1] is "b"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
      `shop-growth: network.databaseSubnets[0] is "c"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
      `shop-growth: network.databaseSubnets[1] is "d"; allowed: an IPv4 range such as "10.0.0.0/16"; write four numbers from 0 to 255 and a prefix length from 0 to 32`,
    ],
  },
  {
    name: "budget of nothing",
    patch: { stacks: { growth: {} }, observability: { budgetUsd: 0 } },
    lines: [
      "shop-growth: observability.budgetUsd is 0; allowed: a whole number from 1 to 1000000 (US dollars a month); set a number in that range, without quotes",
    ],
  },
];

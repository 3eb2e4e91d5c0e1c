import type { Row } from "./row";

/** Fields at the top of an app, and its sections. */
export const TOP_ROWS: readonly Row[] = [
  {
    name: "no name",
    patch: { name: undefined },
    lines: [
      "app 1: name is missing; allowed: 2 to 20 lower-case letters, digits and single dashes, starting with a letter; add it",
    ],
  },
  {
    name: "name with capitals",
    patch: { name: "Shop" },
    lines: [
      `app 1: name is "Shop"; allowed: 2 to 20 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "name too long",
    patch: { name: "a-very-long-name-of-a-shop" },
    lines: [
      `app 1: name is "a-very-long-name-of-a-shop"; allowed: 2 to 20 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "no region",
    patch: { region: undefined },
    lines: [`shop-mvp: region is missing; allowed: an AWS region such as "eu-central-1"; add it`],
  },
  {
    name: "region with a blank",
    patch: { region: "EU (Frankfurt)" },
    lines: [
      `shop-mvp: region is "EU (Frankfurt)"; allowed: an AWS region such as "eu-central-1"; take it from the list of AWS regions`,
    ],
  },
  {
    name: "misspelt required field",
    patch: { region: undefined, regoin: "eu-central-1" },
    lines: [
      `shop-mvp: regoin is not a known field; allowed: name, region, environment, stacks, tags, protect, state, network, services, jobs, database, cache, ingress, dns, host, alb, ecs, rds, elasticache, registry, backup, secrets, observability, ci; did you mean "region"?`,
    ],
  },
  {
    name: "field that nobody knows",
    patch: { kubernetes: true },
    lines: [
      "shop-mvp: kubernetes is not a known field; allowed: name, region, environment, stacks, tags, protect, state, network, services, jobs, database, cache, ingress, dns, host, alb, ecs, rds, elasticache, registry, backup, secrets, observability, ci; remove it",
    ],
  },
  {
    name: "environment of one letter",
    patch: { environment: "p" },
    lines: [
      `shop-mvp: environment is "p"; allowed: 2 to 12 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "sections of a wrong kind",
    patch: {
      stacks: "mvp",
      tags: ["a"],
      state: "s3",
      network: "10.0.0.0/16",
      services: ["api"],
      jobs: "migrate",
      database: "postgres",
      cache: true,
      ingress: "caddy",
      dns: "example.com",
      host: "t3.medium",
      registry: 10,
      backup: "02:00",
      secrets: ["JWT_SECRET"],
      observability: false,
    },
    lines: [
      `shop-mvp: stacks is "mvp"; allowed: an object with mvp, growth; write it in braces with these fields`,
      "shop-mvp: tags is a list of 1; allowed: tags by name; write it in braces, each with its name in front",
      `shop-mvp: state is "s3"; allowed: an object with backend, bucket, region, kmsKeyId; write it in braces with these fields`,
      `shop-mvp: network is "10.0.0.0/16"; allowed: an object with cidr, publicSubnets, privateSubnets, databaseSubnets, zones, egress, existing, flowLogDays; write it in braces with these fields`,
      "shop-mvp: services is a list of 1; allowed: services by name; write it in braces, each with its name in front",
      `shop-mvp: jobs is "migrate"; allowed: jobs by name; write it in braces, each with its name in front`,
      `shop-mvp: database is "postgres"; allowed: an object with mode, major, name, user, databases, extensions, memoryMiB, maxConnections, passwordSecret, urlSecret; write it in braces with these fields`,
      "shop-mvp: cache is true; allowed: an object with mode, engine, version, use, maxMemoryMiB; write it in braces with these fields",
      `shop-mvp: ingress is "caddy"; allowed: an object with proxy, tls, acmeEmail, origin, directCidrs; write it in braces with these fields`,
      `shop-mvp: dns is "example.com"; allowed: an object with domain, hostedZoneId; write it in braces with these fields`,
      `shop-mvp: host is "t3.medium"; allowed: an object with instanceType, os, spot, cpuCredits, rootGiB, dataGiB, snapshotsKept, appDir, keyName, sshCidrs; write it in braces with these fields`,
      "shop-mvp: registry is 10; allowed: an object with keep, scanOnPush; write it in braces with these fields",
      `shop-mvp: backup is "02:00"; allowed: an object with dailyAt, noncurrentDays, keepNoncurrent, maxAgeHours, drillMaxAgeDays; write it in braces with these fields`,
      "shop-mvp: secrets is a list of 1 (not shown); allowed: secrets by name; write it in braces, each with its name in front",
      "shop-mvp: observability is false; allowed: an object with logDays, logs, alarms, emails, dashboard, budgetUsd; write it in braces with these fields",
    ],
  },
  {
    name: "stack of a tier that does not exist",
    patch: { stacks: { mpv: {} } },
    lines: [`shop: stacks.mpv is not a known field; allowed: mvp, growth; did you mean "mvp"?`],
  },
  {
    name: "stack that is no object",
    patch: { stacks: { mvp: true } },
    lines: [
      "shop-mvp: stacks.mvp is true; allowed: an object with id, names, outputAliases, overrides; write it in braces with these fields",
    ],
  },
  {
    name: "no stack",
    rule: "stacks-present",
    patch: { stacks: {} },
    lines: [
      "shop: stacks is an empty object; allowed: an object with at least one of mvp, growth; add mvp: {}, or leave stacks out",
    ],
  },
  {
    name: "stack id with a dot",
    patch: { stacks: { mvp: { id: "shop.mvp" } } },
    lines: [
      `shop-mvp: stacks.mvp.id is "shop.mvp"; allowed: 2 to 40 lower-case letters, digits and single dashes, starting with a letter; shorten or rename it`,
    ],
  },
  {
    name: "names in a list",
    patch: { stacks: { mvp: { names: ["x"] } } },
    lines: [
      "shop-mvp: stacks.mvp.names is a list of 1; allowed: literal names by logical id; write it in braces, each with its logical id in front",
    ],
  },
  {
    name: "literal name with a space",
    patch: { stacks: { mvp: { names: { alarm_cpu: "high cpu" } } } },
    lines: [
      `shop-mvp: stacks.mvp.names.alarm_cpu is "high cpu"; allowed: 1 to 255 printable characters without spaces; copy the name of the existing resource`,
    ],
  },
  {
    name: "literal name under a wrong id",
    patch: { stacks: { mvp: { names: { "alarm cpu": "x" } } } },
    lines: [
      `shop-mvp: stacks.mvp.names.alarm cpu is named "alarm cpu"; allowed: the logical id of a resource; copy it from the stack's Terraform file`,
    ],
  },
  {
    name: "aliases in a list",
    patch: { stacks: { mvp: { outputAliases: ["ip"] } } },
    lines: [
      "shop-mvp: stacks.mvp.outputAliases is a list of 1; allowed: outputs by alias; write it in braces, each with its alias in front",
    ],
  },
  {
    name: "alias to nothing",
    patch: { stacks: { mvp: { outputAliases: { ip: "" } } } },
    lines: [
      `shop-mvp: stacks.mvp.outputAliases.ip is ""; allowed: a Terraform output name, with ".<entry>" for one entry of an output by name; write it as "public_ip" or "repository_urls.<service>"`,
    ],
  },
  {
    name: "alias to an alias",
    rule: "aliases-are-direct",
    patch: { stacks: { mvp: { outputAliases: { ip: "publicIp", publicIp: "public_ip" } } } },
    lines: [
      `shop-mvp: stacks.mvp.outputAliases.ip is "publicIp"; allowed: an output of the stack, not an alias; name the output that the alias stands for`,
    ],
  },
  {
    name: "tag with a comma",
    patch: { tags: { team: "shop, web" } },
    lines: [
      `shop-mvp: tags.team is "shop, web"; allowed: 1 to 256 letters, digits, spaces or _.:/=+-@; AWS allows no other characters in tags`,
    ],
  },
  {
    name: "tag name with a comma",
    patch: { tags: { "a,b": "x" } },
    lines: [
      `shop-mvp: tags.a,b is named "a,b"; allowed: 1 to 128 letters, digits, spaces or _.:/=+-@; AWS allows no other characters in tags`,
    ],
  },
  {
    name: "tag of the stack",
    rule: "tags-free",
    patch: { tags: { Tier: "gold" } },
    lines: [
      `shop-mvp: tags.Tier is named "Tier"; allowed: any name but Application, Environment, Tier, ManagedBy, Name and aws:...; rename it: stacks or AWS set this tag themselves`,
    ],
  },
  {
    name: "tag of AWS",
    rule: "tags-free",
    patch: { tags: { "AWS:owner": "me" } },
    lines: [
      `shop-mvp: tags.AWS:owner is named "AWS:owner"; allowed: any name but Application, Environment, Tier, ManagedBy, Name and aws:...; rename it: stacks or AWS set this tag themselves`,
    ],
  },
  {
    name: "more tags than AWS takes",
    rule: "few-enough-tags",
    patch: { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`tag-${index}`, "x"])) },
    lines: ["shop-mvp: tags is an object with 41 tags; allowed: up to 40 tags; remove the tags that nobody reads"],
  },
  {
    name: "protection off without a reason",
    patch: { protect: false },
    lines: [
      `shop-mvp: protect is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
    ],
  },
  {
    name: "protection off with a short reason",
    patch: { protect: { off: "no" } },
    lines: [
      `shop-mvp: protect.off is "no"; allowed: one sentence of 10 to 200 characters; say why this app does without the safety`,
    ],
  },
  {
    name: "state in a backend that does not exist",
    patch: { state: { backend: "gcs" } },
    lines: [`shop-mvp: state.backend is "gcs"; allowed: "local" | "s3"; choose one of these`],
  },
  {
    name: "state bucket as an address",
    patch: { state: { backend: "s3", bucket: "s3://state" } },
    lines: [
      `shop-mvp: state.bucket is "s3://state"; allowed: the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and dashes; copy the bucket's name, without s3://`,
    ],
  },
  {
    name: "state region in words",
    patch: { state: { backend: "s3", bucket: "state", region: "Ireland" } },
    lines: [
      `shop-mvp: state.region is "Ireland"; allowed: an AWS region such as "eu-central-1"; take it from the list of AWS regions`,
    ],
  },
  {
    name: "state key in words",
    patch: { state: { backend: "s3", bucket: "state", kmsKeyId: "my key" } },
    lines: [`shop-mvp: state.kmsKeyId is "my key"; allowed: a KMS key id, alias or ARN; copy it from the KMS console`],
  },
  {
    name: "state in S3 without a bucket",
    rule: "s3-state-has-bucket",
    patch: { state: { backend: "s3" } },
    lines: [
      `shop-mvp: state.bucket is missing; allowed: the name of an S3 bucket, because state.backend is "s3"; name the bucket that holds the state`,
    ],
  },
  {
    name: "bucket and key of local state",
    rule: "state-fields-need-s3",
    patch: { state: { bucket: "state", kmsKeyId: "alias/state" } },
    lines: [
      `shop-mvp: state.bucket is "state"; allowed: nothing while state.backend is "local"; remove it, or set state.backend to "s3"`,
      `shop-mvp: state.kmsKeyId is "alias/state"; allowed: nothing while state.backend is "local"; remove it, or set state.backend to "s3"`,
    ],
  },
];

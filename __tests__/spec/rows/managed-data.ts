import type { Row } from "./row";

/** The database and the cache that AWS runs. */
export const MANAGED_DATA_ROWS: readonly Row[] = [
  {
    name: "RDS for an external database",
    rule: "rds-needs-own",
    patch: {
      stacks: { growth: {} },
      database: { mode: "external", urlSecret: "DATABASE_URL" },
      rds: { backupDays: 3 },
      services: { worker: { dependsOn: [] } },
    },
    lines: [
      `shop-growth: rds is an object; allowed: nothing while database.mode is "external"; remove it, or set database.mode to "own"`,
    ],
  },
  {
    name: "ElastiCache without a cache",
    rule: "elasticache-needs-own",
    patch: { stacks: { growth: {} }, cache: { mode: "none" }, elasticache: { replicas: 1 } },
    lines: [
      `shop-growth: elasticache is an object; allowed: nothing while cache.mode is "none"; remove it, or set cache.mode to "own"`,
    ],
  },
  {
    name: "instance class of a cluster",
    rule: "rds-fields-of-engine",
    patch: { stacks: { growth: {} }, rds: { engine: "aurora-postgresql", instanceClass: "db.t4g.small" } },
    lines: [
      `shop-growth: rds.instanceClass is "db.t4g.small"; allowed: nothing while rds.engine is "aurora-postgresql"; remove it, or set rds.engine to "postgres"`,
    ],
  },
  {
    name: "capacity of an instance",
    rule: "rds-fields-of-engine",
    patch: { stacks: { growth: {} }, rds: { capacity: { max: 4 } } },
    lines: [
      `shop-growth: rds.capacity is an object; allowed: nothing while rds.engine is "postgres"; remove it, or set rds.engine to "aurora-postgresql"`,
    ],
  },
  {
    name: "storage that grows to less",
    rule: "storage-grows",
    patch: { stacks: { growth: {} }, rds: { storageGiB: 200 } },
    lines: [
      "shop-growth: rds.maxStorageGiB is 100; allowed: 220 or more, a tenth above the storage at the start; raise it, or lower rds.storageGiB",
    ],
  },
  {
    name: "least capacity above the most",
    rule: "capacity-is-in-order",
    patch: { stacks: { growth: {} }, rds: { engine: "aurora-postgresql", capacity: { min: 4 } } },
    lines: [
      "shop-growth: rds.capacity.min is 4; allowed: up to 2, which is capacity.max; lower it, or raise capacity.max",
    ],
  },
  {
    name: "a pause without the capacity for it",
    rule: "capacity-is-in-order",
    patch: { stacks: { growth: {} }, rds: { engine: "aurora-postgresql", capacity: { autoPauseSeconds: 600 } } },
    lines: [
      "shop-growth: rds.capacity.min is 0.5; allowed: 0 for a cluster that pauses; capacity.autoPauseSeconds and a least capacity of 0 go together: set both or none",
    ],
  },
  {
    name: "no capacity without a pause",
    rule: "capacity-is-in-order",
    patch: { stacks: { growth: {} }, rds: { engine: "aurora-postgresql", capacity: { min: 0 } } },
    lines: [
      "shop-growth: rds.capacity.min is 0; allowed: 0.5 or more for a cluster that never pauses; capacity.autoPauseSeconds and a least capacity of 0 go together: set both or none",
    ],
  },
  {
    name: "database in a zone without subnet",
    rule: "database-zone-exists",
    patch: { stacks: { growth: {} }, rds: { zone: "c" } },
    lines: [`shop-growth: rds.zone is "c"; allowed: "a" | "b"; choose one of network.zones`],
  },
  {
    name: "database in one zone and in two",
    rule: "database-zone-exists",
    patch: { stacks: { growth: {} }, rds: { zone: "a", multiAz: true } },
    lines: [
      `shop-growth: rds.zone is "a"; allowed: nothing while rds.multiAz is true; remove it, or turn rds.multiAz off`,
    ],
  },
  {
    name: "role that RDS keeps",
    rule: "roles-are-not-of-rds",
    patch: { stacks: { growth: {} }, database: { user: "rdsadmin" } },
    lines: [
      `shop-growth: database.user is "rdsadmin"; allowed: a name that does not start with "rds" on tier growth; rename it: RDS keeps such roles for itself`,
    ],
  },
  {
    name: "RDS with wrong fields",
    patch: {
      stacks: { growth: {} },
      rds: {
        engine: "mysql",
        instanceClass: "t3.micro",
        storageGiB: 5,
        maxStorageGiB: 5,
        storageType: "io1",
        capacity: 2,
        multiAz: "yes",
        readReplicas: 9,
        backupDays: 0,
        encrypted: false,
        zone: "1",
      },
    },
    lines: [
      `shop-growth: rds.engine is "mysql"; allowed: "postgres" | "aurora-postgresql"; choose one of these`,
      `shop-growth: rds.instanceClass is "t3.micro"; allowed: an RDS instance class such as "db.t4g.micro"; take it from the RDS price list`,
      "shop-growth: rds.storageGiB is 5; allowed: a whole number from 20 to 65536 (GiB); set a number in that range, without quotes",
      "shop-growth: rds.maxStorageGiB is 5; allowed: a whole number from 20 to 65536 (GiB); set a number in that range, without quotes",
      `shop-growth: rds.storageType is "io1"; allowed: "gp3" | "gp2"; choose one of these`,
      "shop-growth: rds.capacity is 2; allowed: an object with min, max, autoPauseSeconds; write it in braces with these fields",
      `shop-growth: rds.multiAz is "yes"; allowed: true | false; set true or false, without quotes`,
      "shop-growth: rds.readReplicas is 9; allowed: a whole number from 0 to 5 (replicas); set a number in that range, without quotes",
      "shop-growth: rds.backupDays is 0; allowed: a whole number from 1 to 35 (days); set a number in that range, without quotes",
      `shop-growth: rds.encrypted is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
      `shop-growth: rds.zone is "1"; allowed: a zone letter from "a" to "f"; use the last letter of the zone's name`,
    ],
  },
  {
    name: "capacity in wrong steps",
    patch: { stacks: { growth: {} }, rds: { capacity: { min: 0.7, max: 0.5, autoPauseSeconds: 60 } } },
    lines: [
      "shop-growth: rds.capacity.min is 0.7; allowed: a number from 0 to 256 in steps of 0.5 (Aurora capacity units); one unit is about 2 GiB of memory",
      "shop-growth: rds.capacity.max is 0.5; allowed: a number from 1 to 256 in steps of 0.5 (Aurora capacity units); one unit is about 2 GiB of memory",
      "shop-growth: rds.capacity.autoPauseSeconds is 60; allowed: a whole number from 300 to 86400 (seconds); set a number in that range, without quotes",
    ],
  },
  {
    name: "encryption off for a short reason",
    patch: { stacks: { growth: {} }, rds: { encrypted: { off: "no" } }, elasticache: { tls: { off: "no" } } },
    lines: [
      `shop-growth: rds.encrypted.off is "no"; allowed: one sentence of 10 to 200 characters; say why this app does without the safety`,
      `shop-growth: elasticache.tls.off is "no"; allowed: one sentence of 10 to 200 characters; say why this app does without the safety`,
    ],
  },
  {
    name: "ElastiCache with wrong fields",
    patch: {
      stacks: { growth: {} },
      elasticache: { nodeType: "t4g.micro", replicas: 6, snapshotDays: 36, tls: false },
    },
    lines: [
      `shop-growth: elasticache.nodeType is "t4g.micro"; allowed: an ElastiCache node type such as "cache.t4g.micro"; take it from the ElastiCache price list`,
      "shop-growth: elasticache.replicas is 6; allowed: a whole number from 0 to 5 (replicas); set a number in that range, without quotes",
      "shop-growth: elasticache.snapshotDays is 36; allowed: a whole number from 0 to 35 (days); set a number in that range, without quotes",
      `shop-growth: elasticache.tls is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
    ],
  },
];

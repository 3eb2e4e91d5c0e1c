import { databaseUserOf, zonesOf } from "../derive";
import { showValue } from "../show";
import { finding, quote, type Rule } from "./rule";

const rdsNeedsOwn: Rule = {
  id: "rds-needs-own",
  description: "RDS is described only for a database that the stack runs.",
  check: ({ app, written }) =>
    app.database.mode === "own" || written.rds === undefined
      ? []
      : [
          finding(
            ["rds"],
            showValue(written.rds),
            `nothing while database.mode is ${quote(app.database.mode)}`,
            `remove it, or set database.mode to "own"`,
          ),
        ],
};

const elasticacheNeedsOwn: Rule = {
  id: "elasticache-needs-own",
  description: "ElastiCache is described only for a cache that the stack runs.",
  check: ({ app, written }) =>
    app.cache.mode === "own" || written.elasticache === undefined
      ? []
      : [
          finding(
            ["elasticache"],
            showValue(written.elasticache),
            `nothing while cache.mode is ${quote(app.cache.mode)}`,
            `remove it, or set cache.mode to "own"`,
          ),
        ],
};

/** Fields of `rds` that only one of the engines has. */
const FIELDS_OF = {
  postgres: ["instanceClass", "storageGiB", "maxStorageGiB", "storageType", "multiAz", "zone"],
  "aurora-postgresql": ["capacity"],
} as const;

const rdsFieldsOfEngine: Rule = {
  id: "rds-fields-of-engine",
  description: "What is said of the database belongs to its engine.",
  check: ({ app: { rds }, written }) => {
    const other = rds.engine === "postgres" ? "aurora-postgresql" : "postgres";
    return FIELDS_OF[other]
      .filter((field) => written.rds?.[field] !== undefined)
      .map((field) =>
        finding(
          ["rds", field],
          showValue(written.rds?.[field]),
          `nothing while rds.engine is ${quote(rds.engine)}`,
          `remove it, or set rds.engine to ${quote(other)}`,
        ),
      );
  },
};

const storageGrows: Rule = {
  id: "storage-grows",
  description: "Storage grows up to a tenth more than what it starts with, or further: RDS takes no lower limit.",
  check: ({ app: { rds } }) => {
    const least = Math.ceil((rds.storageGiB * 11) / 10);
    if (rds.maxStorageGiB >= least) return [];
    return [
      finding(
        ["rds", "maxStorageGiB"],
        String(rds.maxStorageGiB),
        `${least} or more, a tenth above the storage at the start`,
        "raise it, or lower rds.storageGiB",
      ),
    ];
  },
};

const capacityIsInOrder: Rule = {
  id: "capacity-is-in-order",
  description: "An Aurora cluster's least capacity is not more than its most, and 0 only where it may pause.",
  check: ({ app: { rds } }) => {
    const { min, max, autoPauseSeconds } = rds.capacity;
    if (min > max) {
      return [
        finding(
          ["rds", "capacity", "min"],
          String(min),
          `up to ${max}, which is capacity.max`,
          "lower it, or raise capacity.max",
        ),
      ];
    }
    if ((min === 0) === (autoPauseSeconds !== undefined)) return [];
    return [
      finding(
        ["rds", "capacity", "min"],
        String(min),
        autoPauseSeconds === undefined ? "0.5 or more for a cluster that never pauses" : "0 for a cluster that pauses",
        "capacity.autoPauseSeconds and a least capacity of 0 go together: set both or none",
      ),
    ];
  },
};

const databaseZoneExists: Rule = {
  id: "database-zone-exists",
  description: "The database is pinned to a zone of the network, and only without a standby in another.",
  check: ({ app, tier }) => {
    const { zone, multiAz } = app.rds;
    if (zone === undefined) return [];
    const zones = zonesOf(app, tier);
    if (multiAz) {
      return [
        finding(
          ["rds", "zone"],
          quote(zone),
          "nothing while rds.multiAz is true",
          "remove it, or turn rds.multiAz off",
        ),
      ];
    }
    if (zones.includes(zone)) return [];
    return [finding(["rds", "zone"], quote(zone), zones.map(quote).join(" | "), "choose one of network.zones")];
  },
};

const rolesAreNotOfRds: Rule = {
  id: "roles-are-not-of-rds",
  description: "The app's role is none that RDS keeps for itself.",
  check: ({ app }) =>
    app.database.mode === "own" && databaseUserOf(app).startsWith("rds")
      ? [
          finding(
            ["database", "user"],
            quote(databaseUserOf(app)),
            `a name that does not start with "rds" on tier growth`,
            "rename it: RDS keeps such roles for itself",
          ),
        ]
      : [],
};

/** Rules about the database and the cache that AWS runs. */
export const MANAGED_DATA_RULES: readonly Rule[] = [
  rdsNeedsOwn,
  elasticacheNeedsOwn,
  rdsFieldsOfEngine,
  storageGrows,
  capacityIsInOrder,
  databaseZoneExists,
  rolesAreNotOfRds,
];

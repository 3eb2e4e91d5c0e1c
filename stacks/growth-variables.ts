import { type IResolvable, ref, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import type { ResolvedApp, ResolvedService } from "../modules/spec";
import {
  booleanVariable,
  ephemeralVariable,
  numberVariable,
  stringVariable,
  structuredVariable,
} from "../modules/terraform/variables";
import { alertEmails, domain, hostedZoneId, originRanges } from "./shared-variables";

/** Names of the variables that constructs speak of in expressions of their own. */
export const SECRET_VALUES = "secret_values";
export const SECRET_VERSIONS = "secret_versions";

/** How many tasks of a service there are, as references. */
export interface TaskCounts {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

/** What a team changes in the growth stack without Node: each a Terraform variable with the specification's value as default. */
export interface GrowthVariables {
  readonly alertEmails: string[];
  /** Only when the origin is locked to the CDN. */
  readonly originRanges: string[] | undefined;
  /** Only when the app has a domain. */
  readonly domain: string | undefined;
  readonly hostedZoneId: string;
  /** Whether the app runs at all. */
  readonly computeEnabled: IResolvable;
  /** By service. */
  readonly counts: Readonly<Record<string, TaskCounts>>;
  /** Per cent of the requests that go to the spare target groups. */
  readonly sparePercent: number;
  /** Only when the stack has a database of its own. */
  readonly database: DatabaseVariables | undefined;
  /** Only when the stack has a cache. */
  readonly cache: { readonly nodeType: string; readonly replicas: number } | undefined;
  /** Only when the certificate waits for records that a person creates. */
  readonly httpsEnabled: IResolvable | undefined;
  readonly moverEnabled: IResolvable;
}

interface DatabaseVariables {
  readonly instanceClass: string;
  readonly multiAz: IResolvable;
  readonly storageGiB: number;
  /** Read replicas or readers; undefined for an instance that never has any. */
  readonly replicas: number | undefined;
  readonly allowMajorUpgrade: IResolvable;
}

export function declareGrowthVariables(scope: Construct, app: ResolvedApp, needsHttpsSwitch: boolean): GrowthVariables {
  declareSecretVariables(scope, app);
  return {
    alertEmails: alertEmails(scope, app),
    originRanges: app.ingress.origin === "cloudflare" ? originRanges(scope, "load balancer") : undefined,
    domain: app.dns.domain === undefined ? undefined : domain(scope, app.dns.domain),
    hostedZoneId: hostedZoneId(scope, app),
    computeEnabled: booleanVariable(scope, "compute_enabled", {
      description: "Whether services and scheduled jobs run. False stops them all; data and addresses stay.",
      default: true,
    }),
    counts: serviceCounts(scope, app.services),
    sparePercent: sparePercent(scope),
    database: app.database.mode === "own" ? databaseVariables(scope, app) : undefined,
    cache: app.cache.mode === "own" ? cacheVariables(scope, app) : undefined,
    httpsEnabled: needsHttpsSwitch ? httpsEnabled(scope, app) : undefined,
    moverEnabled: booleanVariable(scope, "mover_enabled", {
      description: "Whether a data mover may reach the database. True only while data moves between tiers.",
      default: false,
    }),
  };
}

/** What a service runs by default stands in the description; the map names only what is to differ. */
function serviceCounts(scope: Construct, services: ResolvedApp["services"]): Record<string, TaskCounts> {
  const names = JSON.stringify(Object.keys(services));
  const defaults = Object.entries(services).map(([name, service]) => `${name} ${describeCounts(service)}`);
  structuredVariable(
    scope,
    "service_counts",
    "map(object({ desired = optional(number), min = optional(number), max = optional(number) }))",
    {
      description:
        "Tasks by service where they differ from the specification: desired for a fixed number, min and max for one that " +
        `follows the load. Without an entry: ${defaults.join(", ")}.`,
      default: {},
      rules: [
        {
          condition: `\${alltrue([for name in keys(var.service_counts) : contains(${names}, name)])}`,
          message: `service_counts knows these services: ${Object.keys(services).join(", ")}.`,
        },
        {
          condition:
            "${alltrue(flatten([for counts in values(var.service_counts) : [for count in [counts.desired, counts.min, counts.max] : " +
            "count == null ? true : count >= 0 && count <= 1000 && floor(count) == count]]))}",
          message: "Every number of service_counts must be a whole number from 0 to 1000.",
        },
      ],
    },
  );
  const stack = TerraformStack.of(scope);
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, countsOf(stack, name, service)]));
}

const describeCounts = ({ count, scaling }: ResolvedService): string =>
  scaling === undefined ? String(count) : `${scaling.min} to ${scaling.max}`;

function countsOf(stack: TerraformStack, name: string, { count, scaling }: ResolvedService): TaskCounts {
  const number = (field: keyof TaskCounts, fallback: number): number =>
    Token.asNumber(ref(`coalesce(try(var.service_counts["${name}"].${field}, null), ${fallback})`, stack));
  return {
    desired: number("desired", scaling?.min ?? count),
    min: number("min", scaling?.min ?? count),
    max: number("max", scaling?.max ?? count),
  };
}

const sparePercent = (scope: Construct): number =>
  numberVariable(scope, "spare_traffic_percent", {
    description: "Per cent of the requests that go to the spare target groups, where another tier's tasks are.",
    default: 0,
    rules: [
      {
        condition:
          "${var.spare_traffic_percent >= 0 && var.spare_traffic_percent <= 100 && floor(var.spare_traffic_percent) == var.spare_traffic_percent}",
        message: "spare_traffic_percent must be a whole number from 0 to 100.",
      },
    ],
  });

/** Without a hosted zone the first apply ends with the records to create, instead of waiting for somebody to create them. */
const httpsEnabled = (scope: Construct, { dns }: ResolvedApp): IResolvable =>
  booleanVariable(scope, "https_enabled", {
    description:
      "Whether the load balancer speaks HTTPS. Without a hosted zone: create the records of the output certificate_records, " +
      "and set it to true when the certificate is issued.",
    default: dns.hostedZoneId !== undefined,
  });

function databaseVariables(scope: Construct, { rds }: ResolvedApp): DatabaseVariables {
  const allowMajorUpgrade = booleanVariable(scope, "db_allow_major_upgrade", {
    description: "Whether an apply may bring the database to another major version. It cannot go back.",
    default: false,
  });
  const isInstance = rds.engine === "postgres";
  return {
    allowMajorUpgrade,
    instanceClass: isInstance ? instanceClass(scope, rds) : "",
    multiAz: isInstance ? multiAz(scope, rds) : Token.asAny(false),
    storageGiB: isInstance ? storageGiB(scope, rds) : 0,
    replicas: isInstance && rds.readReplicas === 0 ? undefined : replicas(scope, rds),
  };
}

type Rds = ResolvedApp["rds"];

const instanceClass = (scope: Construct, rds: Rds): string =>
  stringVariable(scope, "db_instance_class", {
    description: "Class of the RDS instance. Another one restarts the database, for minutes without a standby.",
    default: rds.instanceClass,
    rules: [
      {
        condition:
          '${can(regex("^db[.][a-z][a-z0-9]*[.](micro|small|medium|large|[0-9]*xlarge)$", var.db_instance_class))}',
        message: "db_instance_class must be an RDS instance class such as db.t4g.micro.",
      },
    ],
  });

const multiAz = (scope: Construct, rds: Rds): IResolvable =>
  booleanVariable(scope, "db_multi_az", {
    description:
      "Whether a standby in another zone takes over from the database. It doubles the price of the instance.",
    default: rds.multiAz,
  });

const storageGiB = (scope: Construct, rds: Rds): number =>
  numberVariable(scope, "db_storage_gib", {
    description: "Storage of the database in GiB. It grows in place and never shrinks; RDS also grows it by itself.",
    default: rds.storageGiB,
    rules: [
      {
        condition: `\${var.db_storage_gib >= ${rds.storageGiB} && var.db_storage_gib <= 65536 && floor(var.db_storage_gib) == var.db_storage_gib}`,
        message: `db_storage_gib must be a whole number from ${rds.storageGiB} to 65536: storage cannot shrink.`,
      },
    ],
  });

const replicas = (scope: Construct, rds: Rds): number =>
  numberVariable(scope, "db_read_replicas", {
    description: "Copies of the database that answer reads.",
    default: rds.readReplicas,
    rules: [smallWholeNumber("db_read_replicas")],
  });

const smallWholeNumber = (name: string) => ({
  condition: `\${contains([0, 1, 2, 3, 4, 5], var.${name})}`,
  message: `${name} must be a whole number from 0 to 5.`,
});

function cacheVariables(scope: Construct, { elasticache }: ResolvedApp): { nodeType: string; replicas: number } {
  return {
    nodeType: stringVariable(scope, "cache_node_type", {
      description: "Type of the nodes of the cache. Another one is taken over while the cache runs.",
      default: elasticache.nodeType,
      rules: [
        {
          condition:
            '${can(regex("^cache[.][a-z][a-z0-9]*[.](micro|small|medium|large|[0-9]*xlarge)$", var.cache_node_type))}',
          message: "cache_node_type must be an ElastiCache node type such as cache.t4g.micro.",
        },
      ],
    }),
    replicas: numberVariable(scope, "cache_replicas", {
      description: "Replicas of the cache in other zones; with one or more, one of them takes over by itself.",
      default: elasticache.replicas,
      rules: [smallWholeNumber("cache_replicas")],
    }),
  };
}

/** Secrets whose value a person gives. */
export const suppliedSecrets = ({ secrets }: ResolvedApp): string[] =>
  Object.entries(secrets).flatMap(([name, { source, carry }]) => (source === "provided" || carry ? [name] : []));

function declareSecretVariables(scope: Construct, app: ResolvedApp): void {
  const names = suppliedSecrets(app);
  if (names.length === 0) return;
  const known = JSON.stringify(names);
  ephemeralVariable(scope, SECRET_VALUES, "map(string)", {
    description: `Values of ${names.join(", ")}, by name. Needed when a secret is written; kept in no plan and no state.`,
    default: {},
    rules: [
      {
        condition: `\${alltrue([for name in keys(var.${SECRET_VALUES}) : contains(${known}, name)])}`,
        message: `${SECRET_VALUES} knows these names: ${names.join(", ")}.`,
      },
    ],
  });
  structuredVariable(scope, SECRET_VERSIONS, "map(number)", {
    description: "Numbers by name of a secret: raise one to write its value once more. Without an entry it is 1.",
    default: {},
    rules: [
      {
        condition: `\${alltrue([for name, number in var.${SECRET_VERSIONS} : contains(${known}, name) && number >= 1 && floor(number) == number])}`,
        message: `${SECRET_VERSIONS} holds whole numbers from 1 on, for these names: ${names.join(", ")}.`,
      },
    ],
  });
}

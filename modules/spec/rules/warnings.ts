import { contains, overlaps } from "../cidr";
import { endOfLife } from "../end-of-life";
import { ANY_HOST, isOn } from "../fields";
import { SUPERUSER_SECRET } from "../injected";
import { instanceSize } from "../instance-types";
import type { Warning } from "../problem";
import { REGIONS } from "../regions";
import type { ResolvedStack } from "../resolved";
import { suggestion } from "../suggest";
import { CI_WARNINGS } from "./ci";
import { EXTENSIONS_OF_IMAGE } from "./extensions";
import { quote } from "./rule";

type Note = Omit<Warning, "stack">;

/** What a warning may look at besides the stack itself. */
interface Surroundings {
  /** The day of the check, "YYYY-MM-DD". */
  readonly today: string;
  /** All stacks of all apps. */
  readonly stacks: readonly ResolvedStack[];
}

/** Something that works but deserves a second look. */
export interface WarningRule {
  readonly id: string;
  readonly check: (stack: ResolvedStack, surroundings: Surroundings) => readonly Note[];
}

const runsDatabase = ({ app }: ResolvedStack): boolean => app.database.mode === "own";

const oldDatabase: WarningRule = {
  id: "database-end-of-life",
  check: (stack, { today }) => {
    const { major } = stack.app.database;
    const lastDay = endOfLife("PostgreSQL", String(major));
    if (!runsDatabase(stack) || lastDay === undefined || lastDay >= today) return [];
    const text = `PostgreSQL ${major} has had no security fixes since ${lastDay}; plan the move to a newer major`;
    return [{ path: "database.major", text }];
  },
};

const oldCache: WarningRule = {
  id: "cache-end-of-life",
  check: ({ app: { cache } }, { today }) => {
    const lastDay = endOfLife(cache.engine, cache.version);
    if (cache.mode === "none" || lastDay === undefined || lastDay >= today) return [];
    const text = `${cache.engine} ${cache.version} has had no security fixes since ${lastDay}; take a newer version, or valkey`;
    return [{ path: "cache.version", text }];
  },
};

const spotWithDatabase: WarningRule = {
  id: "spot-with-database",
  check: (stack) =>
    stack.tier === "mvp" && stack.app.host.spot && runsDatabase(stack)
      ? [
          {
            path: "host.spot",
            text: "AWS may stop a Spot instance at two minutes' notice, and the database with it; nobody but AWS can start it again",
          },
        ]
      : [],
};

const tiersOverlap: WarningRule = {
  id: "tiers-overlap",
  check: (stack, { stacks }) => {
    const others = stacks
      .slice(0, stacks.indexOf(stack))
      .filter(
        ({ app, tier }) =>
          app.name === stack.app.name && app.environment === stack.app.environment && tier !== stack.tier,
      );
    return others
      .filter(({ app }) => !app.network.existing && !stack.app.network.existing)
      .filter(({ app }) => overlaps(app.network.cidr, stack.app.network.cidr))
      .map(({ id }) => ({
        path: "network.cidr",
        text: `overlaps the network of stack ${quote(id)}; the two cannot be peered, so only an offline move is left`,
      }));
  },
};

const movableImages: WarningRule = {
  id: "image-may-change",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { image }]) => {
      if (!("reference" in image) || image.reference.includes("@sha256:")) return [];
      const path = `services.${name}.image.reference`;
      const tag = /:([^:/]+)$/.exec(image.reference)?.[1] ?? "latest";
      return [{ path, text: `tag ${quote(tag)} may lead to another image tomorrow; add the digest (@sha256:...)` }];
    }),
};

const unknownRegion: WarningRule = {
  id: "region-unknown",
  check: ({ app: { region } }) => {
    if (REGIONS.includes(region)) return [];
    const near = suggestion(region, REGIONS);
    const hint = near === undefined ? "check it before you deploy" : `did you mean ${quote(near)}?`;
    return [{ path: "region", text: `${quote(region)} is no region that this version knows; ${hint}` }];
  },
};

const alarmsUnheard: WarningRule = {
  id: "alarms-unheard",
  check: ({ app: { observability } }) =>
    isOn(observability.alarms) && observability.emails.length === 0
      ? [
          {
            path: "observability.emails",
            text: "is empty, so alarms reach nobody until someone subscribes to the topic",
          },
        ]
      : [],
};

const memoryUnchecked: WarningRule = {
  id: "memory-unchecked",
  check: ({ app: { host }, tier }) =>
    tier !== "mvp" || instanceSize(host.instanceType)
      ? []
      : [
          {
            path: "host.instanceType",
            text: `${quote(host.instanceType)} is not in the table of sizes, so nothing checks that the containers fit; set database.memoryMiB yourself`,
          },
        ],
};

const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const publicRange: WarningRule = {
  id: "network-not-private",
  check: ({ app: { network } }) => {
    const { cidr, existing } = network;
    if (existing || PRIVATE_RANGES.some((range) => contains(range, cidr))) return [];
    return [
      { path: "network.cidr", text: `${quote(cidr)} is not private; addresses of the internet would be unreachable` },
    ];
  },
};

/** Default range of Docker's own bridge on the host. Source: Docker documentation, "dockerd", option --bip. */
const DOCKER_RANGE = "172.17.0.0/16";

const dockerRange: WarningRule = {
  id: "network-meets-docker",
  check: ({ app: { network }, tier }) =>
    tier === "mvp" && !network.existing && overlaps(network.cidr, DOCKER_RANGE)
      ? [
          {
            path: "network.cidr",
            text: `overlaps ${DOCKER_RANGE}, which Docker uses on the host; choose another range`,
          },
        ]
      : [],
};

const unreadSecrets: WarningRule = {
  id: "secret-unread",
  check: ({ app }) => {
    const { passwordSecret, urlSecret, ownRoles } = app.database;
    const read = new Set([
      ...[...Object.values(app.services), ...Object.values(app.jobs)].flatMap(({ secrets }) => secrets),
      SUPERUSER_SECRET,
      passwordSecret,
      urlSecret,
      ...Object.values(ownRoles),
    ]);
    return Object.keys(app.secrets)
      .filter((name) => !read.has(name))
      .map((name) => ({ path: `secrets.${name}`, text: "no service and no job lists it, so nobody reads it" }));
  },
};

const foreignExtensions: WarningRule = {
  id: "extension-not-in-image",
  check: (stack) =>
    runsDatabase(stack) && stack.tier === "mvp"
      ? stack.app.database.extensions
          .filter((name) => !EXTENSIONS_OF_IMAGE.has(name))
          .map((name) => ({
            path: "database.extensions",
            text: `${quote(name)} does not come with the PostgreSQL image; the database cannot create it`,
          }))
      : [],
};

const hostsOf = ({ app }: ResolvedStack): string[] =>
  Object.values(app.services)
    .flatMap(({ route }) => route?.hosts ?? [])
    .filter((host) => host !== ANY_HOST);

const sharedHosts: WarningRule = {
  id: "hosts-shared",
  check: (stack, { stacks }) => {
    const others = stacks
      .slice(0, stacks.indexOf(stack))
      .filter(({ app }) => app.environment !== stack.app.environment || app.name !== stack.app.name);
    return others.flatMap((other) => {
      const shared = hostsOf(stack).find((host) => hostsOf(other).includes(host));
      return shared === undefined
        ? []
        : [
            {
              path: "services",
              text: `public host ${quote(shared)} also leads to stack ${quote(other.id)}; DNS can name one`,
            },
          ];
    });
  },
};

/** Every warning. */
export const WARNING_RULES: readonly WarningRule[] = [
  oldDatabase,
  oldCache,
  spotWithDatabase,
  tiersOverlap,
  movableImages,
  unknownRegion,
  alarmsUnheard,
  memoryUnchecked,
  publicRange,
  dockerRange,
  unreadSecrets,
  foreignExtensions,
  sharedHosts,
  ...CI_WARNINGS,
];

import { describe, expect, test } from "vitest";
import { formatWarning, type ResolvedStack, resolveApps } from "../../modules/spec";
import { WARNING_RULES } from "../../modules/spec/rules/warnings";
import { appWith } from "./rows/row";

const TODAY = "2026-11-21";
const api = (fields: object): object => ({ services: { api: fields } });

const ci = { ci: { github: { repository: "acme/shop" } }, state: { backend: "s3", bucket: "acme-state" } };

const ROWS: readonly { rule: string; patch: object; lines: readonly string[] }[] = [
  {
    rule: "database-end-of-life",
    patch: { database: { major: 14 } },
    lines: [
      "shop-mvp: database.major: PostgreSQL 14 has had no security fixes since 2026-11-12; plan the move to a newer major",
    ],
  },
  {
    rule: "cache-end-of-life",
    patch: { cache: { engine: "redis", version: "7.2" } },
    lines: [
      "shop-mvp: cache.version: redis 7.2 has had no security fixes since 2026-02-28; take a newer version, or valkey",
    ],
  },
  {
    rule: "spot-with-database",
    patch: { host: { spot: true } },
    lines: [
      "shop-mvp: host.spot: AWS may stop a Spot instance at two minutes' notice, and the database with it; nobody but AWS can start it again",
    ],
  },
  {
    rule: "image-may-change",
    patch: api({ image: { reference: "acme/api:latest" } }),
    lines: [
      `shop-mvp: services.api.image.reference: tag "latest" may lead to another image tomorrow; add the digest (@sha256:...)`,
    ],
  },
  {
    rule: "image-may-change",
    patch: api({ image: { reference: "registry.example.com:5000/acme/api" } }),
    lines: [
      `shop-mvp: services.api.image.reference: tag "latest" may lead to another image tomorrow; add the digest (@sha256:...)`,
    ],
  },
  {
    rule: "region-unknown",
    patch: { region: "eu-centrall-1" },
    lines: [`shop-mvp: region: "eu-centrall-1" is no region that this version knows; did you mean "eu-central-1"?`],
  },
  {
    rule: "region-unknown",
    patch: { region: "xx-nowhere-9" },
    lines: [`shop-mvp: region: "xx-nowhere-9" is no region that this version knows; check it before you deploy`],
  },
  {
    rule: "alarms-unheard",
    patch: { observability: { emails: [] } },
    lines: ["shop-mvp: observability.emails: is empty, so alarms reach nobody until someone subscribes to the topic"],
  },
  {
    rule: "memory-unchecked",
    patch: { host: { instanceType: "m9g.large" } },
    lines: [
      `shop-mvp: host.instanceType: "m9g.large" is not in the table of sizes, so nothing checks that the containers fit; set database.memoryMiB yourself`,
    ],
  },
  {
    rule: "network-not-private",
    patch: { network: { cidr: "11.0.0.0/16" } },
    lines: [`shop-mvp: network.cidr: "11.0.0.0/16" is not private; addresses of the internet would be unreachable`],
  },
  {
    rule: "network-meets-docker",
    patch: { network: { cidr: "172.17.0.0/16" } },
    lines: ["shop-mvp: network.cidr: overlaps 172.17.0.0/16, which Docker uses on the host; choose another range"],
  },
  {
    rule: "secret-unread",
    patch: { secrets: { OLD_KEY: {} } },
    lines: ["shop-mvp: secrets.OLD_KEY: no service and no job lists it, so nobody reads it"],
  },
  {
    rule: "extension-not-in-image",
    patch: { database: { extensions: ["pg_trgm", "postgis"] } },
    lines: [
      `shop-mvp: database.extensions: "postgis" does not come with the PostgreSQL image; the database cannot create it`,
    ],
  },
  {
    rule: "hosts-shared",
    patch: { environments: { staging: {} } },
    lines: [
      `shop-mvp-staging: services: public host "api.example.com" also leads to stack "shop-mvp"; DNS can name one`,
    ],
  },
  {
    rule: "ci-one-provider",
    patch: { ...ci, environments: { staging: { services: { api: { route: { hosts: ["staging.example.com"] } } } } } },
    lines: [
      `shop-mvp-staging: ci.oidcProvider: stack "shop-ci" makes the identity provider too, and an account has room for one; write "existing" unless the two go to different accounts`,
    ],
  },
  {
    rule: "ci-state-local",
    patch: { ...ci, state: undefined },
    lines: [
      `shop-mvp: state.backend: "local" is a file that no runner has; the workflows take the repository variable TIERS_STATE, and the ci stack needs the same bucket`,
    ],
  },
];

const linesOf = (patch: object, today = TODAY): string[] =>
  resolveApps([appWith(patch)], { today }).warnings.map(formatWarning);

describe("a warning is one line, and the stack is built", () => {
  test.each(ROWS)("$rule: $lines", ({ patch, lines }) => {
    const { stacks, problems } = resolveApps([appWith(patch)], { today: TODAY });
    expect(linesOf(patch)).toEqual(lines);
    expect(problems).toEqual([]);
    expect(stacks.length).toBeGreaterThan(0);
  });
});

test("every warning has a row here or a test below", () => {
  const tested = new Set([...ROWS.map(({ rule }) => rule), "tiers-overlap"]);
  expect(WARNING_RULES.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
});

test.each(ROWS)("$rule alone gives its line", ({ rule, patch, lines }) => {
  const { stacks } = resolveApps([appWith(patch)]);
  const found = WARNING_RULES.filter(({ id }) => id === rule).flatMap(({ check }) =>
    stacks.flatMap((stack) =>
      check(stack, { today: TODAY, stacks }).map((note) => formatWarning({ stack: stack.id, ...note })),
    ),
  );
  expect(found).toEqual(lines);
});

describe("end of life", () => {
  test.each([
    { today: "2026-11-12", count: 0 },
    { today: "2026-11-13", count: 1 },
  ])("on $today PostgreSQL 14 gives $count warnings", ({ today, count }) => {
    expect(linesOf({ database: { major: 14 } }, today)).toHaveLength(count);
  });

  test("of a database elsewhere is not ours to say", () => {
    const patch = { database: { mode: "none" }, services: { worker: { dependsOn: [] } } };
    expect(linesOf(patch, "2040-01-01").filter((line) => line.includes("PostgreSQL"))).toEqual([]);
  });

  test("is today's question when nobody names a day", () => {
    const patch = { database: { major: 13 } };
    expect(resolveApps([appWith(patch)]).warnings.map(({ path }) => path)).toContain("database.major");
  });
});

describe("tiers of one app", () => {
  const rule = WARNING_RULES.find(({ id }) => id === "tiers-overlap");
  const [mvp] = resolveApps([appWith({})]).stacks;
  if (!rule || !mvp) throw new Error("the rule and the good app must exist");

  /** What a second tier will look like once there is one. */
  const second = (change: object, app: object = {}): ResolvedStack =>
    ({ ...mvp, id: "shop-growth", tier: "growth", ...change, app: { ...mvp.app, ...app } }) as unknown as ResolvedStack;
  const notes = (other: ResolvedStack) => rule.check(other, { today: TODAY, stacks: [mvp, other] });

  test("whose networks overlap cannot be peered", () => {
    expect(notes(second({}))).toEqual([
      {
        path: "network.cidr",
        text: `overlaps the network of stack "shop-mvp"; the two cannot be peered, so only an offline move is left`,
      },
    ]);
  });

  test.each([
    ["networks lie apart", second({}, { network: { ...mvp.app.network, cidr: "10.1.0.0/16" } })],
    ["they are of different environments", second({}, { environment: "staging" })],
    ["they are of different apps", second({}, { name: "other" })],
    ["it is the same tier", second({ tier: "mvp" })],
  ])("is silent when %s", (_, other) => {
    expect(notes(other)).toEqual([]);
  });
});

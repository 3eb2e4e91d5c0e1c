/** References, unique names and refusals to delete: every entry of the data files, good and bad. */
import { describe, expect, test } from "vitest";
import type { Obj, WorldObject } from "../../../scripts/simulator/contract";
import { readFacts, readTypes } from "../../../scripts/simulator/facts/load";
import type { Attribute } from "../../../scripts/simulator/schema/types";
import {
  Account,
  bindingsHave,
  checkCreation,
  configWith,
  creation,
  CTX,
  dataSchemaOf,
  KNOWN,
  object,
  REGION,
} from "./account";
import { schemaOf, summaries } from "./account";

interface Target {
  objects: string[];
  error: string;
  prefix?: string;
  global?: boolean;
}
interface ReferenceFacts {
  targets: Record<string, Target>;
  attributes: Record<string, string>;
  arguments: Record<string, string | null>;
}
const REFERENCES = readFacts<ReferenceFacts>("references.json");

/** Where a target is named: exact arguments, and the first type that has an argument of a general name. */
function uses(): { type: string; path: string; target: Target }[] {
  const exact = Object.entries(REFERENCES.arguments).flatMap(([place, name]) => {
    const [type, path] = cut(place);
    return name === null ? [] : [{ type, path, target: REFERENCES.targets[name]! }];
  });
  const general = Object.entries(REFERENCES.attributes).map(([attribute, name]) => {
    const type = [...readTypes().keys()].find((candidate) => settable(candidate, attribute));
    if (type === undefined) throw new Error(`no type has a top-level argument ${attribute}`);
    return { type, path: attribute, target: REFERENCES.targets[name]! };
  });
  return [...exact, ...general];
}

function cut(place: string): [type: string, path: string] {
  const dot = place.indexOf(".");
  return [place.slice(0, dot), place.slice(dot + 1)];
}

function settable(type: string, name: string): boolean {
  const attribute: Attribute | undefined = schemaOf(type)?.block.attributes.find((a) => a.name === name);
  const exempt = REFERENCES.arguments[`${type}.${name}`] !== undefined;
  return attribute !== undefined && !exempt && (attribute.optional || attribute.required);
}

/** Types that stand for things Terraform does not manage. */
const SYNTHETIC = new Set(["ecr_image", "s3_object"]);

describe("references", () => {
  const places = uses();

  test("the data names arguments and attributes that exist", () => {
    const named = Object.values(REFERENCES.targets).flatMap(({ objects }) => objects);
    const wrong = [...named, ...Object.keys(REFERENCES.arguments)].filter((place) => {
      const [type, path] = cut(place);
      return !bindingsHave(schemaOf(type), path);
    });
    expect(wrong).toEqual([]);
    expect(places.map(({ target }) => target)).not.toContain(undefined);
    console.log(`references tried: ${places.length}`);
    expect(places.length).toBe(67);
  });

  test.each(places)("$type.$path must name something that exists", ({ type, path, target }) => {
    const value = `${target.prefix ?? ""}something`;
    const config = configWith([path, value]);
    const refused = summaries(checkCreation(type, config)).filter((s) => s.includes(target.error.split(/[:{]/)[0]!));
    expect(refused, "in an empty account").toHaveLength(1);
    for (const place of target.objects) {
      const [holder, attribute] = cut(place);
      const region = target.global ? "global" : REGION;
      const id = attribute === "id" ? value : "other";
      const account = new Account(object(holder, id, attribute === "id" ? {} : { [attribute]: value }, region));
      const left = summaries(checkCreation(type, config, account));
      expect(
        left.filter((summary) => refused.includes(summary)),
        `with ${place}`,
      ).toEqual([]);
    }
  });

  test("an object of another region is not there", () => {
    const account = new Account(object("aws_vpc", "vpc-1", {}, "us-east-1"));
    expect(summaries(checkCreation("aws_internet_gateway", { vpc_id: "vpc-1" }, account))).toEqual([
      "creating aws_internet_gateway: InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
    ]);
  });

  const TOPIC = `arn:aws:sns:${REGION}:${CTX.account}:alerts`;

  test("an ARN of the account must exist", () => {
    const config = { alarm_name: "cpu", alarm_actions: [TOPIC] };
    expect(summaries(checkCreation("aws_cloudwatch_metric_alarm", config))).toEqual([
      `creating aws_cloudwatch_metric_alarm: NotFound: Topic does not exist: ${TOPIC}`,
    ]);
    const account = new Account(object("aws_sns_topic", TOPIC, { arn: TOPIC }));
    expect(checkCreation("aws_cloudwatch_metric_alarm", config, account)).toEqual([]);
  });

  test.each([
    ["of another account", `arn:aws:sns:${REGION}:210987654321:alerts`],
    ["of AWS", `arn:aws:automate:${REGION}:ec2:recover`],
    ["of a kind that is not simulated", `arn:aws:robots:${REGION}:${CTX.account}:robot/one`],
    ["of a role that AWS makes itself", `arn:aws:iam::${CTX.account}:role/aws-service-role/ecs.amazonaws.com/x`],
    ["with a wildcard", `arn:aws:sns:${REGION}:${CTX.account}:alerts-*`],
  ])("an ARN %s is not looked up", (_name, arn) => {
    expect(checkCreation("aws_cloudwatch_metric_alarm", { alarm_name: "cpu", alarm_actions: [arn] })).toEqual([]);
  });

  test("ARNs of parts name the whole: keys of a bucket, streams of a log group", () => {
    const group = `arn:aws:logs:${REGION}:${CTX.account}:log-group:/app`;
    const account = new Account(
      object("aws_cloudwatch_log_group", "/app", { name: "/app", arn: group }),
      object("aws_s3_bucket", "logs", { bucket: "logs", arn: "arn:aws:s3:::logs" }, REGION),
    );
    for (const log_destination of [`${group}:*`, "arn:aws:s3:::logs/flow/"]) {
      expect(checkCreation("aws_flow_log", { log_destination }, account)).toEqual([]);
    }
    expect(summaries(checkCreation("aws_flow_log", { log_destination: "arn:aws:s3:::nope/flow/" }, account))).toEqual([
      "creating aws_flow_log: NoSuchBucket: The specified bucket does not exist: arn:aws:s3:::nope/flow/",
    ]);
  });

  test("on update only what changed is looked up", () => {
    const config = { vpc_id: "vpc-gone", tags: { a: "b" } };
    const input = { ...creation("aws_internet_gateway", config), prior: { id: "igw-1", vpc_id: "vpc-gone" } };
    expect(KNOWN.checkApply(input)).toEqual([]);
    const moved = KNOWN.checkApply({ ...input, config: { vpc_id: "vpc-new" }, result: { vpc_id: "vpc-new" } });
    expect(summaries(moved)).toEqual([
      "updating aws_internet_gateway: InvalidVpcID.NotFound: The vpc ID 'vpc-new' does not exist",
    ]);
  });

  test("names of map keys are no references, and what the user did not write is not looked up", () => {
    const config = { tags: { vpc_id: "vpc-none" }, labels: { role: "web" } };
    expect(checkCreation("aws_eip", config, new Account(), { network_interface_id: "eni-made-up" })).toEqual([]);
  });

  test("the message says what to do", () => {
    const [problem] = checkCreation("aws_subnet", { vpc_id: "vpc-1" });
    expect(problem).toMatchObject({ severity: "error", path: ["vpc_id"] });
    expect(problem!.detail).toContain('add it to "world" in the fixtures file');
  });
});

interface UniqueRule {
  scope: string;
  key: string[];
  optional?: string[];
  unless?: string;
  error: string;
}
const UNIQUE = Object.entries(readFacts<Record<string, UniqueRule[]>>("unique.json")).flatMap(([type, rules]) =>
  rules.map((rule) => ({ type, rule, name: `${type} by ${rule.key.join(", ")}` })),
);

/** Unique by the data alone: references and placement are tested elsewhere. */
function collisions(type: string, attributes: Obj, account: Account, error: string): string[] {
  const start = error.split("{")[0]!;
  const input = { ...creation(type, {}, account), result: attributes };
  return summaries(KNOWN.checkApply(input)).filter((summary) => summary.includes(start));
}

describe("unique names", () => {
  test("the data names attributes that exist", () => {
    const wrong = UNIQUE.flatMap(({ type, rule }) =>
      [...rule.key, ...(rule.unless ? [rule.unless] : [])]
        .filter((path) => !bindingsHave(schemaOf(type), path))
        .map((path) => `${type}.${path}`),
    );
    expect(wrong).toEqual([]);
    console.log(`unique names tried: ${UNIQUE.length}`);
    expect(UNIQUE.length).toBe(71);
  });

  test.each(UNIQUE)("$name", ({ type, rule }) => {
    const attributes = configWith(...rule.key.map((path): [string, unknown] => [path, "same"]));
    const twin = (region: string): Account => new Account({ type, id: "first", region, attributes });
    expect(collisions(type, attributes, new Account(), rule.error), "alone").toEqual([]);
    expect(collisions(type, attributes, twin(REGION), rule.error), "twice").toHaveLength(1);
    const elsewhere = collisions(type, attributes, twin("us-east-1"), rule.error);
    expect(elsewhere, "in another region").toHaveLength(rule.scope === "region" ? 0 : 1);
    const other = configWith(...rule.key.map((path): [string, unknown] => [path, "other"]));
    expect(collisions(type, other, twin(REGION), rule.error), "another name").toEqual([]);
    if (!rule.unless) return;
    const allowed = { ...attributes, [rule.unless]: true };
    expect(collisions(type, allowed, twin(REGION), rule.error), rule.unless).toEqual([]);
  });

  test("an object does not collide with itself", () => {
    const role = object("aws_iam_role", "web", { name: "web" }, "global");
    const input = { ...creation("aws_iam_role", {}, new Account(role), { name: "web" }), prior: role.attributes };
    expect(KNOWN.checkApply(input)).toEqual([]);
  });

  const SECRET = { name: "app/key", arn: "arn:x" };
  const create = (account: Account): string[] => summaries(checkCreation("aws_secretsmanager_secret", SECRET, account));
  const destroyed = (days: number): Account => {
    const account = new Account();
    const secret = object("aws_secretsmanager_secret", "arn:x", { ...SECRET, recovery_window_in_days: days });
    KNOWN.hooks(secret.type).destroy!({ object: secret, ctx: CTX, world: account });
    return account;
  };

  test("a deleted secret keeps its name for its recovery window", () => {
    const [message] = create(destroyed(30));
    expect(message).toContain("already scheduled for deletion");
    expect(message).toContain("AWS keeps the name of app/key for the 30 days");
  });

  test("a secret that was deleted at once leaves its name", () => {
    expect(create(destroyed(0))).toEqual([]);
  });
});

interface DeletionRule {
  error: string;
  when?: string;
  unless?: string;
  unlessSet?: string;
  usedBy?: string[];
  key?: string;
  exceptOwn?: string;
}
const DELETION = Object.entries(readFacts<Record<string, DeletionRule[]>>("deletion.json")).flatMap(([type, rules]) =>
  rules.map((rule) => ({ type, rule, name: `${type}: ${rule.error}` })),
);

/** The object of a rule that nothing else protects. */
function subject(type: string, rule: DeletionRule, more: Obj = {}): WorldObject {
  const harmless = { skip_final_snapshot: true };
  return object(type, "it", { ...harmless, ...(rule.key ? { [rule.key]: "it" } : {}), ...more });
}

function refusals(target: WorldObject, rule: DeletionRule, ...others: WorldObject[]): string[] {
  const start = rule.error.split("{")[0]!;
  const found = KNOWN.checkDestroy(target, CTX, new Account(target, ...others));
  return summaries(found).filter((summary) => summary.includes(start));
}

describe("deletion", () => {
  test("the data names types and arguments that exist", () => {
    const own = DELETION.flatMap(({ type, rule }) =>
      [rule.when, rule.unless, rule.unlessSet, rule.key]
        .filter((p) => p !== undefined)
        .map((path) => `${type}.${path}`),
    );
    const users = DELETION.flatMap(({ rule }) => rule.usedBy ?? []).filter((place) => !SYNTHETIC.has(cut(place)[0]));
    const wrong = [...own, ...users].filter((place) => {
      const [type, path] = cut(place);
      return !bindingsHave(schemaOf(type), path);
    });
    expect(wrong).toEqual([]);
    console.log(`refusals to delete tried: ${DELETION.length}`);
    expect(DELETION.length).toBe(34);
  });

  test.each(DELETION)("$name", ({ type, rule }) => {
    const value = { [rule.when ?? rule.unlessSet ?? "id"]: rule.when ? true : rule.unlessSet ? null : "it" };
    const unprotected = rule.unless ? { [rule.unless]: false } : {};
    for (const place of rule.usedBy ?? ["none.none"]) {
      const [user, path] = cut(place);
      const others = rule.usedBy ? [object(user, "user", configWith([path, "it"]))] : [];
      const bad = subject(type, rule, { ...value, ...unprotected });
      expect(refusals(bad, rule, ...others), `protected by ${place}`).toHaveLength(1);
      if (rule.unless)
        expect(refusals(subject(type, rule, { ...value, [rule.unless]: true }), rule, ...others)).toEqual([]);
    }
    const free = {
      ...unprotected,
      ...(rule.when ? { [rule.when]: false } : {}),
      ...(rule.unlessSet ? { [rule.unlessSet]: "x" } : {}),
    };
    expect(refusals(subject(type, rule, free), rule), "nothing in the way").toEqual([]);
  });

  test("a rule of a group that names the group itself does not hold it back", () => {
    const group = object("aws_security_group", "sg-1");
    const own = { security_group_id: "sg-1", referenced_security_group_id: "sg-1" };
    const rule = object("aws_vpc_security_group_ingress_rule", "sgr-1", own);
    expect(KNOWN.checkDestroy(group, CTX, new Account(group, rule))).toEqual([]);
  });

  test("the message names the users", () => {
    const subnet = object("aws_subnet", "subnet-1");
    const instances = Array.from({ length: 7 }, (_, i) => object("aws_instance", `i-${i}`, { subnet_id: "subnet-1" }));
    const [problem] = KNOWN.checkDestroy(subnet, CTX, new Account(subnet, ...instances));
    expect(problem!.summary).toBe(
      "deleting aws_subnet: DependencyViolation: The subnet 'subnet-1' has dependencies and cannot be deleted.",
    );
    expect(problem!.detail).toContain("aws_instance i-0, aws_instance i-1");
    expect(problem!.detail).toContain("and 2 more");
  });
});

test("lookups name arguments of data sources and attributes of resources", () => {
  const lookups = Object.entries(readFacts<Record<string, Record<string, string>>>("lookups.json"));
  const wrong = lookups.flatMap(([type, pairs]) =>
    Object.entries(pairs).filter(
      ([argument, attribute]) =>
        !bindingsHave(dataSchemaOf(type), argument) || !bindingsHave(schemaOf(type), attribute),
    ),
  );
  expect(wrong).toEqual([]);
  expect(lookups.length).toBeGreaterThan(20);
});

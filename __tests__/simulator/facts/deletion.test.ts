/** What must not be deleted: every entry of the data file, good and bad. */
import { describe, expect, test } from "vitest";
import type { Obj, WorldObject } from "../../../scripts/simulator/contract";
import type { DeletionRule } from "../../../scripts/simulator/facts/deletion";
import { readFacts } from "../../../scripts/simulator/facts/load";
import { Account, bindingsHave, configWith, CTX, cut, KNOWN, object, schemaOf, summaries, the } from "./account";

/** Types that stand for things Terraform does not manage. */
const SYNTHETIC = new Set(["ecr_image", "s3_object"]);

const DELETION = Object.entries(readFacts("deletion.json") as Record<string, DeletionRule[]>).flatMap(([type, rules]) =>
  rules.map((rule) => ({ type, rule, name: `${type}: ${rule.error}` })),
);

/** The object of a rule; other rules of its type do not look at it. */
function subject(type: string, rule: DeletionRule, more: Obj): WorldObject {
  return object(type, "it", { ...(rule.key ? { [rule.key]: "it" } : {}), ...more });
}

function refusals(target: WorldObject, rule: DeletionRule, ...others: WorldObject[]): string[] {
  const start = the(rule.error.split("{")[0]);
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
    expect(DELETION.length).toBe(35);
  });

  test.each(DELETION)("$name", ({ type, rule }) => {
    const held = { [rule.when ?? "id"]: rule.when ? true : "it", ...(rule.unless ? { [rule.unless]: false } : {}) };
    const allowed = [
      ...(rule.unless ? [{ ...held, [rule.unless]: true }] : []),
      ...(rule.unlessSet ? [{ ...held, [rule.unlessSet]: "something" }] : []),
      ...(rule.when ? [{ ...held, [rule.when]: false }] : []),
    ];
    for (const place of rule.usedBy ?? [undefined]) {
      const users = place === undefined ? [] : [object(cut(place)[0], "user", configWith([cut(place)[1], "it"]))];
      expect({ place, found: refusals(subject(type, rule, held), rule, ...users).length }).toEqual({ place, found: 1 });
      for (const more of allowed) expect(refusals(subject(type, rule, more), rule, ...users)).toEqual([]);
    }
    expect(rule.usedBy ? refusals(subject(type, rule, held), rule) : []).toEqual([]);
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
    expect(the(problem).summary).toBe(
      "deleting aws_subnet: DependencyViolation: The subnet 'subnet-1' has dependencies and cannot be deleted.",
    );
    expect(the(problem).detail).toContain("aws_instance i-0, aws_instance i-1");
    expect(the(problem).detail).toContain("and 2 more");
  });
});

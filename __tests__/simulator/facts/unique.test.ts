/** Names that may stand once: every entry of the data file, good and bad. */
import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { readFacts } from "../../../scripts/simulator/facts/load";
import type { UniqueRule } from "../../../scripts/simulator/facts/unique";
import {
  Account,
  bindingsHave,
  checkCreation,
  configWith,
  creation,
  CTX,
  KNOWN,
  object,
  REGION,
  schemaOf,
  summaries,
  the,
} from "./account";

const UNIQUE = Object.entries(readFacts("unique.json") as Record<string, UniqueRule[]>).flatMap(([type, rules]) =>
  rules.map((rule) => ({ type, rule, name: `${type} by ${rule.key.join(", ")}` })),
);

/** Unique by the data alone: references and placement are tested elsewhere. */
function collisions(type: string, attributes: Obj, account: Account, error: string): string[] {
  const start = the(error.split("{")[0]);
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
    expect(UNIQUE.length).toBe(78);
  });

  test.each(UNIQUE)("$name", ({ type, rule }) => {
    const attributes = configWith(...rule.key.map((path): [string, unknown] => [path, "same"]));
    const twin = (region: string): Account => new Account({ type, id: "first", region, attributes });
    expect(collisions(type, attributes, new Account(), rule.error)).toEqual([]);
    expect(collisions(type, attributes, twin(REGION), rule.error)).toHaveLength(1);
    const elsewhere = collisions(type, attributes, twin("us-east-1"), rule.error);
    expect(elsewhere).toHaveLength(rule.scope === "region" ? 0 : 1);
    const other = configWith(...rule.key.map((path): [string, unknown] => [path, "other"]));
    expect(collisions(type, other, twin(REGION), rule.error)).toEqual([]);
    if (!rule.unless) return;
    const allowed = { ...attributes, [rule.unless]: true };
    expect(collisions(type, allowed, twin(REGION), rule.error)).toEqual([]);
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
    the(KNOWN.hooks(secret.type).destroy?.({ object: secret, ctx: CTX, world: account }));
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

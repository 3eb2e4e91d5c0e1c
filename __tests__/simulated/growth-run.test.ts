import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SimulatedAccount } from "../helpers/simulated";
import { TEST_OUTPUT } from "../helpers/synth";
import { proof, simple, whole } from "./growth-apps";

/** The hosted zone of `whole` exists before. */
const BEFORE = {
  world: [
    {
      type: "aws_route53_zone",
      id: "Z0123456789ABCDEFGHIJ",
      region: "eu-central-1",
      attributes: { id: "Z0123456789ABCDEFGHIJ", zone_id: "Z0123456789ABCDEFGHIJ", name: "whole.example.com" },
    },
  ],
};

/** What a person gives at the first apply of a stack. */
const GIVEN: Record<string, string[]> = {
  whole: [`-var=secret_values={JWT_SECRET="the-jwt-secret-of-before",LICENSE="the-license"}`],
};

let account: SimulatedAccount;

beforeAll(async () => {
  const fixtures = path.join(TEST_OUTPUT, "growth-run-fixtures.json");
  fs.mkdirSync(TEST_OUTPUT, { recursive: true });
  fs.writeFileSync(fixtures, JSON.stringify(BEFORE));
  account = await SimulatedAccount.start("growth-run", [simple, whole, proof], fixtures);
});

afterAll(async () => {
  await account.stop();
  fs.rmSync(path.join(TEST_OUTPUT, "growth-run-fixtures.json"));
});

describe.each(["simple", "whole", "proof"])("stack %s", (stack) => {
  test("validates, plans and applies, and a second plan is empty", { timeout: 180_000 }, async () => {
    await account.init(stack);
    await account.must(stack, "validate");
    const given = GIVEN[stack] ?? [];
    const planned = await account.plan(stack, ...given);
    expect(planned.length).toBeGreaterThan(10);
    expect(planned.every(({ actions }) => actions.join() === "create")).toBe(true);
    await account.apply(stack, ...given);
    expect(await account.plan(stack)).toEqual([]);
  });
});

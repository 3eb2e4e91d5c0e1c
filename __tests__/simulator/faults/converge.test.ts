/** The real Terraform on the shipped mvp stack when something goes wrong: what it says, and that the next apply mends it. */
import { afterEach, describe, expect, test } from "vitest";
import { shippedStack } from "../../helpers/shipped";
import { FaultyAccount } from "./account";

const LIMIT_MS = 120_000;

let account: FaultyAccount | undefined;
afterEach(async () => {
  await account?.close();
  account = undefined;
});

const open = (name: string, ...faults: string[]): FaultyAccount => (account = new FaultyAccount(name, faults));

/** Nothing to do, and the account holds what the state holds: no more, no less. */
async function expectWhole(one: FaultyAccount): Promise<void> {
  expect(await one.planCode()).toBe(0);
  expect(one.world()).toEqual(one.state());
  expect(one.world().length).toBeGreaterThan(50);
}

/** Types of AWS in the stack. */
const types = (): string[] => Object.keys(shippedStack("mvp").resource).filter((type) => type.startsWith("aws_"));

/** Types that an account holds. */
const made = (one: FaultyAccount): string[] =>
  [...new Set(one.world().map((line) => line.split(" ")[0] ?? ""))].filter((type) => type.startsWith("aws_"));

describe("every type of the stack", () => {
  test(
    "whose first creation AWS refuses, is made by a later apply, and nothing is left over",
    async () => {
      const one = open("refused", ...types().map((type) => `create:${type}=fail:AccessDenied`));
      const refused = new Set<string>();
      for (let applies = 0; applies < 15; applies++) {
        const { code, stderr } = await one.apply();
        if (code === 0) break;
        for (const [, type = ""] of stderr.matchAll(/creating (aws_\w+): AccessDenied: User is not/g))
          refused.add(type);
      }
      await expectWhole(one);
      expect([...refused].sort()).toEqual(made(one));
    },
    LIMIT_MS,
  );

  test(
    "whose first creation was cut off after AWS did it, is imported or met again, and nothing is left over",
    async () => {
      const one = open("lost", ...types().map((type) => `create:${type}=lose`));
      const lost = new Set<string>();
      for (let applies = 0; applies < 15; applies++) {
        const { code, stderr } = await one.apply();
        if (code === 0) break;
        const text = stderr.replace(/[│\s]+/g, " ");
        for (const [, type = ""] of text.matchAll(/creating (aws_\w+): request send failed/g)) lost.add(type);
        await one.importForgotten(text);
      }
      await expectWhole(one);
      expect([...lost].sort()).toEqual(made(one));
    },
    LIMIT_MS,
  );
});

describe("a process that is killed", () => {
  test(
    "after AWS did it: a taken name comes with its import, a second network without a word; before: nothing is left",
    async () => {
      const one = open("cut-off", "create:aws_iam_role=die:after", "create:aws_vpc=lose", "create:aws_instance=kill");
      expect(await one.failingApply()).toMatch(/AWS made aws_vpc "(vpc-\w+)".*terraform import <address> '\1'/);
      const [role, vpc] = await one.forgotten();
      expect([role?.type, vpc?.type]).toEqual(["aws_iam_role", "aws_vpc"]);
      const said = await one.failingApply();
      expect(said).toContain(`EntityAlreadyExists: Role with name ${role?.id} already exists.`);
      expect(said).toContain(`give it to this resource: terraform import <address> '${role?.id}'`);
      await one.importForgotten(said);
      expect(await one.failingApply()).not.toContain("Error");
      expect(one.log().filter((line) => /^(die|kill) /.test(line))).toEqual([
        "die after create of aws_iam_role",
        "kill before create of aws_instance",
      ]);
      expect((await one.apply()).code).toBe(0);
      expect(await one.planCode()).toBe(0);
      expect((await one.forgotten()).map(({ id }) => id)).toEqual([vpc?.id]);
      expect(one.world().length).toBe(one.state().length + 1);
    },
    LIMIT_MS,
  );
});

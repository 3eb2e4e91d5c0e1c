/** The texts that people write faults in. */
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { startSimulator } from "../../../scripts/simulator";
import { faultText, parseFaults } from "../../../scripts/simulator/faults/spec";
import { makeFolder, removeFolder, ROOT } from "../support";

describe("a fault in full", () => {
  test.each([
    ["create:aws_vpc=fail", "create:aws_vpc:1=fail:InternalFailure"],
    ["create:aws_vpc:2=fail:VpcLimitExceeded", "create:aws_vpc:2=fail:VpcLimitExceeded"],
    ["create:*=lose", "create:*:1=lose"],
    ["update:aws_vpc=partial", "update:aws_vpc:1=partial"],
    ["update:aws_ecs_service=revert:task_definition", "update:aws_ecs_service:1=revert:task_definition"],
    ["read:aws_vpc=throttle:4", "read:aws_vpc:1=throttle:4:1000"],
    ["create:aws_vpc:each=throttle:4:1", "create:aws_vpc:each=throttle:4:1"],
    ["delete:aws_vpc=slow:50", "delete:aws_vpc:each=slow:50"],
    ["any:*=slow:realistic", "any:*:each=slow:realistic:10"],
    ["any:*:3=slow:realistic:100", "any:*:3=slow:realistic:100"],
    ["create:aws_vpc=die", "create:aws_vpc:1=die:before"],
    ["create:random_id=kill:after", "create:random_id:1=kill:after"],
  ])("%s", (text, full) => {
    const { faults, problems } = parseFaults([text]);
    expect(problems).toEqual([]);
    expect(faults.map(faultText)).toEqual([full]);
    expect(parseFaults([full]).faults).toEqual(faults);
  });
});

describe("the guide and the help", () => {
  test.each(["docs/guides/simulator.md", "scripts/commands/simulate.ts"])("%s shows faults that are faults", (file) => {
    const text = fs.readFileSync(path.join(ROOT, file), "utf8");
    const shown = [...text.matchAll(/\b(?:create|read|update|delete|any):[\w*:]+=[\w:]+/g)].map(([fault]) => fault);
    expect(shown.length).toBeGreaterThan(2);
    expect(parseFaults(shown).problems).toEqual([]);
  });
});

describe("what is no fault", () => {
  test.each([
    ["create:aws_vpc", 'it has no "="; write <call>:<type>'],
    ["make:aws_vpc=fail", 'the call "make" is none of create, read, update, delete, any'],
    ["create:vpc=fail", '"vpc" is no resource type; write one like aws_instance'],
    ["create=fail", '"" is no resource type'],
    ["create:aws_vpc:0=fail", 'the number of the call must be a whole number from 1 to 1000000, got "0"'],
    ["create:aws_vpc:first=fail", 'the number of the call must be a whole number from 1 to 1000000, got "first"'],
    ["create:aws_vpc:1:2=fail", '"create:aws_vpc:1:2" has too many parts'],
    ["create:aws_vpc=explode", '"explode" is none of fail, lose, partial, revert, throttle, slow, die or kill'],
    ["create:aws_vpc=fail:no such", '"no such" is no error code of AWS; write one like AccessDenied'],
    [
      "create:aws_vpc=fail:ThrottlingException",
      "the provider tries again on ThrottlingException; write throttle:<attempts>",
    ],
    ["create:aws_vpc=throttle", 'how many attempts are throttled must be a whole number from 1 to 1000, got ""'],
    ["create:aws_vpc=throttle:2:0", "how many times shorter must be a whole number"],
    ["create:aws_vpc=slow:soon", 'the milliseconds must be a whole number from 1 to 600000, got "soon"'],
    ["create:aws_vpc=slow:1:2", '"slow:1:2" has too many parts'],
    ["update:aws_vpc=revert", '"" is no attribute; write one of the type'],
    ["update:aws_vpc=revert:Tags", '"Tags" is no attribute'],
    ["create:aws_vpc=revert:tags", '"revert" is for the update of one type'],
    ["update:*=revert:tags", '"revert" is for the update of one type'],
    ["create:aws_vpc=lose:it", '"lose" takes nothing after it, got "it"'],
    ["create:aws_vpc=die:now", '"now" is neither before nor after'],
    ["any:aws_vpc=fail", '"any" is for slow only'],
    ["create:aws_vpc:each=fail", 'no apply would ever succeed if each call met "fail"'],
    ["read:aws_vpc=lose", "a read changes nothing, so nothing is lost"],
    ["read:aws_vpc=die:after", "before and after are the same; write die"],
    ["delete:aws_vpc=partial", '"partial" is for create and update'],
    ["create:random_id=fail", "random_id is made without a call to AWS, so only die and kill can happen to it"],
  ])("%s", (text, reason) => {
    const { faults, problems } = parseFaults([text]);
    expect(faults).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(reason)]);
    expect(problems[0]).toMatch(/^The fault "[^\n]+" is not understood: [^\n]+\.$/);
  });

  test("two for one call, unless one of them only waits", () => {
    expect(parseFaults(["create:aws_vpc=fail", "create:aws_vpc:1=slow:5"]).problems).toEqual([]);
    expect(parseFaults(["create:aws_vpc=fail", "create:aws_vpc:1=lose"]).problems).toEqual([
      expect.stringContaining('"create:aws_vpc:1=fail:InternalFailure" is for the same call'),
    ]);
  });

  test("stops a simulator before it starts, with every mistake", async () => {
    const dir = makeFolder("faults-spec");
    const started = startSimulator({ dir, faults: ["x", "create:aws_vpc=explode"], baseEnv: {} });
    await expect(started).rejects.toThrow(/"x" is not understood.*\n.*"create:aws_vpc=explode" is not understood/);
    removeFolder(dir);
  });
});

import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { seal, unseal } from "../../../scripts/simulator/hooks/sealed";
import { Account, checkCreation, created, CTX, KNOWN, object, summaries, the } from "../facts/account";

const TYPE = "aws_secretsmanager_secret_version";
const ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/key-AbCdEf";

const account = (): Account => new Account(object("aws_secretsmanager_secret", ARN, { arn: ARN, name: "app/key" }));

/** Writes a value as Terraform does. */
const write = (into: Account, value: string, version_id: string, more: Obj = {}): Obj =>
  created(TYPE, { secret_id: ARN, secret_string_wo: value, ...more }, into, {
    version_id,
    version_stages: [],
    ...more,
  });

const read = (from: Account, more: Obj = {}): Obj =>
  KNOWN.dataSource(TYPE, { secret_id: "app/key", ...more }, CTX, from);

describe("values of secrets", () => {
  test("are given out by the secret's name or ARN, and lie sealed in the world", () => {
    const world = account();
    expect(write(world, "hunter2", "v1")).toMatchObject({
      arn: ARN,
      version_stages: ["AWSCURRENT"],
      has_secret_string_wo: true,
    });
    expect(read(world)).toMatchObject({ secret_string: "hunter2", version_id: "v1", arn: ARN });
    expect(read(world, { secret_id: ARN })).toMatchObject({ secret_string: "hunter2" });
    expect(JSON.stringify(world.all())).not.toContain("hunter2");
  });

  test("make way for the next one, which alone is current", () => {
    const world = account();
    write(world, "first", "v1", { version_stages: ["AWSCURRENT", "MINE"] });
    write(world, "second", "v2");
    expect(read(world).secret_string).toBe("second");
    expect(read(world, { version_stage: "AWSPREVIOUS" }).secret_string).toBe("first");
    expect(read(world, { version_stage: "MINE" }).secret_string).toBe("first");
    write(world, "third", "v3");
    expect(read(world, { version_stage: "AWSPREVIOUS" }).secret_string).toBe("second");
    expect(read(world, { version_id: "v1" })).toMatchObject({ secret_string: "first", version_stages: ["MINE"] });
  });

  test("go with the secret, and not with the version that Terraform wrote", () => {
    const world = account();
    write(world, "hunter2", "v1");
    KNOWN.hooks(TYPE).destroy?.({ object: object(TYPE, `${ARN}|v1`, { secret_id: ARN }), ctx: CTX, world });
    expect(read(world).secret_string).toBe("hunter2");
    const [secret] = world.ofType("aws_secretsmanager_secret");
    the(KNOWN.hooks("aws_secretsmanager_secret").destroy?.({ object: the(secret), ctx: CTX, world }));
    expect(read(world)).toHaveProperty("missing");
  });

  test("an empty one is refused", () => {
    expect(summaries(checkCreation(TYPE, { secret_id: ARN, secret_string_wo: "" }, account()))).toEqual([
      expect.stringContaining("You must provide either SecretString or SecretBinary"),
    ]);
  });
});

test("what is sealed opens again in its own account only", () => {
  expect(unseal(seal("pässword", "1"), "1")).toBe("pässword");
  expect(unseal(seal("pässword", "1"), "2")).not.toBe("pässword");
});

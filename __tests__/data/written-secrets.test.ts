import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput, type TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { GeneratedSecret, type GeneratedSecretProps } from "../../modules/data/generated-secret";
import { SuppliedSecret } from "../../modules/data/supplied-secret";
import type { WrittenSecret } from "../../modules/data/written-secret";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";
import { NAMES } from "./managed-stack";

const synthSecret = (make: (stack: TerraformStack) => WrittenSecret): string =>
  synth((stack) => {
    new RandomProvider(stack, "random");
    const { arn, name } = make(stack);
    new TerraformOutput(stack, "exposed", { value: { arn, name } });
  });

const generated = (encoding: GeneratedSecretProps["encoding"], names = NAMES): string =>
  synthSecret(
    (stack) => new GeneratedSecret(stack, "secret_key", { names, name: "KEY", bytes: 32, encoding, recoveryDays: 7 }),
  );

const supplied = (carry: boolean): string =>
  synthSecret(
    (stack) =>
      new SuppliedSecret(stack, "secret_key", {
        names: NAMES,
        name: "KEY",
        carry,
        valuesVariable: "secret_values",
        versionsVariable: "secret_versions",
        recoveryDays: 0,
      }),
  );

interface Parts {
  readonly ephemeral?: { readonly random_password?: Record<string, object> };
  readonly resource: { readonly terraform_data?: Record<string, Record<string, unknown>> };
}
const partsOf = (json: string): Parts => JSON.parse(json) as Parts;

const VALUE = "ephemeral.random_password.secret_key_value.result";

describe("a generated secret", () => {
  const json = generated("base64");

  test("is a secret that is restorable, and a value that only a write-only argument gets", () => {
    expect(onlyOne(json, SecretsmanagerSecret)).toEqual({
      name: "shop/growth/secret/KEY",
      description: "Value of KEY; generated, kept by nobody else",
      recovery_window_in_days: 7,
      tags: { Carry: "false" },
    });
    expect(onlyOne(json, SecretsmanagerSecretVersion)).toEqual({
      secret_id: "${aws_secretsmanager_secret.secret_key_secret.arn}",
      secret_string_wo: `\${base64encode(${VALUE})}`,
      secret_string_wo_version: 1,
      version_stages: ["AWSCURRENT", "TERRAFORM"],
      lifecycle: { ignore_changes: ["version_stages"] },
    });
    expect(outputOf(json, "exposed")).toEqual({
      arn: "${aws_secretsmanager_secret.secret_key_secret.arn}",
      name: "${aws_secretsmanager_secret.secret_key_secret.name}",
    });
  });

  test.each<[GeneratedSecretProps["encoding"], object, string]>([
    ["base64", { length: 32, special: true }, `base64encode(${VALUE})`],
    [
      "base64url",
      { length: 32, special: true },
      `replace(replace(replace(base64encode(${VALUE}), "+", "-"), "/", "_"), "=", "")`,
    ],
    ["hex", { length: 64, upper: false, lower: false, special: true, override_special: "abcdef" }, VALUE],
  ])("in %s is drawn and encoded so", (encoding, settings, expression) => {
    const encoded = generated(encoding);
    expect(partsOf(encoded).ephemeral).toEqual({ random_password: { secret_key_value: settings } });
    expect(onlyOne(encoded, SecretsmanagerSecretVersion).secret_string_wo).toBe(`\${${expression}}`);
  });

  test("each drawing goes into one place", () => {
    for (const encoding of ["base64", "base64url", "hex"] as const) {
      expect(generated(encoding).split(VALUE)).toHaveLength(2);
    }
  });

  test("takes a literal name", () => {
    const names = new PhysicalNames({ app: "shop", tier: "growth" }, { secret_key_secret: "old/key" });
    expect(onlyOne(generated("hex", names), SecretsmanagerSecret).name).toBe("old/key");
  });
});

describe("a supplied secret", () => {
  const json = supplied(true);

  test("says by a tag that it is carried along", () => {
    expect(onlyOne(json, SecretsmanagerSecret)).toMatchObject({ tags: { Carry: "true" }, recovery_window_in_days: 0 });
    expect(onlyOne(supplied(false), SecretsmanagerSecret)).toMatchObject({ tags: { Carry: "false" } });
  });

  test("takes value and number from the variables, by its name", () => {
    expect(onlyOne(json, SecretsmanagerSecretVersion)).toMatchObject({
      secret_string_wo: '${lookup(var.secret_values, "KEY", "")}',
      secret_string_wo_version: '${lookup(var.secret_versions, "KEY", 1)}',
    });
  });

  test("remembers after the value when it was written, and asks for the value when that is now", () => {
    const { secret_key_written: written } = partsOf(json).resource.terraform_data ?? {};
    expect(written).toEqual({
      triggers_replace: "${aws_secretsmanager_secret_version.secret_key_version.id}",
      input: "${plantimestamp()}",
      lifecycle: {
        ignore_changes: ["input"],
        postcondition: [
          {
            condition: '${self.input != plantimestamp() || lookup(var.secret_values, "KEY", "") != ""}',
            error_message: expect.stringContaining("It has to be the value of the tier before."),
          },
        ],
      },
    });
    expect(supplied(false)).not.toContain("the tier before");
  });

  test("draws nothing", () => {
    expect(partsOf(json).ephemeral).toBeUndefined();
  });
});

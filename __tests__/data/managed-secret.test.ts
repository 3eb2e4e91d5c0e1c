import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { ManagedSecret } from "../../modules/data/managed-secret";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { synth } from "../helpers/synth";
import { secretValues } from "./secrets";

function synthSecret(carry: boolean, literals: Readonly<Record<string, string>> = {}): string {
  return synth((stack) => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" }, literals);
    const { arn } = new ManagedSecret(stack, "secret_jwt_secret", { names, name: "JWT_SECRET", carry });
    new TerraformOutput(stack, "exposed", { value: arn });
  });
}

describe("ManagedSecret", () => {
  const json = synthSecret(false);

  test("is a secret without a value, restorable for a week", () => {
    expect(onlyOne(json, SecretsmanagerSecret)).toEqual({
      name: "shop/mvp/secret/JWT_SECRET",
      description: "Value of JWT_SECRET; Terraform never sees it",
      recovery_window_in_days: 7,
      tags: { Carry: "false" },
    });
    expect(resourceTypes(json)).toEqual(["aws_secretsmanager_secret"]);
    expect(secretValues(json)).toEqual([]);
    expect(outputOf(json, "exposed")).toBe("${aws_secretsmanager_secret.secret_jwt_secret_secret.arn}");
  });

  test("says by a tag that it must be carried along to another tier", () => {
    expect(synthSecret(true)).toHaveResourceWithProperties(SecretsmanagerSecret, { tags: { Carry: "true" } });
  });

  test("takes a literal name", () => {
    const named = synthSecret(false, { secret_jwt_secret_secret: "old/jwt" });
    expect(named).toHaveResourceWithProperties(SecretsmanagerSecret, { name: "old/jwt" });
  });
});

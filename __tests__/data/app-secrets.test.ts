import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { AppSecrets } from "../../modules/data/app-secrets";
import { PhysicalNames } from "../../modules/naming/physical-names";
import type { Secret } from "../../modules/spec";
import { addresses, outputOf } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { secretValues } from "./secrets";

const secret = (store: Secret["store"], changes: Partial<Secret> = {}): Secret => ({
  bytes: 32,
  encoding: "base64url",
  source: "generated",
  store,
  carry: false,
  ...changes,
});

const NONE = { parameters: [], managed: [] };

function synthSecrets(
  secrets: Readonly<Record<string, Secret>>,
  literals: Readonly<Record<string, string>> = {},
): string {
  return synth((stack) => {
    const { sources, arns, generatedArns } = new AppSecrets(stack, "secret", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }, literals),
      secrets,
      region: "eu-central-1",
      accountId: "${data.aws_caller_identity.account.account_id}",
    });
    new TerraformOutput(stack, "exposed", { value: { sources, arns, generatedArns } });
  });
}

describe("AppSecrets", () => {
  test("without secrets makes and grants nothing", () => {
    const json = synthSecrets({});
    expect(addresses(json)).toEqual([]);
    expect(outputOf(json, "exposed")).toEqual({ sources: {}, arns: NONE, generatedArns: NONE });
  });

  test("a Parameter Store secret is a name only: Terraform would read a parameter's value back into state", () => {
    const json = synthSecrets({ JWT_SECRET: secret("ssm") });
    expect(addresses(json)).toEqual([]);
    const arn =
      "arn:aws:ssm:eu-central-1:${data.aws_caller_identity.account.account_id}:parameter/shop/mvp/secret/JWT_SECRET";
    expect(outputOf(json, "exposed")).toEqual({
      sources: { JWT_SECRET: { store: "ssm", id: "/shop/mvp/secret/JWT_SECRET" } },
      arns: { parameters: [arn], managed: [] },
      generatedArns: { parameters: [arn], managed: [] },
    });
  });

  test("a Secrets Manager secret is made empty, with its tag", () => {
    const json = synthSecrets({ API_KEY: secret("secrets-manager", { carry: true }) });
    expect(addresses(json)).toEqual(["aws_secretsmanager_secret.secret_api_key_secret"]);
    expect(json).toHaveResourceWithProperties(SecretsmanagerSecret, { tags: { Carry: "true" } });
    const arn = "${aws_secretsmanager_secret.secret_api_key_secret.arn}";
    expect(outputOf(json, "exposed")).toEqual({
      sources: { API_KEY: { store: "secrets-manager", id: arn } },
      arns: { parameters: [], managed: [arn] },
      generatedArns: { parameters: [], managed: [arn] },
    });
  });

  test("both kinds together, each where it belongs, and no value anywhere", () => {
    const json = synthSecrets({
      A: secret("ssm"),
      B: secret("secrets-manager"),
      C: secret("ssm"),
      D: secret("secrets-manager"),
    });
    const { sources, arns } = outputOf(json, "exposed") as {
      sources: Record<string, { store: string }>;
      arns: { parameters: string[]; managed: string[] };
    };
    expect(Object.entries(sources).map(([name, { store }]) => `${name} ${store}`)).toEqual([
      "A ssm",
      "B secrets-manager",
      "C ssm",
      "D secrets-manager",
    ]);
    expect(arns.parameters.map((arn) => arn.slice(-1))).toEqual(["A", "C"]);
    expect(arns.managed).toHaveLength(2);
    expect(json).toHaveResourceCount(SecretsmanagerSecret, 2);
    expect(secretValues(json)).toEqual([]);
  });

  test("what a person provides is not among what the host may generate", () => {
    const provided = { source: "provided" } as const;
    const json = synthSecrets({
      A: secret("ssm", provided),
      B: secret("ssm"),
      C: secret("secrets-manager"),
      D: secret("secrets-manager", provided),
    });
    const { arns, generatedArns } = outputOf(json, "exposed") as Record<string, typeof NONE>;
    expect([arns?.parameters.length, arns?.managed.length]).toEqual([2, 2]);
    expect(generatedArns).toEqual({
      parameters: [expect.stringMatching(/\/secret\/B$/)],
      managed: ["${aws_secretsmanager_secret.secret_c_secret.arn}"],
    });
  });

  test("takes literal names for both kinds", () => {
    const json = synthSecrets(
      { JWT_SECRET: secret("ssm"), API_KEY: secret("secrets-manager") },
      { secret_jwt_secret: "/old/jwt", secret_api_key_secret: "old/key" },
    );
    expect(outputOf(json, "exposed")).toMatchObject({ sources: { JWT_SECRET: { id: "/old/jwt" } } });
    expect(Object.values(resourcesOf(json, SecretsmanagerSecret))[0]).toMatchObject({ name: "old/key" });
  });
});

test("the search for secret values finds them", () => {
  const planted = {
    resource: {
      aws_secretsmanager_secret_version: { v: { secret_id: "x" } },
      aws_ssm_parameter: { p: { name: "/p", value: "hunter2" } },
    },
  };
  expect(secretValues(JSON.stringify(planted))).toEqual([
    "aws_secretsmanager_secret_version.v.secret_id",
    "aws_ssm_parameter.p.value",
  ]);
});

import { describe, expect, test } from "vitest";
import type { ResolvedStack } from "../../modules/spec";
import { stateBackend, withStateSetting } from "../../modules/terraform/state-backend";

type State = ResolvedStack["app"]["state"];

/** A stack as far as its state is concerned. */
function stackWith(state: State, id = "shop-mvp"): ResolvedStack {
  return {
    id,
    tier: "mvp",
    names: {},
    outputAliases: {},
    app: { name: "shop", region: "eu-central-1", state },
  } as ResolvedStack;
}

const local = stackWith({ backend: "local", region: "eu-central-1" });

describe("stateBackend", () => {
  test("local: beside cdktf.json, as seen from the stack's own directory, named by the stack", () => {
    expect(stateBackend(local)).toEqual({ type: "local", path: "../../../terraform.shop-mvp.tfstate" });
    expect(stateBackend(stackWith({ backend: "local", region: "x" }, "mvp-staging"))).toEqual({
      type: "local",
      path: "../../../terraform.mvp-staging.tfstate",
    });
  });

  test("S3: encrypted, locked by S3 itself, a key per app and stack", () => {
    expect(stateBackend(stackWith({ backend: "s3", bucket: "shop-state", region: "eu-west-1" }))).toEqual({
      type: "s3",
      bucket: "shop-state",
      key: "shop/shop-mvp.tfstate",
      region: "eu-west-1",
      encrypt: true,
      use_lockfile: true,
    });
  });

  test("S3 with a key of one's own", () => {
    const stack = stackWith({ backend: "s3", bucket: "shop-state", region: "eu-west-1", kmsKeyId: "alias/state" });
    expect(stateBackend(stack)).toMatchObject({ type: "s3", kms_key_id: "alias/state" });
  });
});

describe("withStateSetting", () => {
  const s3 = stackWith({ backend: "s3", bucket: "shop-state", region: "eu-west-1", kmsKeyId: "alias/state" });

  test.each<[setting: string, state: State]>([
    ["local", { backend: "local", region: "eu-central-1" }],
    ["s3://other-state", { backend: "s3", bucket: "other-state", region: "eu-central-1" }],
    ["s3://other-state/", { backend: "s3", bucket: "other-state", region: "eu-central-1" }],
    ["s3://other-state?region=us-east-1", { backend: "s3", bucket: "other-state", region: "us-east-1" }],
    ["s3://other.state/?region=us-east-1", { backend: "s3", bucket: "other.state", region: "us-east-1" }],
  ])("%s replaces the whole section", (setting, state) => {
    expect(withStateSetting(s3, setting).app.state).toEqual(state);
  });

  test("leaves everything else, and the stack that it was given, as it was", () => {
    const changed = withStateSetting(local, "s3://other-state");
    expect({ ...changed, app: { ...changed.app, state: local.app.state } }).toEqual(local);
    expect(local.app.state).toEqual({ backend: "local", region: "eu-central-1" });
  });

  test.each([
    "",
    "LOCAL",
    "s3",
    "s3://",
    "s3://ab",
    "s3://Upper-Case",
    "s3://-leading",
    "s3://trailing-",
    "s3://bucket/key",
    "s3://bucket?region=",
    "s3://bucket?zone=a",
    "gcs://bucket",
    `s3://${"a".repeat(64)}`,
  ])('"%s" is refused in one line that says what is allowed', (setting) => {
    expect(() => withStateSetting(local, setting)).toThrow(
      new Error(
        `TIERS_STATE is "${setting}"; allowed: "local" or "s3://<bucket>[?region=<region>]"; correct or unset the variable`,
      ),
    );
  });
});

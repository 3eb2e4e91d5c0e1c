import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { NOT_RELEASED, ReleasedImage } from "../../modules/data/released-image";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";

function synthImage(initial: string, literals: Readonly<Record<string, string>> = {}): string {
  return synth((stack) => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" }, literals);
    const { parameterName, arn } = new ReleasedImage(stack, "image_my_api", { names, service: "my-api", initial });
    new TerraformOutput(stack, "exposed", { value: { parameterName, arn } });
  });
}

describe("ReleasedImage", () => {
  const json = synthImage("ghcr.io/shop/api:1.4.2");

  test("is created once and never written again: an apply cannot revert a release", () => {
    expect(onlyOne(json, SsmParameter)).toEqual({
      name: "/shop/mvp/image/my-api",
      description: "Released image of my-api; written by releases, read by the host",
      type: "String",
      insecure_value: "ghcr.io/shop/api:1.4.2",
      lifecycle: { ignore_changes: ["insecure_value"] },
    });
  });

  test("stays readable in plans: it has no sensitive value", () => {
    expect(onlyOne(json, SsmParameter)).not.toHaveProperty("value");
    expect(onlyOne(json, SsmParameter)).not.toHaveProperty("value_wo");
  });

  test("exposes its name and ARN as references", () => {
    expect(outputOf(json, "exposed")).toEqual({
      parameterName: "${aws_ssm_parameter.image_my_api_parameter.name}",
      arn: "${aws_ssm_parameter.image_my_api_parameter.arn}",
    });
  });

  test("says so when nothing was released, in a value that is no image reference", () => {
    expect(synthImage(NOT_RELEASED)).toHaveResourceWithProperties(SsmParameter, { insecure_value: "none" });
  });

  test("takes a literal name", () => {
    const named = synthImage("x", { image_my_api_parameter: "/old/image" });
    expect(named).toHaveResourceWithProperties(SsmParameter, { name: "/old/image" });
  });
});

import { TerraformOutput } from "cdktf";
import { expect, test } from "vitest";
import { share } from "../../modules/terraform/numbers";
import { numberVariable } from "../../modules/terraform/variables";
import { outputOf } from "../helpers/inspect";
import { synth } from "../helpers/synth";

test("of a plain number it is rounded down at once", () => {
  expect([share(112, 0.8), share(5, 1), share(0, 0.8)]).toEqual([89, 5, 0]);
});

test("of a reference it is computed by Terraform", () => {
  const json = synth((stack) => {
    const count = numberVariable(stack, "count_of", { description: "How many.", default: 1 });
    new TerraformOutput(stack, "most", { value: share(count, 0.8) });
  });
  expect(outputOf(json, "most")).toBe("${floor((var.count_of * 0.8))}");
});

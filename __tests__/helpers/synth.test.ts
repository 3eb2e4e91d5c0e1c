import * as fs from "node:fs";
import * as path from "node:path";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { App, LocalBackend, TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fullSynthIn, resourcesOf, synth, TEST_OUTPUT, withEnv } from "./synth";

const folder = path.join(TEST_OUTPUT, "helpers");

describe("synth", () => {
  test("gives nested constructs the logical ids of the shipped stacks", () => {
    const json = synth((stack) => new SnsTopic(new Construct(stack, "alarm"), "night-shift", {}));
    expect(Object.keys(resourcesOf(json, SnsTopic))).toEqual(["alarm_night_shift"]);
  });

  test("leaves no folder behind, also when the construct throws", () => {
    const folders: string[] = [];
    const remember = (stack: TerraformStack) => folders.push(App.of(stack).outdir);
    synth(remember);
    const refuse = (stack: TerraformStack) => {
      remember(stack);
      throw new Error("refused");
    };
    expect(() => synth(refuse)).toThrow("refused");
    expect(folders).toHaveLength(2);
    expect(folders.filter((created) => fs.existsSync(created))).toEqual([]);
  });

  test("runs the validations of constructs", () => {
    expect(() => synth((stack) => stack.node.addValidation({ validate: () => ["a broken rule"] }))).toThrow(
      "a broken rule",
    );
  });
});

describe("withEnv", () => {
  test("changes the environment for the call only, also when it throws", () => {
    process.env["TIERS_HELPER_KEPT"] = "before";
    const changes = { TIERS_HELPER_KEPT: undefined, TIERS_HELPER_NEW: "1" };
    const seen = () => [process.env["TIERS_HELPER_KEPT"], process.env["TIERS_HELPER_NEW"]];
    expect(withEnv(changes, seen)).toEqual([undefined, "1"]);
    expect(seen()).toEqual(["before", undefined]);
    expect(() =>
      withEnv(changes, () => {
        throw new Error("refused");
      }),
    ).toThrow("refused");
    expect(seen()).toEqual(["before", undefined]);
    delete process.env["TIERS_HELPER_KEPT"];
  });

  test("refuses a promise", () => {
    expect(() => withEnv({}, () => Promise.resolve())).toThrow("withEnv needs a synchronous function");
  });
});

describe("fullSynthIn with Terraform", () => {
  const terraformConfig = path.join(folder, "terraform.rc");
  const quiet = { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: terraformConfig };

  beforeAll(() => {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(terraformConfig, "");
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** A stack of one built-in resource, which needs no provider. */
  function synthesized(
    name: string,
    triggersReplace: string,
    variable: object = { type: "string", default: "set" },
  ): string {
    const appFolder = path.join(folder, `${name}-app`);
    fs.mkdirSync(appFolder, { recursive: true });
    const stack = new TerraformStack(Testing.app({ outdir: appFolder }), "one");
    new LocalBackend(stack, { path: "../../../terraform.one.tfstate" });
    stack.addOverride("variable.needed", variable);
    stack.addOverride("resource.terraform_data.thing.triggers_replace", triggersReplace);
    return fullSynthIn(stack, path.join("helpers", name));
  }

  test("good configuration is valid and plans, and its state belongs beside the output folder", () => {
    const outdir = synthesized("good", "${tolist([1])[0]}");
    withEnv(quiet, () => expect(outdir).toBeValidTerraform());
    withEnv(quiet, () => expect(outdir).toPlanSuccessfully());
    expect(outdir).toBe(path.join(folder, "good", "cdktf.out"));
    expect(path.resolve(outdir, "stacks/one", "../../../terraform.one.tfstate")).toBe(
      path.join(folder, "good", "terraform.one.tfstate"),
    );
  });

  test("a reference to nothing is not valid", () => {
    const outdir = synthesized("invalid", "${aws_vpc.absent.id}");
    withEnv(quiet, () => expect(outdir).not.toBeValidTerraform());
    expect(() => withEnv(quiet, () => expect(outdir).toBeValidTerraform())).toThrow("valid terraform stack");
  });

  test("a variable that nobody sets is valid and does not plan", () => {
    const outdir = synthesized("unplannable", "${var.needed}", { type: "string" });
    withEnv(quiet, () => expect(outdir).toBeValidTerraform());
    withEnv(quiet, () => expect(outdir).not.toPlanSuccessfully());
    expect(() => withEnv(quiet, () => expect(outdir).toPlanSuccessfully())).toThrow("to plan successfully");
  });

  test("a folder that is not there is a mistake of the test, not a failed validation", () => {
    const absent = path.join(folder, "absent");
    expect(() => expect(absent).not.toBeValidTerraform()).toThrow("has no manifest.json");
    expect(() => expect(absent).not.toPlanSuccessfully()).toThrow("has no manifest.json");
  });
});

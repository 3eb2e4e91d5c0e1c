import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../scripts/lib/environment";
import { readFile, writeFileAtomic } from "../../scripts/lib/write";
import { cancelInWorld } from "../../scripts/setup/simulated-spot";
import {
  deployWithTerraform,
  type Place,
  proveNothingToDo,
  readOutputs,
  resourcesByType,
} from "../../scripts/setup/terraform-steps";
import { makeFolder, removeFolder } from "../helpers/folders";
import { silent } from "../helpers/screen";

let place: Place;
beforeEach(() => {
  const cwd = makeFolder("terraform-steps");
  const settings = path.join(cwd, "terraform.rc");
  writeFileAtomic(settings, "");
  place = { cwd, env: simulatedEnv(process.env, { TF_CLI_CONFIG_FILE: settings }), reporter: silent() };
});
afterEach(() => removeFolder(place.cwd));

const write = (json: object): void => writeFileAtomic(path.join(place.cwd, "cdk.tf.json"), JSON.stringify(json));

describe("a run of Terraform's own resources", () => {
  const stack = {
    resource: {
      terraform_data: { one: { input: "1" }, two: { for_each: { a: "x", b: "y" }, input: "${each.value}" } },
    },
    output: {
      plain: { value: "${terraform_data.one.output}", description: "The value of one" },
      list: { value: ["a"], description: "" },
      hidden: { value: "never shown", sensitive: true, description: "A password" },
    },
  };

  test("deploys, finds nothing to do, counts instances, and reads outputs without sensitive values", async () => {
    write(stack);
    await deployWithTerraform(place);
    await expect(proveNothingToDo(place)).resolves.toBeUndefined();
    expect(await resourcesByType(place)).toEqual({ terraform_data: 3 });
    const outputs = await readOutputs(place);
    expect(outputs.find(({ name }) => name === "hidden")).toEqual({
      name: "hidden",
      description: "A password",
      value: null,
      sensitive: true,
    });
    expect(JSON.stringify(outputs)).not.toContain("never shown");
  });

  test("a second plan that is not empty fails and names what would change", async () => {
    write({ resource: { terraform_data: { clock: { input: "${timestamp()}" }, still: { input: "1" } } } });
    await deployWithTerraform(place);
    await expect(proveNothingToDo(place)).rejects.toThrow(
      /^The second plan is not empty.*\n {2}# terraform_data\.clock will be updated in-place$/,
    );
  });

  test("a mistake in the configuration is Terraform's own message", async () => {
    write({ output: { x: { value: "${terraform_data.nope.id}" } } });
    await expect(deployWithTerraform(place)).rejects.toThrow(
      /^terraform validate failed: Error: Reference to undeclared resource .*"terraform_data" "nope"/,
    );
  });
});

test("cancelInWorld removes the requests of the target's instances and of its stack, and leaves everything else", () => {
  const tags = { Application: "shop", Tier: "mvp" };
  const request = (id: string, instance_id: string, of: Record<string, string> = { ...tags, Tier: "other" }) => ({
    type: "spot_request",
    id,
    region: "r",
    attributes: { instance_id, tags: of },
  });
  // Of a host that was replaced.
  const forgotten = request("sir-4", "i-4", { ...tags, Name: "host" });
  const instance = { type: "aws_instance", id: "i-1", region: "r", attributes: {} };
  const world = {
    note: "n",
    objects: [request("sir-1", "i-1"), request("sir-2", "i-2"), request("sir-3", "i-3"), forgotten, instance],
  };
  const file = path.join(place.cwd, "world.json");
  writeFileAtomic(file, JSON.stringify(world));
  const target = { instanceIds: ["i-1"], requestIds: ["sir-3"], tags };
  expect(cancelInWorld(file, target)).toEqual(["sir-1", "sir-3", "sir-4"]);
  expect(JSON.parse(readFile(file))).toEqual({ note: "n", objects: [request("sir-2", "i-2"), instance] });
});

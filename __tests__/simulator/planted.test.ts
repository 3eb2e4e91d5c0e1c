import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knowledge } from "../../scripts/simulator/facts";
import { PLANTED } from "./planted-cases";
import { type Config, sampleConfig } from "./sample";
import { flat, outcome, startTestRun, type TestRun, Workspace } from "./support";

let run: TestRun;
beforeAll(async () => {
  run = await startTestRun("planted", knowledge());
});
afterAll(() => run.close());

describe("Terraform finds through the simulator", () => {
  test.concurrent.each(PLANTED.map((planted, i) => ({ ...planted, i })))(
    "$name",
    async ({ i, change, stage, says }) => {
      const workspace = new Workspace(run, `case-${i}`);
      const config = sampleConfig();
      change(config);
      workspace.write(config);
      const found = await outcome(workspace);
      expect(found.text).toMatch(says);
      expect(found.stage).toBe(stage);
    },
  );

  test("the destruction of what prevent_destroy protects", async () => {
    const config: Config = {
      terraform: { required_providers: { aws: { source: "aws" } } },
      provider: { aws: [{ region: "eu-central-1" }] },
      resource: { aws_s3_bucket: { kept: { bucket: "kept", lifecycle: { prevent_destroy: true } } } },
    };
    const workspace = new Workspace(run, "prevent-destroy");
    workspace.write(config);
    await workspace.ok("init");
    await workspace.apply(config);
    const result = await workspace.terraform("destroy", "-auto-approve");
    expect(result.code).toBe(1);
    expect(flat(result)).toMatch(
      /Instance cannot be destroyed.*aws_s3_bucket\.kept has lifecycle\.prevent_destroy set/,
    );
    expect(await workspace.planCode()).toBe(0);
  });
});

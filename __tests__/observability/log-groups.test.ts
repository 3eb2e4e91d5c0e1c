import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { LogGroups } from "../../modules/observability/log-groups";
import { resourcesOf, synth } from "../helpers/synth";
import { shopNames } from "./fixtures";

function synthGroups(keys: readonly string[], literals: Readonly<Record<string, string>> = {}): string {
  return synth((stack) => {
    const logs = new LogGroups(stack, "logs", { names: shopNames(literals), keys, retentionDays: 30 });
    new TerraformOutput(stack, "names", { value: logs.names });
    new TerraformOutput(stack, "arns", { value: logs.arns });
  });
}

describe("LogGroups", () => {
  test("one group: its name, how long it keeps, and that it goes with its stack", () => {
    expect(resourcesOf(synthGroups(["api"]), CloudwatchLogGroup)).toEqual({
      logs_api: { name: "/shop/mvp/api", retention_in_days: 30, skip_destroy: false },
    });
  });

  test("a group per key, names and ARNs by key", () => {
    const json = synthGroups(["api", "mail-worker"]);
    expect(json).toHaveResourceCount(CloudwatchLogGroup, 2);
    expect(json).toHaveOutput("names", { value: { api: "/shop/mvp/api", "mail-worker": "/shop/mvp/mail-worker" } });
    expect(json).toHaveOutput("arns", {
      value: {
        api: "${aws_cloudwatch_log_group.logs_api.arn}",
        "mail-worker": "${aws_cloudwatch_log_group.logs_mail_worker.arn}",
      },
    });
  });

  test("a literal name of an existing system, also where the name is handed on", () => {
    const json = synthGroups(["api"], { logs_api: "/ecs/shop-api" });
    expect(json).toHaveResourceWithProperties(CloudwatchLogGroup, { name: "/ecs/shop-api" });
    expect(json).toHaveOutput("names", { value: { api: "/ecs/shop-api" } });
  });

  test("none for no key", () => {
    expect(synthGroups([])).not.toHaveResource(CloudwatchLogGroup);
  });
});

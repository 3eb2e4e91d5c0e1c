import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { describe, expect, test } from "vitest";
import { Alarms } from "../../modules/observability/alarms";
import { Dashboard } from "../../modules/observability/dashboard";
import type { DashboardBody } from "../../modules/observability/dashboard-body";
import { hostAlarms } from "../../modules/observability/host-alarms";
import { share } from "../../modules/terraform/numbers";
import { numberVariable } from "../../modules/terraform/variables";
import { resourcesOf, synth, TEST_REGION } from "../helpers/synth";
import { alarmsOf, hostApp, PLAIN_ALARM, shopNames } from "./fixtures";

function bodyOf(json: string): DashboardBody {
  const text = resourcesOf(json, CloudwatchDashboard)["dashboard_overview"]?.["dashboard_body"];
  return JSON.parse(String(text)) as DashboardBody;
}

describe("Dashboard", () => {
  test("minimal: one graph, no list of states or errors", () => {
    const json = synth((stack) => {
      new Dashboard(stack, "dashboard", { names: shopNames(), region: TEST_REGION, alarms: [PLAIN_ALARM] });
    });
    expect(json).toHaveResourceCount(CloudwatchDashboard, 1);
    expect(json).toHaveResourceWithProperties(CloudwatchDashboard, { dashboard_name: "shop-mvp-overview" });
    expect(bodyOf(json).widgets.map(({ type }) => type)).toEqual(["metric"]);
  });

  test("maximal: states, graphs, errors, and references that Terraform can follow", () => {
    const json = synth((stack) => {
      const { id: instanceId } = new Instance(stack, "host", { instanceType: "t3.medium", ami: "ami-0abc" });
      const names = shopNames();
      const alarms = hostAlarms({ app: hostApp(), instanceId, stack: names.prefix, metricNamespace: names.path });
      const { arns } = new Alarms(stack, "alarm", { names, topicArn: "arn:topic", alarms });
      const logGroupNames = ["/shop/mvp/api"];
      new Dashboard(stack, "dashboard", { names, region: TEST_REGION, alarms, alarmArns: arns, logGroupNames });
    });
    const body = bodyOf(json);
    expect(body.widgets.map(({ type }) => type)).toEqual(["alarm", ...Array<string>(8).fill("metric"), "log"]);
    expect(body.widgets[0]?.properties).toMatchObject({
      alarms: expect.arrayContaining(["${aws_cloudwatch_metric_alarm.alarm_cpu.arn}"]) as unknown,
    });
    expect(body.widgets.find(({ properties }) => properties.title === "CPU")?.properties).toMatchObject({
      metrics: [["AWS/EC2", "CPUUtilization", "InstanceId", "${aws_instance.host.id}"]],
      annotations: { horizontal: [{ value: 80 }] },
    });
    expect(json).not.toMatch(/TfToken|unresolved-token|e\+29[89]/);
  });

  test("a threshold that follows from a variable stands in the text as a number", () => {
    const json = synth((stack) => {
      const threshold = numberVariable(stack, "most", { description: "Most.", default: 90 });
      const alarms = [{ ...PLAIN_ALARM, threshold: share(threshold, 0.8) }];
      new Dashboard(stack, "dashboard", { names: shopNames(), region: TEST_REGION, alarms });
    });
    const { dashboard_body: text } = resourcesOf(json, CloudwatchDashboard)["dashboard_overview"] ?? {};
    expect(text).toContain('"value":${floor((var.most * 0.8))},');
  });

  test("the same input gives the same text", () => {
    const once = () =>
      synth((stack) => {
        const alarms = Object.values(alarmsOf());
        new Dashboard(stack, "dashboard", { names: shopNames(), region: TEST_REGION, alarms });
      });
    expect(once()).toBe(once());
  });

  test("a literal name of an existing system", () => {
    const json = synth((stack) => {
      const names = shopNames({ dashboard_overview: "Shop" });
      new Dashboard(stack, "dashboard", { names, region: TEST_REGION, alarms: [] });
    });
    expect(json).toHaveResourceWithProperties(CloudwatchDashboard, { dashboard_name: "Shop" });
  });
});

/**
 * What the default app's source document asks of running its mvp tier: alarms, retention, cost, dashboard. One test per id
 * of docs/conformance/webrana-mvp.yaml, as in mvp-conformance.test.ts.
 */
import { expect, test } from "vitest";
import { resource, stack, type Block } from "./mvp-parts";

test("WEB-OPS-01 webrana-high-cpu rings at 80 % of the host's processors", () => {
  expect(resource("aws_cloudwatch_metric_alarm.alarm_cpu")).toMatchObject({
    alarm_actions: ["${aws_sns_topic.alerts_topic.arn}"],
    alarm_name: "webrana-high-cpu",
    comparison_operator: "GreaterThanThreshold",
    dimensions: { InstanceId: "${aws_instance.host_instance.id}" },
    evaluation_periods: 2,
    metric_name: "CPUUtilization",
    namespace: "AWS/EC2",
    ok_actions: ["${aws_sns_topic.alerts_topic.arn}"],
    period: 300,
    statistic: "Average",
    threshold: 80,
  });
  expect(resource("aws_sns_topic_subscription.alerts_email")).toMatchObject({
    endpoint: "${each.value}",
    for_each: "${toset(var.alert_emails)}",
    protocol: "email",
    topic_arn: "${aws_sns_topic.alerts_topic.arn}",
  });
});

test("WEB-OPS-03 older versions of a backup go after 30 days, but never the newest", () => {
  const { rule } = resource("aws_s3_bucket_lifecycle_configuration.backups_expiry");
  expect(rule).toEqual([
    {
      abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      filter: [{}],
      id: "abandoned-uploads",
      status: "Enabled",
    },
    {
      filter: [{}],
      id: "older-versions",
      noncurrent_version_expiration: [{ newer_noncurrent_versions: 7, noncurrent_days: 30 }],
      status: "Enabled",
    },
    {
      expiration: [{ days: 2 }],
      filter: [{ prefix: "staging/" }],
      id: "staging",
      noncurrent_version_expiration: [{ noncurrent_days: 1 }],
      status: "Enabled",
    },
  ]);
});

test("WEB-OPS-05 the host is on demand unless Spot is chosen", () => {
  expect(Object.keys(stack().resource.aws_instance ?? {})).toEqual(["host_instance"]);
  const host = resource("aws_instance.host_instance");
  expect(host).not.toHaveProperty("instance_market_options");
  expect(host.credit_specification).toEqual({ cpu_credits: "unlimited" });
});

test("WEB-OPS-06 a dashboard shows what the size of the host is judged by", () => {
  const dashboard = resource("aws_cloudwatch_dashboard.dashboard_overview");
  expect(dashboard.dashboard_name).toBe("webrana-mvp-overview");
  const { widgets } = JSON.parse(dashboard.dashboard_body as string) as { widgets: { properties: Block }[] };
  const metrics = widgets.map(({ properties }) => JSON.stringify(properties.metrics));
  expect(metrics).toEqual(
    expect.arrayContaining([
      '[["AWS/EC2","CPUUtilization","InstanceId","${aws_instance.host_instance.id}"]]',
      '[["webrana/mvp","MemoryUsedPercent","Stack","webrana-mvp"]]',
      '[["webrana/mvp","DiskUsedPercent","Stack","webrana-mvp","Mount","data"]]',
    ]),
  );
  expect(resource("aws_cloudwatch_metric_alarm.alarm_memory").metric_name).toBe("MemoryUsedPercent");
});

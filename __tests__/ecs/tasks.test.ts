/** What the constructs of the room make, beside what the simulated run shows. */
import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { ServiceDiscoveryPrivateDnsNamespace } from "@cdktf/provider-aws/lib/service-discovery-private-dns-namespace";
import { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service";
import { VpcDhcpOptions } from "@cdktf/provider-aws/lib/vpc-dhcp-options";
import { EcsService as AwsEcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { beforeAll, describe, expect, test } from "vitest";
import { onlyOne } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { ecsStack } from "./ecs-stack";

let json = "";
beforeAll(() => {
  json = synth(ecsStack());
});

const serviceOf = (text: string, name: string) => resourcesOf(text, AwsEcsService)[`service_${name}_service`] ?? {};

describe("the cluster", () => {
  test("logs no shell, and tasks run on Fargate unless a service says otherwise", () => {
    expect(onlyOne(json, EcsCluster)).toMatchObject({
      name: "shop-growth-cluster",
      setting: [{ name: "containerInsights", value: "enabled" }],
      configuration: { execute_command_configuration: { logging: "NONE" } },
    });
    expect(onlyOne(json, EcsClusterCapacityProviders)).toMatchObject({
      capacity_providers: ["FARGATE", "FARGATE_SPOT"],
      default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
    });
    expect(onlyOne(synth(ecsStack({ insights: "off" })), EcsCluster)).toMatchObject({
      setting: [{ name: "containerInsights", value: "disabled" }],
    });
  });
});

describe("a task definition", () => {
  test("follows the newest revision, keeps the older ones, and takes the image from the released-image parameter", () => {
    const task = resourcesOf(json, EcsTaskDefinition).task_api_task ?? {};
    expect(task).toMatchObject({
      family: "shop-growth-api",
      cpu: "256",
      memory: "512",
      network_mode: "awsvpc",
      requires_compatibilities: ["FARGATE"],
      runtime_platform: { cpu_architecture: "ARM64", operating_system_family: "LINUX" },
      track_latest: true,
      skip_destroy: true,
    });
    const parameter = "data.aws_ssm_parameter.current_api_parameter.insecure_value";
    expect(task.container_definitions).toContain('"image":"${local.current_api_reference}"');
    const { locals } = JSON.parse(json) as { locals: Record<string, string> };
    expect(locals.current_api_reference).toBe(
      `\${(${parameter} != "none") ? ${parameter} : "not-released.invalid/api"}`,
    );
    // By its id, which is known when the parameter exists: its name would be known too early.
    expect(json).toHaveDataSourceWithProperties(DataAwsSsmParameter, {
      name: "${aws_ssm_parameter.image_api_parameter.id}",
    });
  });
});

describe("a service", () => {
  test("replaces tasks one after the other, goes back by itself, and fails the apply then", () => {
    expect(serviceOf(json, "api")).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      deployment_circuit_breaker: { enable: true, rollback: true },
      availability_zone_rebalancing: "ENABLED",
      wait_for_steady_state: true,
      sigint_rollback: true,
      force_new_deployment: true,
      health_check_grace_period_seconds: 60,
      enable_execute_command: false,
      lifecycle: {
        ignore_changes: ["desired_count"],
        postcondition: [
          {
            condition: "${(self.task_definition == aws_ecs_task_definition.task_api_task.arn)}",
            error_message: expect.stringMatching(/^ECS rolled the service back: /) as string,
          },
        ],
      },
    });
  });

  test("runs nothing without compute or before a release; its own number counts unless the load decides", () => {
    const released = '(data.aws_ssm_parameter.current_worker_parameter.insecure_value != "none")';
    expect(serviceOf(json, "worker").desired_count).toBe(
      `\${(var.compute_enabled && ${released}) ? var.worker_desired : 0}`,
    );
    expect(serviceOf(json, "worker").lifecycle).not.toHaveProperty("ignore_changes");
  });

  test.each([
    [0, [{ capacity_provider: "FARGATE", base: 1, weight: 100 }]],
    [
      70,
      [
        { capacity_provider: "FARGATE", base: 1, weight: 30 },
        { capacity_provider: "FARGATE_SPOT", base: 0, weight: 70 },
      ],
    ],
    [100, [{ capacity_provider: "FARGATE_SPOT", base: 0, weight: 100 }]],
  ])("with %i per cent on Spot", (spotPercent, strategy) => {
    expect(serviceOf(synth(ecsStack({ spotPercent })), "api").capacity_provider_strategy).toEqual(strategy);
  });

  test("one without requests from outside has neither a target group nor a name", () => {
    const worker = serviceOf(json, "worker");
    for (const name of ["load_balancer", "service_registries", "health_check_grace_period_seconds"])
      expect(worker).not.toHaveProperty(name);
  });
});

describe("names of services", () => {
  test("are below the stack's domain, which tasks search as well", () => {
    expect(json).toHaveResourceWithProperties(ServiceDiscoveryPrivateDnsNamespace, { name: "shop-growth.internal" });
    expect(onlyOne(json, VpcDhcpOptions)).toMatchObject({
      domain_name: "shop-growth.internal",
      domain_name_servers: ["AmazonProvidedDNS"],
    });
    expect(onlyOne(json, ServiceDiscoveryService)).toMatchObject({
      name: "api",
      force_destroy: true,
      health_check_custom_config: { failure_threshold: 1 },
      dns_config: { routing_policy: "MULTIVALUE", dns_records: [{ type: "A", ttl: 10 }] },
    });
    expect(serviceOf(json, "api").depends_on).toContain("aws_vpc_dhcp_options_association.discovery_search");
  });
});

describe("scaling", () => {
  test("follows CPU and requests between bounds that are zero while nothing may run", () => {
    const runs = '(var.compute_enabled && (data.aws_ssm_parameter.current_api_parameter.insecure_value != "none"))';
    expect(onlyOne(json, AppautoscalingTarget)).toMatchObject({
      min_capacity: `\${${runs} ? var.api_min : 0}`,
      max_capacity: `\${${runs} ? var.api_max : 0}`,
      resource_id: "service/${aws_ecs_cluster.ecs_cluster.name}/${aws_ecs_service.service_api_service.name}",
    });
    const policies = resourcesOf(json, AppautoscalingPolicy);
    const cooldown = { scale_out_cooldown: 60, scale_in_cooldown: 300 };
    expect(policies.scaling_api_cpu?.target_tracking_scaling_policy_configuration).toEqual({
      ...cooldown,
      target_value: 60,
      predefined_metric_specification: { predefined_metric_type: "ECSServiceAverageCPUUtilization" },
    });
    expect(policies.scaling_api_requests?.target_tracking_scaling_policy_configuration).toEqual({
      ...cooldown,
      target_value: 500,
      predefined_metric_specification: {
        predefined_metric_type: "ALBRequestCountPerTarget",
        resource_label: "${aws_lb.balancer.arn_suffix}/${aws_lb_target_group.targets.arn_suffix}",
      },
    });
  });
});

describe("a scheduled job", () => {
  test("runs the newest revision, is tried again a few times, and rests while compute is off", () => {
    expect(onlyOne(json, SchedulerSchedule)).toMatchObject({
      name: "shop-growth-report",
      group_name: "default",
      schedule_expression: "cron(15 3 * * ? *)",
      schedule_expression_timezone: "UTC",
      state: '${var.compute_enabled ? "ENABLED" : "DISABLED"}',
      target: {
        ecs_parameters: {
          task_definition_arn: "${aws_ecs_task_definition.task_job_report_task.arn_without_revision}",
          task_count: 1,
        },
        retry_policy: { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 900 },
      },
    });
  });
});

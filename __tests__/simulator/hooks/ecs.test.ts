import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import {
  Account,
  checkCreation,
  created,
  creation,
  CTX,
  KNOWN,
  object,
  REGION,
  summaries,
  the,
} from "../facts/account";

const arnOf = (family: string, revision: number): string =>
  `arn:aws:ecs:${REGION}:${CTX.account}:task-definition/${family}:${revision}`;

/** A container that Fargate takes. */
const CONTAINER = {
  name: "api",
  image: "api",
  portMappings: [{ containerPort: 8080, hostPort: 8080 }],
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-stream-prefix": "api" } },
};

const taskOf = (container: Obj, changes: Obj = {}): Obj => ({
  requires_compatibilities: ["FARGATE"],
  execution_role_arn: "arn:role",
  container_definitions: JSON.stringify([{ ...CONTAINER, ...container }]),
  ...changes,
});

describe("what Fargate refuses in a container", () => {
  test.each<[string, Obj, Obj, string | undefined]>([
    ["nothing of a good one", {}, {}, undefined],
    [
      "folders in memory with a size",
      { linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] } },
      {},
      undefined,
    ],
    [
      "one without",
      { linuxParameters: { tmpfs: [{ containerPath: "/tmp" }] } },
      {},
      "Tmpfs needs a container path and a size.",
    ],
    [
      "shared memory",
      { linuxParameters: { sharedMemorySize: 64 } },
      {},
      "does not support linuxParameters.sharedMemorySize",
    ],
    [
      "added capabilities",
      { linuxParameters: { capabilities: { add: ["NET_ADMIN"] } } },
      {},
      "no capability but SYS_PTRACE",
    ],
    ["privileges", { privileged: true }, {}, "does not support privileged containers"],
    ["search domains", { dnsSearchDomains: ["internal"] }, {}, "does not support dnsSearchDomains"],
    [
      "another port of the host",
      { portMappings: [{ containerPort: 80, hostPort: 81 }] },
      {},
      "host ports and container ports",
    ],
    [
      "a check that waits too long",
      { healthCheck: { startPeriod: 600 } },
      {},
      "healthCheck.startPeriod must be between 0 and 300",
    ],
    ["a stop that takes too long", { stopTimeout: 121 }, {}, "stopTimeout must be at most 120"],
    ["a log without prefix", { logConfiguration: { logDriver: "awslogs", options: {} } }, {}, "awslogs-stream-prefix"],
    [
      "a log without execution role",
      {},
      { execution_role_arn: null },
      "requires task definition to have execution role ARN",
    ],
  ])("%s", (_what, container, changes, refused) => {
    const found = KNOWN.hooks("aws_ecs_task_definition").validate?.(taskOf(container, changes), CTX) ?? [];
    expect(summaries(found).join()).toMatch(refused ?? /^$/);
  });

  test("is refused at the apply when it was not known before", () => {
    const found = checkCreation("aws_ecs_task_definition", { family: "api", ...taskOf({ privileged: true }) });
    expect(summaries(found).join()).toContain("does not support privileged containers");
  });
});

describe("revisions that a release registers", () => {
  const config = { family: "api", track_latest: true, ...taskOf({}) };

  function released(track_latest: boolean): Obj | undefined {
    const account = new Account();
    const attributes = created("aws_ecs_task_definition", { ...config, track_latest }, account);
    const family = the(account.get("ecs_task_family", `${REGION}/api`)).attributes;
    Object.assign(family, { revision: 2, definitions: { ...(family.definitions as Obj), 2: "[]" } });
    const task = { type: "aws_ecs_task_definition", id: "api", region: REGION, attributes };
    return KNOWN.hooks("aws_ecs_task_definition").read?.({ object: task, ctx: CTX, world: account });
  }

  test("are what a definition with track_latest is from then on, and no other", () => {
    expect(released(true)).toMatchObject({ arn: arnOf("api", 2), revision: 2, container_definitions: "[]" });
    expect(released(false)).toBeUndefined();
  });
});

describe("a service", () => {
  const CLUSTER = `arn:aws:ecs:${REGION}:${CTX.account}:cluster/main`;
  const GROUP = `arn:aws:elasticloadbalancing:${REGION}:${CTX.account}:targetgroup/api/1`;
  const world = (...more: ReturnType<typeof object>[]): Account =>
    new Account(
      object("aws_ecs_cluster", CLUSTER, { arn: CLUSTER, name: "main" }),
      object("aws_ecs_cluster_capacity_providers", "main", { cluster_name: "main", capacity_providers: ["FARGATE"] }),
      object("aws_ecs_task_definition", "api", { arn: arnOf("api", 1), ...taskOf({}) }),
      object("aws_lb_target_group", GROUP, { arn: GROUP }),
      ...more,
    );
  const listener = object("aws_lb_listener", "listener", { default_action: [{ target_group_arn: GROUP }] });
  const SERVICE = {
    name: "api",
    cluster: CLUSTER,
    task_definition: arnOf("api", 1),
    capacity_provider_strategy: [{ capacity_provider: "FARGATE", base: 1, weight: 100 }],
    load_balancer: [{ target_group_arn: GROUP, container_name: "api", container_port: 8080 }],
  };

  test.each<[string, Obj, string]>([
    [
      "capacity that the cluster does not have",
      { capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT" }] },
      "'FARGATE_SPOT' was not found",
    ],
    [
      "a container that is not there",
      { load_balancer: [{ target_group_arn: GROUP, container_name: "web", container_port: 8080 }] },
      "The container web does not exist",
    ],
    [
      "a port that it does not have",
      { load_balancer: [{ target_group_arn: GROUP, container_name: "api", container_port: 80 }] },
      "did not have a container port 80",
    ],
    ["shells without a role of the task", { enable_execute_command: true }, "valid taskRoleArn is not being used"],
  ])("is refused with %s", (_what, changes, summary) => {
    expect(checkCreation("aws_ecs_service", SERVICE, world(listener))).toEqual([]);
    expect(summaries(checkCreation("aws_ecs_service", { ...SERVICE, ...changes }, world(listener))).join()).toContain(
      summary,
    );
  });

  test("is refused before a listener leads to its target group", () => {
    expect(summaries(checkCreation("aws_ecs_service", SERVICE, world())).join()).toContain(
      "does not have an associated load balancer",
    );
  });

  test("has a launch type or a strategy, not both", () => {
    const found = KNOWN.hooks("aws_ecs_service").validate?.({ ...SERVICE, launch_type: "FARGATE" }, CTX) ?? [];
    expect(summaries(found).join()).toContain("both a launch type and capacity provider strategy");
  });

  test.each([
    [true, [{ capacity_provider: "FARGATE", base: 0, weight: 50 }], []],
    [false, [{ capacity_provider: "FARGATE", base: 0, weight: 50 }], ["capacity_provider_strategy"]],
    [true, [], ["capacity_provider_strategy"]],
    [false, SERVICE.capacity_provider_strategy, []],
  ])(
    "with force_new_deployment %s another strategy replaces it or does not",
    (force_new_deployment, strategy, replaced) => {
      const planned = { ...SERVICE, force_new_deployment, capacity_provider_strategy: strategy };
      const input = { type: "aws_ecs_service", config: planned, prior: SERVICE, planned, ctx: CTX, world: world() };
      expect(KNOWN.hooks("aws_ecs_service").plan?.(input).requiresReplace).toEqual(replaced);
    },
  );
});

describe("scaling", () => {
  const id = `arn:aws:ecs:${REGION}:${CTX.account}:service/main/api`;
  const target = { service_namespace: "ecs", resource_id: "service/main/api", min_capacity: 2, max_capacity: 6 };

  test.each([
    [0, 2],
    [4, 4],
    [9, 6],
  ])("a target brings %i tasks into its bounds at once", (before, after) => {
    const account = new Account(object("aws_ecs_service", id, { desired_count: before }));
    created("aws_appautoscaling_target", target, account);
    expect(the(account.ofType("aws_ecs_service")[0]).attributes.desired_count).toBe(after);
  });

  test("needs its service, and a policy its target and a label of both parts", () => {
    expect(summaries(checkCreation("aws_appautoscaling_target", target)).join()).toContain("ECS service doesn't exist");
    const policy = (label: string): Obj => ({
      ...target,
      target_tracking_scaling_policy_configuration: [
        {
          predefined_metric_specification: [
            { predefined_metric_type: "ALBRequestCountPerTarget", resource_label: label },
          ],
        },
      ],
    });
    const label = "app/shop/0a1b/targetgroup/api/2c3d";
    expect(summaries(checkCreation("aws_appautoscaling_policy", policy(label))).join()).toContain(
      "No scalable target registered",
    );
    const account = new Account(object("aws_appautoscaling_target", "t", target));
    expect(checkCreation("aws_appautoscaling_policy", policy(label), account)).toEqual([]);
    expect(
      summaries(checkCreation("aws_appautoscaling_policy", policy("targetgroup/api/2c3d"), account)).join(),
    ).toContain("Invalid resource label");
  });
});

test("a definition that Terraform replaces has the next revision", () => {
  const account = new Account();
  const config = { family: "api", ...taskOf({}) };
  expect(
    KNOWN.hooks("aws_ecs_task_definition").apply?.(creation("aws_ecs_task_definition", config, account))?.result.arn,
  ).toBe(arnOf("api", 1));
  expect(created("aws_ecs_task_definition", config, account).arn).toBe(arnOf("api", 2));
});

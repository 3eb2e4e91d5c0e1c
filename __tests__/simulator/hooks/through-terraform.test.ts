/** The knowledge behind the real Terraform: what a plan knows already, and what a change does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knowledge } from "../../../scripts/simulator/facts";
import type { Config } from "../sample";
import { startTestRun, type TestRun, Workspace } from "../support";

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } }],
};
const SUBNETS = ["${aws_subnet.a.id}", "${aws_subnet.b.id}"];
const GROUPS = ["${aws_security_group.web.id}"];

/** A web service with a certificate, a database and a cache. */
function webStack(image: string): Config {
  return {
    terraform: {
      required_providers: { aws: { source: "hashicorp/aws" }, random: { source: "hashicorp/random" } },
    },
    provider: { aws: [{ region: "eu-central-1" }], random: [{}] },
    ephemeral: { random_password: { db: { length: 24 } } },
    resource: {
      aws_vpc: { main: { cidr_block: "10.1.0.0/16" } },
      aws_subnet: {
        a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.1.0.0/20", availability_zone: "eu-central-1a" },
        b: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.1.16.0/20", availability_zone: "eu-central-1b" },
      },
      aws_internet_gateway: { main: { vpc_id: "${aws_vpc.main.id}" } },
      aws_security_group: { web: { name: "web", vpc_id: "${aws_vpc.main.id}" } },
      aws_route53_zone: { main: { name: "example.com" } },
      aws_acm_certificate: {
        main: { domain_name: "example.com", subject_alternative_names: ["www.example.com"], validation_method: "DNS" },
      },
      aws_route53_record: {
        validation: {
          for_each: "${{ for o in aws_acm_certificate.main.domain_validation_options : o.domain_name => o }}",
          zone_id: "${aws_route53_zone.main.zone_id}",
          name: "${each.value.resource_record_name}",
          type: "${each.value.resource_record_type}",
          records: ["${each.value.resource_record_value}"],
          ttl: 60,
        },
      },
      aws_acm_certificate_validation: {
        main: {
          certificate_arn: "${aws_acm_certificate.main.arn}",
          validation_record_fqdns: "${[for r in aws_route53_record.validation : r.fqdn]}",
        },
      },
      aws_lb: {
        main: {
          name: "web",
          subnets: SUBNETS,
          security_groups: GROUPS,
          depends_on: ["aws_internet_gateway.main"],
        },
      },
      aws_lb_target_group: {
        web: { name: "web", port: 8080, protocol: "HTTP", target_type: "ip", vpc_id: "${aws_vpc.main.id}" },
      },
      aws_lb_listener: {
        https: {
          load_balancer_arn: "${aws_lb.main.arn}",
          port: 443,
          protocol: "HTTPS",
          certificate_arn: "${aws_acm_certificate_validation.main.certificate_arn}",
          default_action: [{ type: "forward", target_group_arn: "${aws_lb_target_group.web.arn}" }],
        },
      },
      aws_iam_role: { task: { name: "task", assume_role_policy: JSON.stringify(TRUST) } },
      aws_ecs_cluster: { main: { name: "web" } },
      aws_ecs_task_definition: {
        web: {
          family: "web",
          cpu: "256",
          memory: "512",
          network_mode: "awsvpc",
          requires_compatibilities: ["FARGATE"],
          execution_role_arn: "${aws_iam_role.task.arn}",
          container_definitions: JSON.stringify([{ name: "web", image, portMappings: [{ containerPort: 8080 }] }]),
        },
      },
      aws_ecs_service: {
        web: {
          name: "web",
          cluster: "${aws_ecs_cluster.main.arn}",
          task_definition: "${aws_ecs_task_definition.web.arn}",
          desired_count: 2,
          launch_type: "FARGATE",
          network_configuration: [{ subnets: SUBNETS, security_groups: GROUPS }],
          load_balancer: [
            { target_group_arn: "${aws_lb_target_group.web.arn}", container_name: "web", container_port: 8080 },
          ],
          depends_on: ["aws_lb_listener.https"],
        },
      },
      aws_db_subnet_group: { main: { name: "web", subnet_ids: SUBNETS } },
      aws_db_instance: {
        main: {
          identifier: "web",
          engine: "postgres",
          engine_version: "17",
          instance_class: "db.t4g.micro",
          allocated_storage: 20,
          username: "app",
          password_wo: "${ephemeral.random_password.db.result}",
          password_wo_version: 1,
          db_subnet_group_name: "${aws_db_subnet_group.main.name}",
          vpc_security_group_ids: GROUPS,
          skip_final_snapshot: true,
        },
      },
      aws_elasticache_subnet_group: { main: { name: "web", subnet_ids: SUBNETS } },
      aws_elasticache_replication_group: {
        main: {
          replication_group_id: "web",
          description: "cache",
          engine: "valkey",
          node_type: "cache.t4g.micro",
          subnet_group_name: "${aws_elasticache_subnet_group.main.name}",
          security_group_ids: GROUPS,
        },
      },
    },
    output: { certificate: { value: "${aws_acm_certificate.main.arn}" } },
  };
}

describe("a web service through Terraform", () => {
  let run: TestRun;
  let stack: Workspace;
  beforeAll(async () => {
    run = await startTestRun("knowledge-web", knowledge());
    stack = new Workspace(run, "web");
    stack.write(webStack("web:1"));
    await stack.ok("init");
  });
  afterAll(() => run.close());

  test("plans the records of a certificate that does not exist yet", async () => {
    const records = Object.keys(await stack.changes()).filter((address) => address.startsWith("aws_route53_record"));
    expect(records.sort()).toEqual([
      'aws_route53_record.validation["example.com"]',
      'aws_route53_record.validation["www.example.com"]',
    ]);
  });

  test("is made, and the second plan is empty", async () => {
    await stack.apply(webStack("web:1"));
    expect(await stack.planCode()).toBe(0);
    expect(run.objects("aws_route53_record")).toHaveLength(2);
    const { arn, revision } = await stack.values("aws_ecs_task_definition.web");
    expect([arn, revision]).toEqual(["arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1", 1]);
  });

  test("another image is another revision, and the service follows", async () => {
    stack.write(webStack("web:2"));
    const changes = await stack.changes();
    const changed = Object.entries(changes).filter(([, { actions }]) => actions.join() !== "no-op");
    expect(changed.map(([address, { actions }]) => [address, actions.join()])).toEqual([
      ["aws_ecs_service.web", "update"],
      ["aws_ecs_task_definition.web", "delete,create"],
    ]);
    await stack.apply(webStack("web:2"));
    expect(await stack.values("aws_ecs_task_definition.web")).toMatchObject({ revision: 2 });
    expect(await stack.planCode()).toBe(0);
  });

  test("is taken away in the right order", async () => {
    await stack.ok("destroy", "-auto-approve");
    expect(run.objects("aws_vpc")).toEqual([]);
  });
});

describe("changes of an instance through Terraform", () => {
  let run: TestRun;
  let stack: Workspace;
  const config = (change: object): Config => ({
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    provider: { aws: [{ region: "eu-central-1" }] },
    data: {
      aws_ssm_parameter: {
        image: { name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" },
      },
    },
    resource: {
      aws_vpc: { main: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: { main: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.0.0/24" } },
      aws_instance: {
        host: {
          ami: "${data.aws_ssm_parameter.image.insecure_value}",
          instance_type: "t3.small",
          subnet_id: "${aws_subnet.main.id}",
          user_data: "#!/bin/sh",
          ...change,
        },
      },
    },
  });
  beforeAll(async () => {
    run = await startTestRun("knowledge-host", knowledge());
    stack = new Workspace(run, "host");
    stack.write(config({}));
    await stack.ok("init");
    await stack.apply(config({}));
  });
  afterAll(() => run.close());

  test("the second plan is empty", async () => {
    expect(await stack.planCode()).toBe(0);
  });

  test("a stop is announced while it is planned", async () => {
    stack.write(config({ instance_type: "t3.medium" }));
    const plan = await stack.ok("plan");
    expect(plan).toContain("Warning: This update stops the instance");
    expect(plan).toContain("0 to add, 1 to change, 0 to destroy");
    expect((await stack.change("aws_instance.host")).actions).toEqual(["update"]);
  });

  test("user data that replaces says so", async () => {
    stack.write(config({ user_data: "#!/bin/bash", user_data_replace_on_change: true }));
    expect(await stack.change("aws_instance.host")).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["user_data"]],
    });
  });
});

/**
 * What the source document of the FastAPI system asks, one test per id of docs/conformance/fastapi-ec2.yaml that a stack
 * can show, as in rex.test.ts.
 */
import { expect, test } from "vitest";
import { partsOf } from "../helpers/stack-parts";

const { stack, file, services, secretsFile, defaultOf, outputOf, resource } = partsOf("fastapi-ec2");

const host = () => resource("aws_instance.host_instance");
const setting = (name: string) => new RegExp(`^${name}='(.*)'$`, "m").exec(file("stack.env"))?.[1];

test("FA-01 one public subnet in ap-southeast-1a leads to the internet", () => {
  expect(stack().provider?.aws).toMatchObject([{ region: "ap-southeast-1" }]);
  expect(resource("aws_vpc.network_vpc").cidr_block).toBe("10.0.0.0/16");
  expect(Object.keys(stack().resource.aws_subnet ?? {})).toEqual(["network_public_a"]);
  expect(resource("aws_subnet.network_public_a")).toMatchObject({
    availability_zone: "ap-southeast-1a",
    cidr_block: "10.0.1.0/24",
  });
  expect(resource("aws_route.network_internet")).toMatchObject({
    destination_cidr_block: "0.0.0.0/0",
    gateway_id: "${aws_internet_gateway.network_gateway.id}",
  });
});

test("FA-02 a t3.small with Amazon Linux 2023 and basic monitoring", () => {
  expect(defaultOf("instance_type")).toBe("t3.small");
  expect(stack().data?.aws_ssm_parameter?.host_image?.name).toBe(
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
  );
  expect(host()).toMatchObject({
    monitoring: false,
    root_block_device: { volume_type: "gp3", volume_size: 20, encrypted: true },
  });
  expect(outputOf("public_ip")).toBe("${aws_eip.host_address.public_ip}");
});

test("FA-03 the world reaches port 80 and nothing else", () => {
  const rules = stack().resource.aws_vpc_security_group_ingress_rule ?? {};
  const ports = Object.fromEntries(Object.entries(rules).map(([id, rule]) => [id, [rule.from_port, rule.to_port]]));
  expect(ports).toEqual({ firewall_http: [80, 80], firewall_ssh: [22, 22] });
  expect(rules.firewall_http?.cidr_ipv4).toBe("0.0.0.0/0");
  expect(rules.firewall_ssh?.for_each).toBe("${toset(var.ssh_cidrs)}");
  expect(defaultOf("ssh_cidrs")).toEqual([]);
  expect(resource("aws_vpc_security_group_egress_rule.firewall_outwards")).toMatchObject({
    cidr_ipv4: "0.0.0.0/0",
    ip_protocol: "-1",
  });
});

test("FA-04 the role reads its own repository and speaks to Session Manager", () => {
  expect(resource("aws_iam_role_policy_attachment.host_access_session_manager").policy_arn).toBe(
    "arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy",
  );
  const policy = String(resource("aws_iam_role_policy.host_access_policy").policy);
  expect(policy).toContain('"ecr:BatchGetImage"');
  expect(policy).toContain("${aws_ecr_repository.repository_app_images.arn}");
  expect(Object.keys(stack().resource.aws_iam_role_policy_attachment ?? {})).toEqual(["host_access_session_manager"]);
});

test("FA-05 the repository keeps ten released images and scans each one", () => {
  expect(resource("aws_ecr_repository.repository_app_images")).toMatchObject({
    name: "fastapi-app-repo",
    image_scanning_configuration: { scan_on_push: true },
    encryption_configuration: [{ encryption_type: "AES256" }],
    image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION",
    image_tag_mutability_exclusion_filter: [{ filter: "latest", filter_type: "WILDCARD" }],
  });
  const { policy } = resource("aws_ecr_lifecycle_policy.repository_app_expiry");
  expect(policy).toContain('"tagPrefixList":["released-"],"countType":"imageCountMoreThan","countNumber":10}');
});

test("FA-06 the first boot installs Docker and starts the app from its repository", () => {
  expect(host().user_data).toContain("/opt/fastapi");
  expect(file("etc/packages.amazon-linux-2023")).toContain("docker");
  expect(file("systemd/fastapi.service")).toContain("\nExecStart=/opt/fastapi/libexec/start\n");
});

test("FA-07 the container is reached on port 80 by the host's address, and restarts", () => {
  const { app, proxy } = services();
  expect(app?.container_name).toBe("fastapi-app");
  expect(app?.restart).toBe("unless-stopped");
  expect(app).not.toHaveProperty("ports");
  expect(proxy?.ports).toEqual(["80:80"]);
  const caddy = file("caddy/Caddyfile");
  expect(caddy).toContain("\nhttp:// {\n");
  expect(caddy).toContain("reverse_proxy app:8000 {");
  expect(outputOf("base_url")).toBe("http://${aws_eip.host_address.public_ip}");
  expect(setting("PUBLIC_HOSTS")).toBe("localhost=app:/*");
});

test("FA-08 the database is elsewhere: its URL is a secret that a person gives", () => {
  const { secrets, environments } = secretsFile();
  expect(Object.keys(secrets)).toEqual(["DATABASE_URL"]);
  expect(secrets.DATABASE_URL).toMatchObject({ source: "provided", store: "ssm" });
  expect(environments).toMatchObject([
    { path: "/run/fastapi/env/app.env", variables: { DATABASE_URL: [{ secret: "DATABASE_URL" }] } },
  ]);
  expect(services()).not.toHaveProperty("postgres");
  expect(setting("DATA_SERVICES")).toBe("");
});

test("FA-09 /health is asked, /items shows the database, and /metrics is closed to the world", () => {
  expect(setting("HEALTH_PATH_APP")).toBe("/health");
  expect(setting("PORT_APP")).toBe("8000");
  expect(setting("SMOKE_DATABASE_APP")).toBe("/items");
  const caddy = file("caddy/Caddyfile");
  expect(caddy).toContain("\t\t@metrics path /metrics /metrics/*\n");
  expect(caddy).toContain("\t\trespond @metrics 404\n");
});

test("FA-10 half a processor, 512 MiB, and no root", () => {
  const { app } = services();
  expect(app?.deploy).toMatchObject({ resources: { limits: { cpus: "0.5", memory: "512M" } } });
  expect(app).toMatchObject({ user: "10001:10001", read_only: true });
});

test("FA-12 migrations run on the host at each release", () => {
  expect(services()["job-migrate"]?.command).toEqual(["alembic", "upgrade", "head"]);
  expect(setting("DEPLOY_JOBS")).toBe("job-migrate");
});

test("FA-13 the outputs carry the names that people know", () => {
  expect(outputOf("instance_id")).toBe("${aws_instance.host_instance.id}");
  expect(outputOf("public_ip")).toBe("${aws_eip.host_address.public_ip}");
  expect(outputOf("ecr_url")).toBe("${aws_ecr_repository.repository_app_images.repository_url}");
});

test("FA-15 another size is one variable, and the host stays the same", () => {
  expect(host().instance_type).toBe("${var.instance_type}");
  expect(host().lifecycle).toEqual({ ignore_changes: ["ami", "user_data"] });
  expect(stack().resource).not.toHaveProperty("terraform_data");
});

test("FA-17 IMDSv2, no SSH, a read-only root, flow logs by choice, and alarms that tell a topic", () => {
  expect(host()).toMatchObject({ metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 } });
  expect(host()).not.toHaveProperty("key_name");
  expect(services().app?.read_only).toBe(true);
  expect(resource("aws_cloudwatch_metric_alarm.alarm_cpu").alarm_actions).toEqual([
    "${aws_sns_topic.alerts_topic.arn}",
  ]);
});

test("FA-19 what keeps a container from starting is in its log group", () => {
  expect(services().app?.logging).toMatchObject({
    driver: "awslogs",
    options: { "awslogs-group": "/fastapi/mvp/app" },
  });
  expect(outputOf("log_groups")).toMatchObject({ app: "/fastapi/mvp/app" });
});

test("FA-21 processors and memory have alarms and a place on the dashboard", () => {
  expect(resource("aws_cloudwatch_metric_alarm.alarm_cpu").metric_name).toBe("CPUUtilization");
  expect(resource("aws_cloudwatch_metric_alarm.alarm_memory").metric_name).toBe("MemoryUsedPercent");
  expect(resource("aws_cloudwatch_dashboard.dashboard_overview").dashboard_body).toContain(
    '["fastapi/mvp","MemoryUsedPercent","Stack","fastapi-mvp"]',
  );
});

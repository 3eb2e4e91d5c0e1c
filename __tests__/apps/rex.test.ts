/**
 * What the source document of Rex asks, one test per id of docs/conformance/rex-all-in-one.yaml that a stack can show. The
 * tests read the JSON that ships, or a changed copy of it: `npm run conformance -- --mutate` shows that each one notices.
 */
import { expect, test } from "vitest";
import { partsOf } from "../helpers/stack-parts";

const { stack, file, services, secretsFile, defaultOf, outputOf, resource } = partsOf("rex-all-in-one");

const host = () => resource("aws_instance.host_spot_instance");
const setting = (name: string) => new RegExp(`^${name}='(.*)'$`, "m").exec(file("stack.env"))?.[1];

test("REX-AIO-01 one Spot t3a.medium in a public subnet, without NAT and load balancer", () => {
  expect(Object.keys(stack().resource.aws_instance ?? {})).toEqual(["host_spot_instance"]);
  expect(defaultOf("instance_type")).toBe("t3a.medium");
  expect(host()).toMatchObject({
    instance_type: "${var.instance_type}",
    subnet_id: "${aws_subnet.network_public_a.id}",
    instance_market_options: {
      market_type: "spot",
      spot_options: { spot_instance_type: "persistent", instance_interruption_behavior: "stop" },
    },
  });
  expect(resource("aws_subnet.network_public_a").cidr_block).toBe("10.0.0.0/24");
  expect(resource("aws_route.network_internet").gateway_id).toBe("${aws_internet_gateway.network_gateway.id}");
  expect(outputOf("public_ip")).toBe("${aws_eip.host_address.public_ip}");
  expect(Object.keys(stack().resource).filter((type) => ["aws_nat_gateway", "aws_lb"].includes(type))).toEqual([]);
});

test("REX-AIO-02 another size is one variable, and a Spot host of another size is a new one", () => {
  expect(resource("terraform_data.host_type").input).toBe("${var.instance_type}");
  expect(host().lifecycle).toMatchObject({ replace_triggered_by: ["terraform_data.host_type"] });
  expect(resource("aws_ebs_volume.data_volume").lifecycle).toMatchObject({ prevent_destroy: true });
  const validation = stack().variable?.instance_type?.validation as { condition: string }[] | undefined;
  expect(validation?.[1]?.condition).toBe('${!can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)[.]", var.instance_type))}');
});

test("REX-AIO-04 the host brings itself up in /app, at its first boot and at each further one", () => {
  expect(setting("APP_DIR")).toBe("/app");
  expect(host().user_data).toContain("/app");
  const unit = file("systemd/rex.service");
  expect(unit).toContain("\nExecStart=/app/libexec/start\n");
  expect(unit).toContain("\nWantedBy=multi-user.target\n");
  for (const name of ["postgres", "cache", "supertokens", "api", "worker"]) {
    expect(services()[name]?.restart, name).toBe("unless-stopped");
  }
});

test("REX-AIO-05 PostgreSQL has rex_backend for rexadmin, and its data outlives the container", () => {
  const { postgres } = services();
  expect(postgres?.container_name).toBe("rex-postgres");
  expect(postgres?.image).toMatch(/^postgres:17\.\d+-bookworm$/);
  expect(postgres?.healthcheck).toMatchObject({ test: ["CMD-SHELL", expect.stringContaining("pg_isready ")] });
  expect(postgres?.volumes).toEqual([expect.objectContaining({ source: "/app/data/postgres" })]);
  const sql = file("postgres/init.sql");
  expect(sql).toContain(`'CREATE ROLE "rexadmin" LOGIN'`);
  expect(sql).toContain(`'CREATE DATABASE "rex_backend" OWNER "rexadmin"'`);
});

test("REX-AIO-06 SuperTokens has its own database and role on the same server", () => {
  expect(setting("DATABASES")).toBe("rex_backend supertokens");
  expect(file("postgres/init.sql")).toContain(`'CREATE DATABASE "supertokens" OWNER "supertokens"'`);
  expect(services().supertokens?.environment).toMatchObject({ DB_NAME: "supertokens", DB_USER: "supertokens" });
  const { variables } = secretsFile().environments.find(({ path }) => path === "/run/rex/env/supertokens.env") ?? {};
  expect(variables?.DB_PASSWORD).toEqual([{ secret: "SUPERTOKENS_DB_PASSWORD" }]);
});

test("REX-AIO-07 the queue has 512 MB, evicts nothing and keeps its data", () => {
  const { cache } = services();
  expect(cache?.image).toMatch(/^valkey\/valkey:8\.\d+\.\d+-bookworm$/);
  expect(cache?.command?.slice(1, 7)).toEqual([
    "--maxmemory",
    "512mb",
    "--maxmemory-policy",
    "noeviction",
    "--appendonly",
    "yes",
  ]);
  expect(cache?.volumes).toEqual([expect.objectContaining({ source: "/app/data/cache", target: "/data" })]);
  expect(cache?.healthcheck).toMatchObject({ test: ["CMD-SHELL", "valkey-cli ping | grep -qx PONG"] });
});

test("REX-AIO-08 the SuperTokens core answers on 3567 with a key, to containers only", () => {
  const image = "registry.supertokens.io/supertokens/supertokens-postgresql:";
  expect(resource("aws_ssm_parameter.image_supertokens_parameter").insecure_value).toContain(image);
  const { supertokens } = services();
  expect(supertokens).not.toHaveProperty("ports");
  expect(supertokens?.depends_on).toMatchObject({ postgres: { condition: "service_healthy" } });
  const check = supertokens?.healthcheck as { test: string[] } | undefined;
  expect(check?.test.at(-1)).toContain("/dev/tcp/127.0.0.1/3567 && printf 'GET /hello ");
  expect(supertokens?.tmpfs).toContain("/lib/supertokens/temp:exec,uid=1000,gid=1000");
  const { secrets, environments } = secretsFile();
  const { variables } = environments.find(({ path }) => path === "/run/rex/env/supertokens.env") ?? {};
  expect(variables?.API_KEYS).toEqual([{ secret: "SUPERTOKENS_API_KEY" }]);
  expect(variables?.POSTGRESQL_CONNECTION_URI).toEqual([
    { text: "postgresql://supertokens:" },
    { secret: "SUPERTOKENS_DB_PASSWORD", encode: "url" },
    { text: "@postgres:5432/supertokens" },
  ]);
  expect(secrets.SUPERTOKENS_API_KEY).toMatchObject({ source: "generated", encoding: "hex" });
});

test("REX-AIO-09 the API runs from its repository on 8080, which only listed ranges reach", () => {
  const { api } = services();
  expect(api?.image).toMatch(/^\$\{IMAGE_API:-/);
  expect(api?.ports).toEqual(["8080:8080"]);
  expect(api?.environment).toMatchObject({
    DB_HOST: "postgres",
    REDIS_HOST: "cache",
    SUPERTOKENS_CONNECTION_URI: "http://supertokens:3567",
  });
  expect(api?.depends_on).toMatchObject({
    postgres: { condition: "service_healthy" },
    cache: { condition: "service_healthy" },
    supertokens: { condition: "service_healthy" },
  });
  expect(setting("HEALTH_PATH_API")).toBe("/health");
  expect(resource("aws_vpc_security_group_ingress_rule.firewall_direct_api")).toMatchObject({
    for_each: "${toset(var.direct_cidrs)}",
    cidr_ipv4: "${each.value}",
    from_port: 8080,
    to_port: 8080,
  });
  expect(defaultOf("direct_cidrs")).toEqual(["203.0.113.0/24"]);
});

test("REX-AIO-10 the worker runs from its repository with the same database and queue", () => {
  const { worker } = services();
  expect(worker?.image).toMatch(/^\$\{IMAGE_WORKER:-/);
  expect(worker?.environment).toMatchObject({ DB_HOST: "postgres", REDIS_HOST: "cache" });
  expect(worker).not.toHaveProperty("ports");
});

test("REX-AIO-11 the optional frontend leaves nothing behind while it is off", () => {
  expect(services()).not.toHaveProperty("frontend");
  for (const type of ["aws_ecr_repository", "aws_ssm_parameter", "aws_cloudwatch_log_group"]) {
    expect(Object.keys(stack().resource[type] ?? {}).filter((id) => id.includes("frontend"))).toEqual([]);
  }
  expect(stack().resource.aws_vpc_security_group_ingress_rule).not.toHaveProperty("firewall_direct_frontend");
});

test("REX-AIO-12 API and worker have a repository and a way to build", () => {
  const builds = outputOf("image_builds") as Record<string, string>;
  for (const service of ["api", "worker"]) {
    expect(resource(`aws_ecr_repository.repository_${service}_images`).name).toBe(`rex/mvp/${service}`);
    expect(builds[service]).toContain(` --file Dockerfile.prod --target ${service} `);
  }
});

test("REX-AIO-13 /app/update.sh leads to the host's own update", () => {
  expect(file("bootstrap.sh")).toContain(' -- bin/update "$APP_DIR/update.sh"\n');
  expect(setting("AWS_REGION")).toBe("ap-south-1");
});

test("REX-AIO-14 migrations are a job of the API's image at each release", () => {
  const job = services()["job-migrate"];
  expect(job?.command).toEqual(["/app/migrate", "up"]);
  expect(job?.image).toBe(services().api?.image);
  expect(setting("DEPLOY_JOBS")).toBe("job-migrate");
});

test("REX-AIO-15 people reach the host by Session Manager, and there is no SSH key", () => {
  expect(resource("aws_iam_role_policy_attachment.host_access_session_manager").policy_arn).toBe(
    "arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy",
  );
  expect(host()).not.toHaveProperty("key_name");
  expect(defaultOf("ssh_cidrs")).toEqual([]);
  expect(outputOf("session_command")).toBe(
    "aws ssm start-session --region ap-south-1 --target ${aws_instance.host_spot_instance.id}",
  );
});

test("REX-AIO-16 the outputs carry the names that the system's scripts ask for", () => {
  expect(outputOf("allInOneInstanceId")).toBe("${aws_instance.host_spot_instance.id}");
  expect(outputOf("apiBaseUrl")).toBe("http://${aws_eip.host_address.public_ip}:8080");
  expect(outputOf("albDnsName")).toBe("${aws_eip.host_address.public_dns}");
});

test("REX-AIO-17 the first administrator is made once, with a password that nobody has chosen", () => {
  const job = services()["job-admin-init"];
  expect(job?.command).toEqual(["/app/admin-init"]);
  expect(job?.environment).toMatchObject({ PLATFORM_ADMIN_EMAIL: "admin@platform.local" });
  expect(job?.env_file).toContain("/run/rex/env/job-admin-init.env");
  expect(setting("ONCE_JOBS")).toBe("job-admin-init");
  expect(setting("MARKER_OF_JOB_ADMIN_INIT")).toBe(".admin-initialized");
  const { secrets, environments } = secretsFile();
  expect(secrets.PLATFORM_ADMIN_PASSWORD).toMatchObject({ source: "generated", bytes: 18 });
  const holders = environments.filter(({ variables }) => "PLATFORM_ADMIN_PASSWORD" in variables);
  expect(holders).toEqual([
    {
      path: "/run/rex/env/job-admin-init.env",
      variables: { PLATFORM_ADMIN_PASSWORD: [{ secret: "PLATFORM_ADMIN_PASSWORD" }] },
    },
  ]);
});

test("REX-AIO-18 the host makes the database password, and no file or state holds it", () => {
  const { secrets, environments } = secretsFile();
  expect(secrets.DB_PASSWORD).toMatchObject({ source: "generated", store: "ssm", bytes: 32 });
  const api = environments.find(({ path }) => path === "/run/rex/env/api.env");
  expect(api?.variables.DB_PASSWORD).toEqual([{ secret: "DB_PASSWORD" }]);
  expect(resource("aws_iam_role_policy.host_access_policy").policy).toContain(":parameter/rex/mvp/secret/DB_PASSWORD");
});

test("REX-AIO-19 logs go to CloudWatch and are kept for a time; memory and disks have alarms", () => {
  const logging = services().api?.logging as { driver: string; options: Record<string, string> };
  expect(logging).toMatchObject({ driver: "awslogs", options: { "awslogs-group": "/rex/mvp/api" } });
  expect(resource("aws_cloudwatch_log_group.logs_api").retention_in_days).toBe(30);
  expect(resource("aws_cloudwatch_metric_alarm.alarm_disk_data").metric_name).toBe("DiskUsedPercent");
  expect(resource("aws_cloudwatch_metric_alarm.alarm_disk_root").metric_name).toBe("DiskUsedPercent");
  expect(resource("aws_cloudwatch_metric_alarm.alarm_memory").metric_name).toBe("MemoryUsedPercent");
});

test("REX-AIO-22 a host that is alone is watched, and comes back by itself", () => {
  expect(file("systemd/rex-spot.service")).toContain("\nExecStart=/app/libexec/spot-watcher\n");
  expect(resource("aws_cloudwatch_metric_alarm.alarm_status_check").namespace).toBe("AWS/EC2");
});

test("REX-AIO-23 PostgreSQL is tuned to its share of the host's memory", () => {
  const settings = ["max_connections=100", "shared_buffers=256MB", "effective_cache_size=768MB"];
  expect(services().postgres?.command).toEqual(expect.arrayContaining(settings));
});

test("REX-AIO-30 a backup is taken each night, and an alarm rings when none was", () => {
  expect(file("systemd/rex-backup.timer")).toContain("\nOnCalendar=*-*-* 02:00:00 UTC\n");
  expect(resource("aws_cloudwatch_metric_alarm.alarm_backup_age")).toMatchObject({
    threshold: 26 * 3600,
    treat_missing_data: "breaching",
  });
});

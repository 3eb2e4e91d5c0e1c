/**
 * What the default app's source document asks of its mvp tier, one test per id of docs/conformance/webrana-mvp.yaml. The
 * tests read the JSON that ships, or a changed copy of it: `npm run conformance -- --mutate` shows that each one notices.
 */
import { expect, test } from "vitest";
import { defaultOf, file, resource, secretsFile, services, stack, type Block } from "./mvp-parts";

test("WEB-MVP-01 one t3.medium runs the four containers by Compose", () => {
  expect(stack().provider?.aws).toMatchObject([{ region: "ap-southeast-1" }]);
  expect(defaultOf("instance_type")).toBe("t3.medium");
  expect(Object.keys(stack().resource.aws_instance ?? {})).toEqual(["host_instance"]);
  expect(resource("aws_instance.host_instance").instance_type).toBe("${var.instance_type}");

  const { backend, frontend, postgres, cache } = services();
  expect(backend?.image).toMatch(/^\$\{IMAGE_BACKEND:-.+\}$/);
  expect(frontend?.image).toMatch(/^\$\{IMAGE_FRONTEND:-.+\}$/);
  expect(frontend?.tmpfs).toEqual(["/tmp:uid=10001,gid=10001", "/app/.next/cache:uid=10001,gid=10001"]);
  expect(postgres?.image).toMatch(/^postgres:17\.\d+-bookworm$/);
  expect(cache?.image).toMatch(/^valkey\/valkey:8\.\d+\.\d+-bookworm$/);
  expect(file("systemd/webrana.service")).toContain("\nExecStart=/opt/webrana/libexec/start\n");
  expect(file("libexec/start")).toContain("\nwith_lock --wait 900 deploy start\n");
});

test("WEB-MVP-02 PostgreSQL and Redis keep their data on a 30 GiB gp3 volume", () => {
  expect(defaultOf("data_volume_gib")).toBe(30);
  expect(resource("aws_ebs_volume.data_volume")).toMatchObject({
    availability_zone: "${aws_subnet.network_public_a.availability_zone}",
    encrypted: true,
    lifecycle: { prevent_destroy: true },
    size: "${var.data_volume_gib}",
    type: "gp3",
  });
  expect(resource("aws_volume_attachment.data_attachment")).toMatchObject({
    instance_id: "${aws_instance.host_instance.id}",
    stop_instance_before_detaching: true,
    volume_id: "${aws_ebs_volume.data_volume.id}",
  });
  expect(resource("aws_instance.host_instance").root_block_device).toMatchObject({ encrypted: true });

  const { postgres, cache } = services();
  const bind = (source: string, target: string) => expect.objectContaining({ type: "bind", source, target });
  expect(postgres?.volumes).toEqual([bind("/opt/webrana/data/postgres", "/var/lib/postgresql/data")]);
  expect(cache?.volumes).toEqual([bind("/opt/webrana/data/cache", "/data")]);
  expect(cache?.command?.join(" ")).toContain("--appendonly yes ");
  expect(file("systemd/webrana.service").split("\n")).toContain("AssertPathIsMountPoint=/opt/webrana/data");
});

test("WEB-MVP-03 the host has an Elastic IP", () => {
  expect(resource("aws_eip.host_address").domain).toBe("vpc");
  expect(resource("aws_eip_association.host_address_association")).toMatchObject({
    allocation_id: "${aws_eip.host_address.id}",
    instance_id: "${aws_instance.host_instance.id}",
  });
  expect(stack().output?.public_ip?.value).toBe("${aws_eip.host_address.public_ip}");
});

test("WEB-MVP-04 each night's backup goes into a closed, versioned bucket", () => {
  expect(file("systemd/webrana-backup.timer")).toContain("\nOnCalendar=*-*-* 02:00:00 UTC\n");
  expect(file("systemd/webrana-backup.service")).toContain("\nExecStart=/opt/webrana/bin/backup now");
  expect(file("stack.env")).toContain("\nBACKUP_PREFIX='backups/'\n");
  expect(resource("aws_s3_bucket.backups_bucket")).toMatchObject({
    bucket: "webrana-mvp-backups-${random_id.backups_suffix.hex}",
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  const { versioning_configuration: versioning } = resource("aws_s3_bucket_versioning.backups_versioning");
  expect(versioning).toEqual({ status: "Enabled" });
  expect(resource("aws_s3_bucket_server_side_encryption_configuration.backups_encryption").rule).toMatchObject([
    { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
  ]);
  expect(resource("aws_s3_bucket_public_access_block.backups_public_access")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  const policy = JSON.parse(resource("aws_s3_bucket_policy.backups_policy").policy as string) as Block;
  expect(policy.Statement).toContainEqual({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:*"],
    Resource: ["${aws_s3_bucket.backups_bucket.arn}", "${aws_s3_bucket.backups_bucket.arn}/*"],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  expect(stack().output?.backup_bucket?.value).toBe("${aws_s3_bucket.backups_bucket.bucket}");
  expect(file("stack.env").split("\n")).toContain("BUCKET='${aws_s3_bucket.backups_bucket.bucket}'");
});

test("WEB-MVP-05 the three secrets reach the backend in /opt/webrana", () => {
  expect(file("stack.env").split("\n")).toContain("APP_DIR='/opt/webrana'");
  const { secrets, environments } = secretsFile();
  expect(secrets).toMatchObject({
    DB_PASSWORD: { bytes: 24, encoding: "base64url" },
    MASTER_ENCRYPTION_KEY: { bytes: 32, encoding: "base64", carry: true },
    JWT_SECRET: { bytes: 64, encoding: "base64", carry: true },
  });
  const names = ["DB_PASSWORD", "MASTER_ENCRYPTION_KEY", "JWT_SECRET"];
  for (const name of names) expect(environments[0]?.variables[name]).toEqual([{ secret: name }]);
  expect(environments.map(({ path }) => path)).toEqual(["/run/webrana/env/backend.env"]);
  expect(services().backend?.env_file).toEqual(["/run/webrana/env/backend.env"]);
  const { policy } = resource("aws_iam_role_policy.host_access_policy");
  for (const name of names) expect(policy).toContain(`:parameter/webrana/mvp/secret/${name}"`);
  expect(policy).toMatch(
    /"ssm:PutParameter"\],"Resource":\[[^\]]+\],"Condition":\{"StringNotEquals":\{"ssm:Overwrite":"true"\}\}/,
  );
});

test("WEB-MVP-06 a proxy with TLS serves both names", () => {
  expect(defaultOf("domain")).toBe("webrana.id");
  expect(stack().output?.app_urls?.value).toEqual(["https://api.${var.domain}", "https://${var.domain}"]);
  const { proxy } = services();
  expect(proxy?.image).toMatch(/^caddy:2\.\d+\.\d+$/);
  expect(proxy?.ports).toEqual(["80:80", "443:443"]);
  expect(proxy?.volumes).toContainEqual(
    expect.objectContaining({ source: "/opt/webrana/data/caddy", target: "/data" }),
  );
  // What stands in the block of a site, up to its closing brace.
  const site = (name: string) => file("caddy/Caddyfile").split(`\n${name} {\n`)[1]?.split("\n}\n")[0];
  expect(site("api.${var.domain}")).toContain("reverse_proxy backend:8080 {");
  expect(site("${var.domain}")).toContain("reverse_proxy frontend:3000 {");
});

test("WEB-MVP-07 people reach an Ubuntu host by Session Manager", () => {
  const image = stack().data?.aws_ssm_parameter?.host_image?.name;
  expect(image).toBe("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id");
  const host = resource("aws_instance.host_instance");
  expect(host.ami).toBe("${data.aws_ssm_parameter.host_image.insecure_value}");
  expect(host).not.toHaveProperty("key_name");
  expect(resource("aws_iam_role_policy_attachment.host_access_session_manager").policy_arn).toBe(
    "arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy",
  );
  expect(stack().output?.session_command?.value).toBe(
    "aws ssm start-session --region ap-southeast-1 --target ${aws_instance.host_instance.id}",
  );
  expect(defaultOf("ssh_cidrs")).toEqual([]);
});

test("WEB-MVP-08 containers, database and user carry the names that people know", () => {
  const { postgres, cache, backend, frontend } = services();
  const names = [postgres, cache, backend, frontend].map((service) => service?.container_name);
  expect(names).toEqual(["webrana-postgres", "webrana-cache", "webrana-backend", "webrana-frontend"]);
  const database = { DB_HOST: "postgres", DB_NAME: "webrana", DB_USER: "webrana" };
  expect(backend?.environment).toMatchObject({ ...database, REDIS_HOST: "cache" });
  const sql = file("postgres/init.sql");
  expect(sql).toContain(`'CREATE ROLE "webrana" LOGIN'`);
  expect(sql).toContain(`'ALTER ROLE "webrana" NOSUPERUSER `);
  expect(sql).toContain(`'CREATE DATABASE "webrana" OWNER "webrana"'`);
});

test("WEB-MVP-09 backend and frontend have a repository and a way to build", () => {
  const builds = stack().output?.image_builds?.value as Record<string, string>;
  for (const service of ["backend", "frontend"]) {
    expect(builds[service]).toContain(` --file infrastructure/docker/Dockerfile.${service} `);
    expect(resource(`aws_ecr_repository.repository_${service}_images`)).toMatchObject({
      image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION",
      name: `webrana/mvp/${service}`,
    });
    const { policy } = resource(`aws_ecr_lifecycle_policy.repository_${service}_expiry`);
    expect(policy).toContain('"tagPrefixList":["released-"],"countType":"imageCountMoreThan","countNumber":10}');
    expect(resource(`aws_ssm_parameter.image_${service}_parameter`).name).toBe(`/webrana/mvp/image/${service}`);
  }
});

test("WEB-MVP-10 what people set is a typed variable with a default", () => {
  const variables = stack().variable ?? {};
  const types = Object.fromEntries(Object.entries(variables).map(([name, { type }]) => [name, type]));
  expect(types).toMatchObject({
    alert_emails: "list(string)",
    data_volume_gib: "number",
    domain: "string",
    hosted_zone_id: "string",
    instance_type: "string",
    origin_cidrs: "list(string)",
    ssh_cidrs: "list(string)",
  });
  expect(defaultOf("hosted_zone_id")).toBe("");
  expect(defaultOf("alert_emails")).toEqual([]);
  const incomplete = Object.entries(variables).filter(
    ([, { default: value, description, validation }]) => value === undefined || !description || !validation,
  );
  expect(incomplete).toEqual([]);
});

test("WEB-MVP-12 names lead to the host, and only Cloudflare reaches it", () => {
  const address = "${aws_eip.host_address.public_ip}";
  for (const [id, name] of Object.entries({ apex: "${var.domain}", api: "api.${var.domain}" })) {
    expect(resource(`aws_route53_record.record_${id}`)).toMatchObject({
      name,
      records: [address],
      type: "A",
      zone_id: "${var.hosted_zone_id}",
    });
  }
  expect(stack().output?.dns_records?.value).toMatchObject([
    { name: "api.${var.domain}", type: "A", value: address },
    { name: "${var.domain}", type: "A", value: address },
  ]);

  expect(defaultOf("origin_cidrs")).toContain("173.245.48.0/20");
  for (const rule of ["http", "https"]) {
    expect(resource(`aws_vpc_security_group_ingress_rule.firewall_${rule}`)).toMatchObject({
      cidr_ipv4: "${each.value}",
      for_each: "${toset(var.origin_cidrs)}",
    });
  }
  expect(file("caddy/Caddyfile")).toContain('\ttrusted_proxies static ${join(" ", var.origin_cidrs)}\n');
});

test("WEB-MVP-13 the host answers on 80 and 443, and on 22 to listed ranges only", () => {
  const rules = stack().resource.aws_vpc_security_group_ingress_rule ?? {};
  const ports = Object.fromEntries(Object.entries(rules).map(([id, rule]) => [id, [rule.from_port, rule.to_port]]));
  expect(ports).toEqual({ firewall_http: [80, 80], firewall_https: [443, 443], firewall_ssh: [22, 22] });
  expect(rules.firewall_ssh?.for_each).toBe("${toset(var.ssh_cidrs)}");
  const { vpc_security_group_ids: groups } = resource("aws_instance.host_instance");
  expect(groups).toEqual(["${aws_security_group.firewall_group.id}"]);
  expect(resource("aws_default_security_group.network_default_group").ingress).toEqual([]);

  const publishing = Object.entries(services()).filter(([, service]) => "ports" in service);
  expect(publishing.map(([name]) => name)).toEqual(["proxy"]);
});

test("WEB-MVP-14 nothing but the host serves, stores or balances", () => {
  const paid = ["aws_db_instance", "aws_rds_cluster", "aws_elasticache_replication_group", "aws_lb", "aws_nat_gateway"];
  expect(Object.keys(stack().resource).filter((type) => paid.includes(type))).toEqual([]);
});

test("WEB-MVP-15 plain Terraform deploys the directory", () => {
  expect(stack().terraform).toMatchObject({
    backend: { local: { path: "../../../terraform.mvp.tfstate" } },
    required_providers: { aws: { source: "hashicorp/aws" }, random: { source: "hashicorp/random" } },
    required_version: ">= 1.11",
  });
});

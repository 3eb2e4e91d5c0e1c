import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { RdsInstance, type RdsInstanceProps } from "../../modules/data/rds-instance";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { addresses, onlyOne, outputOf } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { DATABASE, variable } from "./managed-stack";

function synthDatabase(props: Partial<RdsInstanceProps> = {}, withReplicas = false): string {
  return synth((stack) => {
    new RandomProvider(stack, "random");
    const database = new RdsInstance(stack, "db", {
      ...DATABASE,
      subnetIds: ["subnet-a", "subnet-b"],
      securityGroupId: "sg-data",
      instanceClass: "db.t4g.micro",
      storage: { gib: 20, type: "gp3", maxGib: 100 },
      multiAz: false,
      ...(withReplicas && { replicas: variable(stack, "replicas", "number", 0).numberValue }),
      ...props,
    });
    const { endpoint, port, masterSecretArn, identifier, readerEndpoint, resourceId } = database;
    new TerraformOutput(stack, "exposed", {
      value: { endpoint, port, masterSecretArn, identifier, readerEndpoint, resourceId },
    });
  });
}

const instanceIn = (json: string) => resourcesOf(json, DbInstance).db_instance ?? {};

describe("RdsInstance", () => {
  const json = synthDatabase();

  test("is a private, encrypted PostgreSQL whose password RDS keeps", () => {
    expect(instanceIn(json)).toEqual({
      identifier: "shop-growth-db",
      engine: "postgres",
      engine_version: "17",
      engine_lifecycle_support: "open-source-rds-extended-support-disabled",
      allow_major_version_upgrade: false,
      auto_minor_version_upgrade: true,
      apply_immediately: true,
      instance_class: "db.t4g.micro",
      allocated_storage: 20,
      max_allocated_storage: 100,
      storage_type: "gp3",
      storage_encrypted: true,
      multi_az: false,
      port: 5432,
      publicly_accessible: false,
      db_subnet_group_name: "${aws_db_subnet_group.db_subnets.name}",
      vpc_security_group_ids: ["sg-data"],
      parameter_group_name: "${aws_db_parameter_group.db_parameters.name}",
      ca_cert_identifier: "rds-ca-rsa2048-g1",
      db_name: "shop",
      username: "shop_admin",
      manage_master_user_password: true,
      backup_retention_period: 7,
      copy_tags_to_snapshot: true,
      deletion_protection: false,
      skip_final_snapshot: false,
      final_snapshot_identifier: "shop-growth-db-final-${random_id.db_final_snapshot.hex}",
      enabled_cloudwatch_logs_exports: ["postgresql", "upgrade"],
      performance_insights_enabled: true,
      performance_insights_retention_period: 7,
      depends_on: ["aws_cloudwatch_log_group.db_log_postgresql", "aws_cloudwatch_log_group.db_log_upgrade"],
      lifecycle: { prevent_destroy: false },
    });
  });

  test("exposes what clients, policies and alarms need", () => {
    const address = "${aws_db_instance.db_instance.address}";
    expect(outputOf(json, "exposed")).toEqual({
      endpoint: address,
      port: 5432,
      masterSecretArn: "${aws_db_instance.db_instance.master_user_secret[0].secret_arn}",
      identifier: "${aws_db_instance.db_instance.identifier}",
      readerEndpoint: address,
      resourceId: "${aws_db_instance.db_instance.resource_id}",
    });
  });

  test("lies in the subnets, and its logs end", () => {
    expect(onlyOne(json, DbSubnetGroup)).toEqual({
      name: "shop-growth-db",
      description: "Subnets of the database",
      subnet_ids: ["subnet-a", "subnet-b"],
    });
    expect(Object.values(resourcesOf(json, CloudwatchLogGroup))).toEqual([
      { name: "/aws/rds/instance/shop-growth-db/postgresql", retention_in_days: 30 },
      { name: "/aws/rds/instance/shop-growth-db/upgrade", retention_in_days: 30 },
    ]);
  });

  test("has parameters of its major version, made before those of another one go", () => {
    expect(onlyOne(json, DbParameterGroup)).toMatchObject({
      name: "shop-growth-db-postgres17",
      family: "postgres17",
      lifecycle: { create_before_destroy: true },
    });
    expect(onlyOne(synthDatabase({ major: 18 }), DbParameterGroup)).toMatchObject({
      name: "shop-growth-db-postgres18",
      family: "postgres18",
    });
  });

  test("protected, refuses to be destroyed in two ways", () => {
    expect(instanceIn(synthDatabase({ protect: true }))).toMatchObject({
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("leaves no snapshot when none is wanted", () => {
    const without = synthDatabase({ finalSnapshot: false });
    expect(instanceIn(without).skip_final_snapshot).toBe(true);
    expect(instanceIn(without)).not.toHaveProperty("final_snapshot_identifier");
    expect(addresses(without)).not.toContain("random_id.db_final_snapshot");
  });

  test("storage that does not grow by itself, of another kind, without encryption", () => {
    const plain = instanceIn(synthDatabase({ storage: { gib: 20, type: "gp2" }, encrypted: false }));
    expect(plain).toMatchObject({ storage_type: "gp2", storage_encrypted: false, allocated_storage: 20 });
    expect(plain).not.toHaveProperty("max_allocated_storage");
  });

  test("takes a literal name, which its log groups and its last snapshot follow", () => {
    const names = new PhysicalNames({ app: "shop", tier: "growth" }, { db_instance: "old-db" });
    const named = synthDatabase({ names });
    expect(instanceIn(named)).toMatchObject({
      identifier: "old-db",
      final_snapshot_identifier: "old-db-final-${random_id.db_final_snapshot.hex}",
    });
    expect(named).toHaveResourceWithProperties(CloudwatchLogGroup, { name: "/aws/rds/instance/old-db/upgrade" });
  });
});

describe("a pinned zone", () => {
  const zone = "eu-central-1a";

  test("counts when the database is made: a failover may move it later", () => {
    expect(instanceIn(synthDatabase({ zone }))).toMatchObject({
      availability_zone: zone,
      lifecycle: { ignore_changes: ["availability_zone"] },
    });
  });

  test("is not asked for beside a standby, also when a variable decides", () => {
    expect(instanceIn(synthDatabase({ zone, multiAz: true }))).not.toHaveProperty("availability_zone");
    const json = synth((stack) => {
      new RandomProvider(stack, "random");
      new RdsInstance(stack, "db", {
        ...DATABASE,
        subnetIds: [],
        securityGroupId: "sg-data",
        instanceClass: "db.t4g.micro",
        storage: { gib: 20, type: "gp3" },
        multiAz: variable(stack, "multi_az", "bool", false).booleanValue,
        zone,
      });
    });
    expect(instanceIn(json)).toMatchObject({
      multi_az: "${var.multi_az}",
      availability_zone: '${var.multi_az ? null : "eu-central-1a"}',
    });
  });
});

describe("with read replicas", () => {
  const json = synthDatabase({}, true);

  test("as many as the variable says, like the database, without backups of their own", () => {
    expect(resourcesOf(json, DbInstance).db_replica).toEqual({
      count: "${var.replicas}",
      identifier: "shop-growth-db-replica-${count.index + 1}",
      replicate_source_db: "${aws_db_instance.db_instance.identifier}",
      instance_class: "db.t4g.micro",
      max_allocated_storage: 100,
      storage_type: "gp3",
      storage_encrypted: true,
      vpc_security_group_ids: ["sg-data"],
      parameter_group_name: "${aws_db_parameter_group.db_parameters.name}",
      port: 5432,
      publicly_accessible: false,
      apply_immediately: true,
      auto_minor_version_upgrade: true,
      backup_retention_period: 0,
      ca_cert_identifier: "rds-ca-rsa2048-g1",
      copy_tags_to_snapshot: true,
      performance_insights_enabled: true,
      performance_insights_retention_period: 7,
      skip_final_snapshot: true,
      lifecycle: { replace_triggered_by: ["aws_db_instance.db_instance.resource_id"] },
    });
    expect(outputOf(json, "exposed")).toMatchObject({
      readerEndpoint: "${try(aws_db_instance.db_replica[0].address, aws_db_instance.db_instance.address)}",
    });
  });

  test("RDS does not keep the password: a secret of our own does, and hands it on", () => {
    expect(instanceIn(json)).not.toHaveProperty("manage_master_user_password");
    expect(instanceIn(json)).toMatchObject({
      password_wo: "${jsondecode(ephemeral.aws_secretsmanager_secret_version.db_master_stored.secret_string).password}",
      password_wo_version: 1,
    });
    expect(onlyOne(json, SecretsmanagerSecret)).toMatchObject({ name: "shop/growth/secret/db-master" });
    expect(outputOf(json, "exposed")).toMatchObject({
      masterSecretArn: "${aws_secretsmanager_secret.db_master_secret.arn}",
    });
    const { ephemeral } = JSON.parse(json) as { ephemeral: object };
    expect(ephemeral).toEqual({
      random_password: { db_master_password: { length: 32, special: false } },
      aws_secretsmanager_secret_version: {
        db_master_stored: { secret_id: "${aws_secretsmanager_secret_version.db_master_version.arn}" },
      },
    });
  });

  test("their names fit, numbers included", () => {
    const names = new PhysicalNames({ app: "a".repeat(30), tier: "growth", environment: "e".repeat(40) });
    const { identifier } = resourcesOf(synthDatabase({ names }, true), DbInstance).db_replica ?? {};
    expect(String(identifier).replace("${count.index + 1}", "9").length).toBeLessThanOrEqual(63);
  });
});

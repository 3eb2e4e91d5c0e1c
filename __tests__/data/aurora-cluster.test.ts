import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { AuroraCluster, type AuroraClusterProps } from "../../modules/data/aurora-cluster";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { onlyOne, outputOf } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { DATABASE, variable } from "./managed-stack";

function synthCluster(props: Partial<AuroraClusterProps> = {}): string {
  return synth((stack) => {
    new RandomProvider(stack, "random");
    const cluster = new AuroraCluster(stack, "db", {
      ...DATABASE,
      subnetIds: ["subnet-a", "subnet-b"],
      securityGroupId: "sg-data",
      acu: { min: 0.5, max: 2 },
      readers: variable(stack, "readers", "number", 0).numberValue,
      ...props,
    });
    const { endpoint, port, masterSecretArn, identifier, readerEndpoint, resourceId } = cluster;
    new TerraformOutput(stack, "exposed", {
      value: { endpoint, port, masterSecretArn, identifier, readerEndpoint, resourceId },
    });
  });
}

describe("AuroraCluster", () => {
  const json = synthCluster();

  test("is a private, encrypted cluster whose capacity follows its load", () => {
    expect(onlyOne(json, RdsCluster)).toEqual({
      cluster_identifier: "shop-growth-db",
      engine: "aurora-postgresql",
      engine_version: "17",
      engine_lifecycle_support: "open-source-rds-extended-support-disabled",
      allow_major_version_upgrade: false,
      apply_immediately: true,
      serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 2 },
      storage_encrypted: true,
      port: 5432,
      db_subnet_group_name: "${aws_db_subnet_group.db_subnets.name}",
      vpc_security_group_ids: ["sg-data"],
      db_cluster_parameter_group_name: "${aws_rds_cluster_parameter_group.db_parameters.name}",
      database_name: "shop",
      master_username: "shop_admin",
      manage_master_user_password: true,
      backup_retention_period: 7,
      copy_tags_to_snapshot: true,
      deletion_protection: false,
      skip_final_snapshot: false,
      final_snapshot_identifier: "shop-growth-db-final-${random_id.db_final_snapshot.hex}",
      enabled_cloudwatch_logs_exports: ["postgresql"],
      depends_on: ["aws_cloudwatch_log_group.db_log_postgresql"],
      lifecycle: { prevent_destroy: false },
    });
    expect(onlyOne(json, CloudwatchLogGroup)).toMatchObject({ name: "/aws/rds/cluster/shop-growth-db/postgresql" });
  });

  test("has one writer, made first, and readers that take over from it", () => {
    const common = {
      cluster_identifier: "${aws_rds_cluster.db_cluster.id}",
      engine: "aurora-postgresql",
      instance_class: "db.serverless",
      db_parameter_group_name: "${aws_db_parameter_group.db_instance_parameters.name}",
      apply_immediately: true,
      auto_minor_version_upgrade: true,
      ca_cert_identifier: "rds-ca-rsa2048-g1",
      copy_tags_to_snapshot: true,
      performance_insights_enabled: true,
      performance_insights_retention_period: 7,
      publicly_accessible: false,
    };
    expect(resourcesOf(json, RdsClusterInstance)).toEqual({
      db_writer: {
        ...common,
        identifier: "shop-growth-db-writer",
        promotion_tier: 0,
        lifecycle: { prevent_destroy: false },
      },
      db_reader: {
        ...common,
        count: "${var.readers}",
        identifier: "shop-growth-db-reader-${count.index + 1}",
        promotion_tier: 1,
        depends_on: ["aws_rds_cluster_instance.db_writer"],
      },
    });
  });

  test("has parameters for the cluster and for its instances", () => {
    expect(onlyOne(json, RdsClusterParameterGroup)).toMatchObject({
      name: "shop-growth-db-aurora-postgresql17",
      family: "aurora-postgresql17",
      lifecycle: { create_before_destroy: true },
    });
    expect(onlyOne(json, DbParameterGroup)).toMatchObject({
      name: "shop-growth-db-instances-aurora-postgresql17",
      family: "aurora-postgresql17",
      lifecycle: { create_before_destroy: true },
    });
  });

  test("exposes what clients, policies and alarms need", () => {
    expect(outputOf(json, "exposed")).toEqual({
      endpoint: "${aws_rds_cluster.db_cluster.endpoint}",
      port: 5432,
      masterSecretArn: "${aws_rds_cluster.db_cluster.master_user_secret[0].secret_arn}",
      identifier: "${aws_rds_cluster.db_cluster.cluster_identifier}",
      readerEndpoint: "${aws_rds_cluster.db_cluster.reader_endpoint}",
      resourceId: "${aws_rds_cluster.db_cluster.cluster_resource_id}",
    });
  });

  test("protected, neither cluster nor writer can be destroyed", () => {
    const guarded = synthCluster({ protect: true });
    expect(onlyOne(guarded, RdsCluster)).toMatchObject({
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
    expect(resourcesOf(guarded, RdsClusterInstance).db_writer).toMatchObject({ lifecycle: { prevent_destroy: true } });
  });

  test("that pauses says after how long, and goes without logical replication", () => {
    const pausing = synthCluster({ acu: { min: 0, max: 2, autoPauseSeconds: 600 } });
    expect(onlyOne(pausing, RdsCluster)).toMatchObject({
      serverlessv2_scaling_configuration: { min_capacity: 0, max_capacity: 2, seconds_until_auto_pause: 600 },
    });
    expect(onlyOne(pausing, RdsClusterParameterGroup)).toMatchObject({
      description: "TLS only",
      parameter: [{ name: "rds.force_ssl", value: "1", apply_method: "pending-reboot" }],
    });
  });

  test("the names of its instances fit, numbers included", () => {
    const names = new PhysicalNames({ app: "a".repeat(30), tier: "growth", environment: "e".repeat(40) });
    for (const { identifier } of Object.values(resourcesOf(synthCluster({ names }), RdsClusterInstance))) {
      expect(String(identifier).replace("${count.index + 1}", "9").length).toBeLessThanOrEqual(63);
    }
  });
});

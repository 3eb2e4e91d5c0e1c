import type { BackupBucket } from "../modules/data/backup-bucket";
import type { CacheGroup } from "../modules/data/cache-group";
import type { ManagedDatabase } from "../modules/data/managed-database";
import type { Cluster } from "../modules/ecs/cluster";
import type { SecretReferences } from "../modules/ecs/environment";
import { answersAnyHost } from "../modules/edge/public-hosts";
import type { TierNetwork } from "../modules/network/tier-network";
import type { LogGroups } from "../modules/observability/log-groups";
import type { Notifications } from "../modules/observability/notifications";
import { buildCommands } from "../modules/registry/build-commands";
import type { ServiceImages } from "../modules/registry/service-images";
import type { TierFirewalls } from "../modules/security/tier-firewalls";
import { isOn, type ResolvedApp } from "../modules/spec";
import type { Tasks } from "./growth-tasks";
import type { Traffic } from "./growth-traffic";

/** The parts of the growth stack that its outputs speak of. */
export interface GrowthParts {
  readonly app: ResolvedApp;
  readonly network: TierNetwork;
  readonly firewalls: TierFirewalls;
  readonly bucket: BackupBucket;
  readonly images: ServiceImages;
  readonly logs: LogGroups;
  readonly database: ManagedDatabase | undefined;
  readonly cache: CacheGroup | undefined;
  readonly references: SecretReferences;
  readonly traffic: Traffic | undefined;
  readonly cluster: Cluster;
  readonly tasks: Tasks;
  readonly notifications: Notifications;
}

interface Output {
  readonly value: unknown;
  readonly description: string;
}

/** The outputs of the growth stack. Names are API: adding is fine, renaming needs an alias and a line in the changelog. */
export function growthOutputs(parts: GrowthParts): Record<string, Output> {
  return {
    ...networkOutputs(parts),
    ...publicOutputs(parts),
    ...taskOutputs(parts),
    ...releaseOutputs(parts),
    ...dataOutputs(parts),
  };
}

function networkOutputs({ network, firewalls }: GrowthParts): Record<string, Output> {
  return {
    vpc_id: { value: network.vpcId, description: "VPC of the stack" },
    vpc_cidr: { value: network.cidr, description: "Range of the VPC, for a peer" },
    route_table_ids: { value: network.routeTableIds, description: "Route tables of the VPC, for a peer" },
    public_subnet_ids: { value: network.publicSubnetIds, description: "Subnets of the load balancer" },
    private_subnet_ids: { value: network.privateSubnetIds, description: "Subnets without addresses of the internet" },
    database_subnet_ids: { value: network.databaseSubnetIds, description: "Subnets of database and cache" },
    task_subnet_ids: { value: network.taskSubnetIds, description: "Subnets that tasks run in" },
    task_public_ip: { value: network.assignPublicIp, description: "Whether tasks need addresses of the internet" },
    task_security_group_id: { value: firewalls.serviceGroupId, description: "Security group of services and jobs" },
    mover_security_group_id: {
      value: firewalls.moverGroupId ?? "",
      description: "Security group of a data mover, which reaches the database while mover_enabled is true",
    },
  };
}

function publicOutputs({ app, traffic }: GrowthParts): Record<string, Output> {
  const scheme = isOn(app.ingress.tls) ? "https" : "http";
  const names = traffic?.records.toCreate.map(({ name }) => name) ?? [];
  const bare = traffic !== undefined && answersAnyHost(app) ? [traffic.balancer.dnsName] : [];
  const urls = [...names, ...bare].map((name) => `${scheme}://${name}`);
  return {
    base_url: {
      value: urls[0] ?? "",
      description: "Where the app answers first of all: empty when nothing of it is public",
    },
    app_urls: { value: urls, description: "Where the app answers" },
    balancer_dns_name: { value: traffic?.balancer.dnsName ?? "", description: "DNS name of the load balancer" },
    dns_records: {
      value: traffic?.records.toCreate ?? [],
      description: "Records to create when the zone is not in Route 53 (hosted_zone_id is empty)",
    },
    certificate_records: {
      value: traffic?.certificate?.toCreate ?? [],
      description: "Records that prove to ACM that the names are yours, to create when hosted_zone_id is empty",
    },
    spare_target_group_arns: {
      value: traffic ? each(traffic.spareGroups, ({ arn }) => arn) : {},
      description: "Target group by service that another tier's tasks join, for spare_traffic_percent",
    },
  };
}

const each = <T, R>(parts: Readonly<Record<string, T>>, pick: (part: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, pick(part)]));

function taskOutputs({ cluster, tasks, logs }: GrowthParts): Record<string, Output> {
  return {
    cluster_name: { value: cluster.name, description: "ECS cluster" },
    service_names: { value: tasks.services, description: "Name in ECS of each service" },
    job_task_families: {
      value: each(tasks.jobs, ({ family }) => family),
      description: "Family of task definitions of each job; its newest revision runs",
    },
    log_groups: { value: logs.names, description: "CloudWatch log group of each service" },
  };
}

function releaseOutputs({ app, images, references }: GrowthParts): Record<string, Output> {
  return {
    repository_urls: {
      value: each(images.repositories, (repository) => repository.url),
      description: "ECR repository of each service that is built from source",
    },
    released_image_parameters: {
      value: each(images.parameters, (image) => image.parameterName),
      description: "SSM parameter that says what each service runs; a release writes it",
    },
    image_builds: {
      value: buildCommands(app.services),
      description: "How to build the image of each service that is built from source",
    },
    secret_sources: {
      value: { ...references.secrets, ...each(references.credentials, ({ password }) => password) },
      description: "What ECS reads each secret by: ARN in Secrets Manager, with a key behind it where it is JSON",
    },
  };
}

function dataOutputs({ bucket, database, cache, notifications }: GrowthParts): Record<string, Output> {
  return {
    database_endpoint: { value: database?.endpoint ?? "", description: "Name of the database; empty without one" },
    database_reader_endpoint: {
      value: database?.readerEndpoint ?? "",
      description: "Name for reads that may lag behind; the database itself while it has no replica",
    },
    database_identifier: { value: database?.identifier ?? "", description: "Name of the instance or cluster in RDS" },
    database_master_secret_arn: {
      value: database?.masterSecretArn ?? "",
      description: "Secret of the database's administrator, with whom only the job db-init signs in",
    },
    cache_endpoint: { value: cache?.endpoint ?? "", description: "Name of the cache's primary; empty without one" },
    backup_bucket: { value: bucket.bucketName, description: "S3 bucket of backups" },
    alert_topic_arn: { value: notifications.topicArn, description: "SNS topic that alarms go to" },
  };
}

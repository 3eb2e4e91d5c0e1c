import type { ITerraformDependable } from "cdktf";
import type { AppSecrets } from "../modules/data/app-secrets";
import type { BackupBucket } from "../modules/data/backup-bucket";
import type { DataVolume } from "../modules/data/data-volume";
import { answersAnyHost } from "../modules/edge/public-hosts";
import type { HostRecords } from "../modules/edge/host-records";
import type { HostInstance } from "../modules/host/host-instance";
import type { LogGroups } from "../modules/observability/log-groups";
import type { Notifications } from "../modules/observability/notifications";
import { buildCommands } from "../modules/registry/build-commands";
import type { ServiceImages } from "../modules/registry/service-images";
import type { HostFirewall } from "../modules/security/host-firewall";
import { isOn, type ResolvedApp } from "../modules/spec";

/** The network that the host lives in, made by the stack or given. */
export interface HostPlace {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zone: string;
  /** What must exist before the host reaches the internet; empty in a network that exists already. */
  readonly internet: readonly ITerraformDependable[];
}

/** The parts of the mvp stack that its outputs speak of. */
export interface MvpParts {
  readonly app: ResolvedApp;
  readonly place: HostPlace;
  readonly firewall: HostFirewall;
  readonly bucket: BackupBucket;
  readonly images: ServiceImages;
  readonly secrets: AppSecrets;
  readonly logs: LogGroups;
  readonly host: HostInstance;
  readonly volume: DataVolume;
  readonly records: HostRecords;
  readonly notifications: Notifications;
}

interface Output {
  readonly value: unknown;
  readonly description: string;
}

/** The outputs of the mvp stack. Names are API: adding is fine, renaming needs an alias and a line in the changelog. */
export function mvpOutputs(parts: MvpParts): Record<string, Output> {
  return { ...hostOutputs(parts), ...publicOutputs(parts), ...releaseOutputs(parts), ...dataOutputs(parts) };
}

function hostOutputs({ app, place, firewall, host }: MvpParts): Record<string, Output> {
  return {
    instance_id: { value: host.instanceId, description: "EC2 instance of the host" },
    public_ip: { value: host.publicIp, description: "Fixed public IPv4 address of the host" },
    public_dns_name: { value: host.publicDnsName, description: "Name that AWS gives to the fixed address" },
    session_command: {
      value: `aws ssm start-session --region ${app.region} --target ${host.instanceId}`,
      description: "Opens a shell on the host through Session Manager, without SSH",
    },
    spot_request_id: {
      value: host.spotRequestId ?? "",
      description: "Spot request of the host, which outlives it unless someone cancels it: empty on demand",
    },
    vpc_id: { value: place.vpcId, description: "VPC of the host" },
    subnet_id: { value: place.subnetId, description: "Subnet of the host" },
    availability_zone: { value: place.zone, description: "Zone of the host and its data volume" },
    security_group_id: { value: firewall.securityGroupId, description: "Security group of the host" },
  };
}

function publicOutputs({ app, host, records }: MvpParts): Record<string, Output> {
  const scheme = isOn(app.ingress.tls) ? "https" : "http";
  const names = [...records.toCreate.map(({ name }) => name), ...(answersAnyHost(app) ? [host.publicIp] : [])];
  const urls = names.map((name) => `${scheme}://${name}`);
  const direct = Object.values(app.services).flatMap(({ hostPort }) =>
    hostPort === undefined ? [] : [`http://${host.publicIp}:${hostPort}`],
  );
  return {
    base_url: {
      value: [...urls, ...direct][0] ?? "",
      description: "Where the app answers first of all: empty when nothing of it is public",
    },
    app_urls: {
      value: [...urls, ...direct],
      description: "Where the app answers: public names first, then direct ports",
    },
    dns_records: {
      value: records.toCreate,
      description: "Records to create when the zone is not in Route 53 (hosted_zone_id is empty)",
    },
  };
}

function releaseOutputs({ app, images, secrets }: MvpParts): Record<string, Output> {
  const each = <T, R>(parts: Readonly<Record<string, T>>, pick: (part: T) => R): Record<string, R> =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, pick(part)]));
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
      value: each(secrets.sources, (source) => source.id),
      description: "Where each secret's value lies: Parameter Store name or Secrets Manager ARN",
    },
  };
}

function dataOutputs({ bucket, volume, logs, notifications }: MvpParts): Record<string, Output> {
  return {
    data_volume_id: { value: volume.volumeId, description: "EBS volume with everything that survives the host" },
    backup_bucket: { value: bucket.bucketName, description: "S3 bucket of backups and host configuration" },
    log_groups: { value: logs.names, description: "CloudWatch log group of each container" },
    alert_topic_arn: { value: notifications.topicArn, description: "SNS topic that alarms go to" },
  };
}

import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import type { Construct } from "constructs";
import { AppSecrets } from "../modules/data/app-secrets";
import { BackupBucket } from "../modules/data/backup-bucket";
import { DataVolume } from "../modules/data/data-volume";
import { VolumeSnapshots } from "../modules/data/volume-snapshots";
import { HostRecords } from "../modules/edge/host-records";
import { publicHosts } from "../modules/edge/public-hosts";
import { containerNames, proxyOf } from "../modules/containers/names";
import { hostConfig } from "../modules/host/config";
import { HostFiles } from "../modules/host/host-files";
import { HostInstance } from "../modules/host/host-instance";
import { userData } from "../modules/host/user-data";
import { FlowLogs } from "../modules/network/flow-logs";
import { HostNetwork } from "../modules/network/host-network";
import { Peering } from "../modules/network/peering";
import { Alarms } from "../modules/observability/alarms";
import { Dashboard } from "../modules/observability/dashboard";
import { hostAlarms } from "../modules/observability/host-alarms";
import { LogGroups } from "../modules/observability/log-groups";
import { Notifications } from "../modules/observability/notifications";
import { ServiceImages } from "../modules/registry/service-images";
import { HostFirewall } from "../modules/security/host-firewall";
import { HostRole } from "../modules/security/host-role";
import { isOn, type ResolvedStack } from "../modules/spec";
import { mvpHostConfig } from "./mvp-host-config";
import { mvpOutputs, type HostPlace } from "./mvp-outputs";
import { declareMvpVariables, type MvpVariables } from "./mvp-variables";
import { TierStack } from "./tier-stack";

/**
 * The mvp tier: one EC2 instance that runs the whole app by Docker Compose, with its data on a volume of its own, backups
 * in S3, and a fixed address.
 *
 * Cost of the default app in ap-southeast-1, without traffic: t3.medium $38.54, 20 + 30 GiB gp3 $4.80, IPv4 address $3.65,
 * backups and logs about $1, alarms and dashboard within the free allowance: about $48 a month.
 */
export class MvpStack extends TierStack {
  private readonly variables: MvpVariables;
  private readonly accountId: string;

  constructor(scope: Construct, definition: ResolvedStack) {
    super(scope, definition);
    this.variables = declareMvpVariables(this, this.app);
    this.accountId = new DataAwsCallerIdentity(this, "account").accountId;
    const place = this.createNetwork();
    const firewall = this.createFirewall(place);
    const bucket = this.createBackups();
    const { services, registry } = this.app;
    const images = new ServiceImages(this, "images", { names: this.names, services, registry });
    const secrets = this.createSecrets();
    const logs = this.createLogs();
    const volume = this.createDataVolume(place);
    const files = this.createHostFiles(bucket, images, secrets, logs, volume);
    const role = this.createRole(bucket, images, secrets, logs);
    const host = this.createHost(place, firewall, role, bucket, files);
    volume.attachTo(host.instanceId);
    const records = this.createRecords(host);
    const notifications = this.createObservability(host, logs);

    for (const [name, output] of Object.entries(
      mvpOutputs({
        app: this.app,
        place,
        firewall,
        bucket,
        images,
        secrets,
        logs,
        host,
        volume,
        records,
        notifications,
      }),
    )) {
      this.output(name, output);
    }
    this.declareOutputAliases();
  }

  private createNetwork(): HostPlace {
    const { network, region } = this.app;
    if (network.existing) {
      const subnet = new DataAwsSubnet(this, "host_subnet", { id: network.existing.subnetId });
      const vpc = new DataAwsVpc(this, "vpc", { id: network.existing.vpcId });
      this.createPeering(vpc.id, vpc.cidrBlock, network.existing.routeTableId);
      return { vpcId: vpc.id, subnetId: subnet.id, zone: subnet.availabilityZone, internet: [] };
    }
    const own = new HostNetwork(this, "network", {
      names: this.names,
      region,
      cidr: network.cidr,
      zones: network.zones.map((letter) => `${region}${letter}`),
      publicSubnets: network.publicSubnets,
    });
    if (network.flowLogDays > 0) {
      new FlowLogs(this, "flow_logs", {
        names: this.names,
        accountId: this.accountId,
        vpcId: own.vpcId,
        retentionDays: network.flowLogDays,
      });
    }
    this.createPeering(own.vpcId, network.cidr, own.routeTableId);
    return { vpcId: own.vpcId, subnetId: own.hostSubnetId, zone: own.hostZone, internet: own.internet };
  }

  private createPeering(vpcId: string, cidr: string, routeTableId: string | undefined): void {
    if (routeTableId === undefined) return;
    new Peering(this, "peering", { names: this.names, vpcId, cidr, routeTableIds: [routeTableId] });
  }

  private createFirewall({ vpcId }: HostPlace): HostFirewall {
    const { ingress, services } = this.app;
    const webPorts = isOn(ingress.tls) ? [80, 443] : [80];
    const directPorts = Object.entries(services).flatMap(([service, { hostPort: port }]) =>
      port === undefined ? [] : [{ service, port }],
    );
    return new HostFirewall(this, "firewall", {
      names: this.names,
      vpcId,
      webPorts: proxyOf(this.app) === undefined ? [] : webPorts,
      originRanges: this.variables.originRanges,
      directPorts,
      directRanges: this.variables.directRanges,
      sshRanges: this.variables.sshRanges,
    });
  }

  private createBackups(): BackupBucket {
    return new BackupBucket(this, "backups", {
      names: this.names,
      protect: isOn(this.app.protect),
      noncurrentDays: this.app.backup.noncurrentDays,
      keepNoncurrent: this.app.backup.keepNoncurrent,
    });
  }

  private createSecrets(): AppSecrets {
    const { secrets, region } = this.app;
    return new AppSecrets(this, "secret", { names: this.names, secrets, region, accountId: this.accountId });
  }

  private createLogs(): LogGroups {
    const { logs, logDays } = this.app.observability;
    return new LogGroups(this, "logs", {
      names: this.names,
      keys: logs === "cloudwatch" ? containerNames(this.app) : [],
      retentionDays: logDays,
    });
  }

  private createHostFiles(
    bucket: BackupBucket,
    images: ServiceImages,
    secrets: AppSecrets,
    logs: LogGroups,
    volume: DataVolume,
  ): HostFiles {
    const { app, names, variables } = this;
    return new HostFiles(this, "config", {
      bucketName: bucket.bucketName,
      prefix: BackupBucket.configPrefix,
      files: hostConfig(mvpHostConfig({ app, names, variables, bucket, images, secrets, logs, volume })),
      dependsOn: bucket.ready,
    });
  }

  private createRole(bucket: BackupBucket, images: ServiceImages, secrets: AppSecrets, logs: LogGroups): HostRole {
    return new HostRole(this, "host_access", {
      names: this.names,
      bucketArn: bucket.arn,
      backupPrefix: BackupBucket.backupPrefix,
      stagingPrefix: BackupBucket.stagingPrefix,
      configPrefix: BackupBucket.configPrefix,
      repositoryArns: Object.values(images.repositories).map((repository) => repository.arn),
      logGroupArns: Object.values(logs.arns),
      imageParameterArns: Object.values(images.parameters).map((image) => image.arn),
      secrets: secrets.arns,
      generatedSecrets: secrets.generatedArns,
      metricNamespace: this.names.path,
    });
  }

  private createHost(
    place: HostPlace,
    firewall: HostFirewall,
    role: HostRole,
    bucket: BackupBucket,
    files: HostFiles,
  ): HostInstance {
    const { os, arch, rootGiB, spot, burstable, cpuCredits, keyName, appDir } = this.app.host;
    return new HostInstance(this, "host", {
      names: this.names,
      os,
      arch,
      instanceType: this.variables.instanceType,
      subnetId: place.subnetId,
      securityGroupId: firewall.securityGroupId,
      instanceProfileName: role.instanceProfileName,
      rootGiB,
      spot,
      cpuCredits: burstable ? cpuCredits : undefined,
      keyName,
      userData: userData({
        bucket: bucket.bucketName,
        prefix: BackupBucket.configPrefix,
        region: this.app.region,
        appDir,
      }),
      dependsOn: [...files.objects, ...role.ready, ...place.internet],
    });
  }

  private createDataVolume({ zone }: HostPlace): DataVolume {
    const { snapshotsKept } = this.app.host;
    const volume = new DataVolume(this, "data", {
      names: this.names,
      zone,
      sizeGiB: this.variables.dataGiB,
      protect: isOn(this.app.protect),
      tags: snapshotsKept > 0 ? VolumeSnapshots.targetTags(this.names) : undefined,
    });
    if (snapshotsKept > 0) {
      new VolumeSnapshots(this, "snapshots", {
        names: this.names,
        accountId: this.accountId,
        keep: snapshotsKept,
        dailyAt: this.app.backup.dailyAt,
      });
    }
    return volume;
  }

  private createRecords(host: HostInstance): HostRecords {
    return new HostRecords(this, "record", {
      hosts: publicHosts(this.app),
      domain: this.variables.domain,
      hostedZoneId: this.variables.hostedZoneId,
      address: host.publicIp,
    });
  }

  private createObservability(host: HostInstance, logs: LogGroups): Notifications {
    const notifications = new Notifications(this, "alerts", {
      names: this.names,
      emails: this.variables.alertEmails,
    });
    const { alarms, dashboard } = this.app.observability;
    const specs = hostAlarms({
      app: this.app,
      instanceId: host.instanceId,
      stack: this.names.prefix,
      metricNamespace: this.names.path,
    });
    const built = isOn(alarms)
      ? new Alarms(this, "alarm", { names: this.names, topicArn: notifications.topicArn, alarms: specs })
      : undefined;
    if (dashboard) {
      new Dashboard(this, "dashboard", {
        names: this.names,
        region: this.app.region,
        alarms: specs,
        alarmArns: built?.arns,
        logGroupNames: Object.values(logs.names),
      });
    }
    return notifications;
  }
}

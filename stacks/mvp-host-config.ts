import { Fn } from "cdktf";
import { proxyOf } from "../modules/containers/names";
import type { AppSecrets } from "../modules/data/app-secrets";
import { BackupBucket } from "../modules/data/backup-bucket";
import type { DataVolume } from "../modules/data/data-volume";
import { type HostConfigInput, TRUSTED_PROXY_SEPARATOR } from "../modules/host/config";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { LogGroups } from "../modules/observability/log-groups";
import type { ServiceImages } from "../modules/registry/service-images";
import type { ResolvedApp } from "../modules/spec";
import type { MvpVariables } from "./mvp-variables";

/** The parts of the mvp stack that its host is told of. */
export interface MvpHostParts {
  readonly app: ResolvedApp;
  readonly names: PhysicalNames;
  readonly variables: MvpVariables;
  readonly bucket: BackupBucket;
  readonly images: ServiceImages;
  readonly secrets: AppSecrets;
  readonly logs: LogGroups;
  readonly volume: DataVolume;
}

/** What the host's configuration is rendered from. */
export function mvpHostConfig(parts: MvpHostParts): HostConfigInput {
  const { app, names, variables, bucket, images, secrets, logs, volume } = parts;
  return {
    app,
    stack: names.prefix,
    domain: variables.domain,
    trustedProxies: trustedProxies(parts),
    logGroups: logs.names,
    imageParameters: Object.fromEntries(
      Object.entries(images.parameters).map(([service, image]) => [service, image.parameterName]),
    ),
    secretSources: secrets.sources,
    region: app.region,
    bucket: bucket.bucketName,
    backupPrefix: BackupBucket.backupPrefix,
    stagingPrefix: BackupBucket.stagingPrefix,
    configPrefix: BackupBucket.configPrefix,
    dataVolumeId: volume.volumeId,
    metricNamespace: names.path,
  };
}

/** The CDN's ranges as the proxy's configuration lists them; a line break is written as Terraform's own escape. */
function trustedProxies({ app, variables: { originRanges } }: MvpHostParts): string | undefined {
  const proxy = proxyOf(app);
  if (originRanges === undefined || proxy === undefined) return undefined;
  return Fn.join(Fn.rawString(TRUSTED_PROXY_SEPARATOR[proxy].replaceAll("\n", "\\n")), originRanges);
}

import type { ResolvedApp } from "../spec";

/** Where everything lies on the host. Absolute paths of the host, never of the machine that synthesizes. */
export interface HostLayout {
  /** The configuration's folder and Compose's working directory. */
  readonly appDir: string;
  /** Mount point of the data volume: nothing under it exists on the root disk. */
  readonly dataDir: string;
  /** In memory, gone after a reboot. */
  readonly runDir: string;
  /** In memory: one file per secret that a container reads as a file. */
  readonly secretsDir: string;
  /** In memory: one file of secret environment variables per service. */
  readonly environmentDir: string;
  /** The released image of each service, written by the host from the image parameters. */
  readonly imagesFile: string;
}

export function hostLayout({ name, host }: ResolvedApp): HostLayout {
  const runDir = `/run/${name}`;
  return {
    appDir: host.appDir,
    dataDir: `${host.appDir}/data`,
    runDir,
    secretsDir: `${runDir}/secrets`,
    environmentDir: `${runDir}/env`,
    imagesFile: `${host.appDir}/images.env`,
  };
}

/** Folder of a service's volume on the data volume. */
export const volumeDir = (layout: HostLayout, service: string, volume: string): string =>
  `${layout.dataDir}/volumes/${service}/${volume}`;

/** Folder of the configuration that a container sees read-only. */
export const configDir = (layout: HostLayout, folder: string): string => `${layout.appDir}/${folder}`;

import type { ResolvedApp } from "../../spec";

/** Where a secret's value lies: the name of an SSM parameter or the ARN of a Secrets Manager secret. */
export interface SecretSource {
  readonly store: "ssm" | "secrets-manager";
  /** May be an opaque reference. */
  readonly id: string;
}

/**
 * What the host's configuration is rendered from. Texts marked as opaque may be references that Terraform resolves
 * later: they are handed on byte for byte, never parsed, cut or compared.
 */
export interface HostConfigInput {
  readonly app: ResolvedApp;
  /** `<app>-<tier>[-env]`, e.g. "webrana-mvp". */
  readonly stack: string;
  /** The public domain that takes the place of the specification's; opaque. @default - as the specification says */
  readonly domain?: string;
  /**
   * Ranges of the CDN in front of the proxy, joined by {@link TRUSTED_PROXY_SEPARATOR}; opaque. Needed when
   * `ingress.origin` is "cloudflare" and a proxy runs. @default - no header about the client's address is believed
   */
  readonly trustedProxies?: string;
  /** Log group per container, as `containerNames` lists them, when logs go to CloudWatch; opaque. */
  readonly logGroups: Readonly<Record<string, string>>;
  /** Name of the parameter with the released image, per service; opaque. */
  readonly imageParameters: Readonly<Record<string, string>>;
  /** Where each secret lies. */
  readonly secretSources: Readonly<Record<string, SecretSource>>;
  readonly region: string;
  /** Bucket for backups; opaque. */
  readonly bucket: string;
  /** Prefix of the dumps in the bucket, with a trailing slash. */
  readonly backupPrefix: string;
  /** CloudWatch namespace of the host's own metrics. */
  readonly metricNamespace: string;
}

/** One file of the host's configuration. */
export interface HostFile {
  /** Relative to the app's folder on the host, e.g. "compose.yaml". */
  readonly path: string;
  readonly content: string;
  readonly mode: "0644" | "0755" | "0400";
}

/** The whole configuration of the host: every file that its shell, Compose and systemd read. */
export declare function hostConfig(input: HostConfigInput): readonly HostFile[];

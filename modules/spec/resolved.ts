import type { App, Job, Secret, Service, Tier } from "./schema";

/** What a service may be connected to. */
export type DataService = "database" | "cache";

/** A service with every derived default filled in. */
export type ResolvedService = Omit<Service, "enabled" | "connects" | "database" | "count" | "scaling"> & {
  /** What the service gets the connection settings of; empty when neither exists. */
  readonly connects: readonly DataService[];
  /** The database that the service signs in to when it connects to one that the stack runs. */
  readonly database: string;
  /** Tasks on tier growth. */
  readonly count: number;
  /** How their number follows the load; undefined for a fixed number. */
  readonly scaling: (NonNullable<Service["scaling"]> & { readonly min: number }) | undefined;
};

/** A job with every derived default filled in. */
export type ResolvedJob = Omit<Job, "marker"> & {
  /** The file that says that the job has succeeded; undefined for all jobs but those that run once. */
  readonly marker: string | undefined;
};

/** An app of one environment on one tier, with every default filled in: nothing that reads it has to know a default. */
export type ResolvedApp = Omit<
  App,
  "stacks" | "services" | "jobs" | "database" | "cache" | "host" | "network" | "state" | "secrets"
> & {
  /** Whether this is the environment that the app itself describes, not one of `environments`. */
  readonly isDefaultEnvironment: boolean;
  /** Services by name, those that are turned off left out; web services always have a health check. */
  readonly services: Readonly<Record<string, ResolvedService>>;
  readonly jobs: Readonly<Record<string, ResolvedJob>>;
  readonly database: App["database"] & {
    readonly name: string;
    readonly user: string;
    /** Databases with a role of their own, called like them, and the secret of its password. */
    readonly ownRoles: Readonly<Record<string, string>>;
    readonly memoryMiB: number;
  };
  readonly cache: App["cache"] & {
    readonly version: NonNullable<App["cache"]["version"]>;
    /** Memory limit of the container: `maxMemoryMiB` and a quarter more. */
    readonly containerMemoryMiB: number;
  };
  readonly host: App["host"] & {
    readonly appDir: string;
    readonly cpuCredits: "standard" | "unlimited";
    /** Processor architecture that follows from the instance type. */
    readonly arch: "x86_64" | "arm64";
    /** Whether the type earns CPU credits (t2, t3, t3a, t4g). */
    readonly burstable: boolean;
  };
  readonly network: Omit<App["network"], "zones"> & {
    readonly cidr: string;
    readonly publicSubnets: readonly string[];
    /** Letters of the zones. */
    readonly zones: readonly string[];
  };
  /** Where the state lies, `region` filled in. What the environment of a run asks for instead is main.ts's business. */
  readonly state: App["state"] & { readonly region: string };
  /** The app's secrets and the implied ones: database password, superuser's password, external URL. */
  readonly secrets: Readonly<Record<string, Secret>>;
};

/** One app on one tier in one environment: one Terraform directory, one state. */
export interface ResolvedStack {
  /** Id of the stack: folder, state file, `cdktf deploy <id>`. */
  readonly id: string;
  readonly tier: Tier;
  readonly app: ResolvedApp;
  /** Literal physical names of an existing system, by logical id. */
  readonly names: Readonly<Record<string, string>>;
  /** Further names of outputs: alias to output. */
  readonly outputAliases: Readonly<Record<string, string>>;
}

/** The part of the Compose specification that stacks use. No `version`: Compose v2 ignores it with a warning. */
export interface ComposeFile {
  name: string;
  services: Record<string, ComposeService>;
  networks: Record<string, ComposeNetwork>;
  secrets?: Record<string, { file: string }>;
}

interface ComposeNetwork {
  /** Whether the network has no way out and no published ports. */
  internal?: boolean;
}

/** A bind mount that fails when its folder is missing, so that a missing data volume never yields an empty folder. */
export interface ComposeBind {
  type: "bind";
  source: string;
  target: string;
  read_only?: boolean;
  bind: { create_host_path: false };
}

type ComposeCondition = "service_healthy" | "service_started" | "service_completed_successfully";

export interface ComposeHealthcheck {
  test: string[];
  interval: string;
  timeout: string;
  retries: number;
  start_period: string;
}

export interface ComposeLogging {
  driver: "awslogs" | "json-file";
  options: Record<string, string>;
}

interface ComposeLimits {
  /** Decimal number of processors. @default - all of the host's */
  cpus?: string;
  memory: string;
  /** Processes and threads together. */
  pids: number;
}

export interface ComposeService {
  image: string;
  container_name?: string;
  profiles?: string[];
  command?: string[];
  environment?: Record<string, string>;
  env_file?: string[];
  secrets?: string[];
  labels?: Record<string, string>;
  depends_on?: Record<string, { condition: ComposeCondition }>;
  networks: string[];
  ports?: string[];
  user?: string;
  init?: boolean;
  read_only?: boolean;
  tmpfs?: string[];
  volumes?: ComposeBind[];
  shm_size?: string;
  cap_drop: string[];
  cap_add?: string[];
  security_opt: string[];
  deploy: { resources: { limits: ComposeLimits } };
  healthcheck?: ComposeHealthcheck;
  logging: ComposeLogging;
  restart: "unless-stopped" | "no";
  stop_grace_period?: string;
}

/** No way out; only what uses the database or the cache is on it. */
export const INTERNAL_NETWORK = "internal";
/** With a way out; the proxy reaches services here. */
export const EDGE_NETWORK = "edge";

/** What every container gives up. */
export const HARDENING = { cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] };

/** A text in which Compose must not look for variables. Opaque references and `${IMAGE_...}` do not go through this. */
export const literal = (text: string): string => text.replaceAll("$", "$$$$");

export const seconds = (count: number): string => `${count}s`;

/** Compose's unit: its "M" is 1024 x 1024 bytes. */
export const mebibytes = (count: number): string => `${count}M`;

/** CPU units of 1/1024 as Compose's decimal number of processors: 512 is "0.5". */
export const cpus = (units: number): string => String(Math.round((units / 1024) * 1000) / 1000);

/**
 * Processes and threads of a container: above what services need (Tokio alone may keep 512 threads for blocking calls), and
 * little beside what the host has, so that a fork bomb ends inside its container.
 */
const PIDS = 1024;

/** What a container may take of the host. A container that is over its memory is killed; one that is over its CPU waits. */
export function limits(size: {
  memoryMiB: number;
  /** Units of 1/1024 vCPU. @default - all of the host's */
  cpu?: number;
  /** @default 1024 */
  pids?: number;
}): ComposeService["deploy"] {
  const { memoryMiB, cpu, pids = PIDS } = size;
  return {
    resources: {
      limits: { ...(cpu !== undefined && { cpus: cpus(cpu) }), memory: mebibytes(memoryMiB), pids },
    },
  };
}

/**
 * Writable folders in memory. They are the process's own: when a container starts again, Docker mounts them for root alone
 * unless an owner is named (moby issue 20437). They count towards the container's memory. Docker lets no program run from
 * them, but for those in `executable`.
 */
export function memoryFolders(user: string, paths: readonly string[], executable: readonly string[] = []): string[] {
  const [uid, gid = "0"] = user.split(":");
  const owner = `uid=${uid},gid=${gid}`;
  return [...paths.map((path) => `${path}:${owner}`), ...executable.map((path) => `${path}:exec,${owner}`)];
}

export function bind(source: string, target: string, access: "rw" | "ro" = "rw"): ComposeBind {
  return {
    type: "bind",
    source,
    target,
    ...(access === "ro" && { read_only: true }),
    bind: { create_host_path: false },
  };
}

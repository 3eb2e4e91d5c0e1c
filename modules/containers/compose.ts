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
  deploy?: { resources: { limits: { cpus?: string; memory: string } } };
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

export function bind(source: string, target: string, access: "rw" | "ro" = "rw"): ComposeBind {
  return {
    type: "bind",
    source,
    target,
    ...(access === "ro" && { read_only: true }),
    bind: { create_host_path: false },
  };
}

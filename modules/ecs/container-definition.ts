import { requestCommand } from "../containers/service";
import { literalText } from "../terraform/escape";

/** Where a container's lines go. */
export interface ContainerLog {
  /** Log group; opaque. */
  readonly group: string;
  readonly region: string;
  /** What the names of its streams start with. */
  readonly prefix: string;
}

/** How ECS sees that the process works. */
export interface ContainerHealth {
  /** Command in the container; exit 0 means healthy. @default - a request to `path` on the container's port */
  readonly command?: readonly string[];
  readonly path: string;
  /** Seconds, 5 to 300. */
  readonly intervalSeconds: number;
  /** Seconds, 2 to 60. */
  readonly timeoutSeconds: number;
  /** 1 to 10. */
  readonly retries: number;
  /** Seconds after the start in which failures do not count, 0 to 300. */
  readonly graceSeconds: number;
}

/** One container of a task. References may stand in every text. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  /** @default - the image's own */
  readonly entryPoint?: readonly string[];
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** @default - listens on no port */
  readonly port?: number;
  /** Variables that are no secret. @default {} */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Variables by the ARN of the secret that they are read from when the container starts; `<arn>:<key>::` for one key of a
   * JSON secret. @default {}
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Number of the user, and of the group behind a colon; never 0. */
  readonly user: string;
  /** @default true */
  readonly readOnlyRoot?: boolean;
  /** Writable folders in memory. @default [] */
  readonly tmpfs?: readonly string[];
  /** Writable folders in memory that programs may run from. @default [] */
  readonly execTmpfs?: readonly string[];
  /** Memory of the task, MiB: bounds the folders in memory. */
  readonly memoryMiB: number;
  /** @default - none */
  readonly health?: ContainerHealth;
  /** Seconds between the stop signal and the kill, up to 120. @default 30 */
  readonly stopSeconds?: number;
  readonly log: ContainerLog;
  /** Whether ECS Exec may open a shell in it. @default false */
  readonly exec?: boolean;
  /** Whether the task ends with it. @default true */
  readonly essential?: boolean;
  /** Container of the task that must have ended well before this one starts. @default - none */
  readonly after?: string;
}

/** Files and sockets that a process may have open: what Fargate gives at most. Source: Fargate security considerations. */
const OPEN_FILES = 65535;

/**
 * The containers of a task as JSON. Keys are sorted, and what ECS would fill in is written out, so that what AWS answers is
 * what stands here. Text of the app that looks like a Terraform template stays text.
 */
export function containerDefinitions(containers: readonly ContainerDefinition[]): string {
  return literalText(JSON.stringify(sorted(containers.map(definition))));
}

function definition(container: ContainerDefinition): object {
  const { name, image, entryPoint, command, port, environment = {}, secrets = {}, user } = container;
  const { stopSeconds = 30, essential = true, after } = container;
  return {
    name,
    image,
    ...(entryPoint && { entryPoint }),
    ...(command && { command }),
    cpu: 0,
    essential,
    environment: byName(environment).map(([key, value]) => ({ name: key, value })),
    secrets: byName(secrets).map(([key, valueFrom]) => ({ name: key, valueFrom })),
    user,
    readonlyRootFilesystem: isReadOnly(container),
    linuxParameters: linuxParameters(container),
    portMappings:
      port === undefined ? [] : [{ containerPort: port, hostPort: port, name: `${name}-${port}`, protocol: "tcp" }],
    ...healthCheck(container),
    ...(after !== undefined && { dependsOn: [{ containerName: after, condition: "SUCCESS" }] }),
    stopTimeout: stopSeconds,
    ulimits: [{ name: "nofile", softLimit: OPEN_FILES, hardLimit: OPEN_FILES }],
    logConfiguration: logConfiguration(container.log),
    mountPoints: [],
    systemControls: [],
    volumesFrom: [],
  };
}

/**
 * The agent of ECS Exec runs as root in the container and writes into its root file system; a read-only one is not supported
 * (Amazon ECS developer guide, "Monitor Amazon ECS containers with ECS Exec", considerations).
 */
const isReadOnly = ({ readOnlyRoot = true, exec = false }: ContainerDefinition): boolean => readOnlyRoot && !exec;

/**
 * An init process forwards signals and reaps children. The container gives up all capabilities, but for one with ECS Exec,
 * whose agent was made for Docker's usual ones. Folders in memory belong to the process's user: Fargate mounts them since
 * January 2026 (containers-roadmap issue 736), where a volume would belong to root and be closed to everybody else
 * (containers-roadmap issue 938). Each may take half of the task's memory, which is what Linux gives a tmpfs by itself; what
 * lies in them counts towards the task's memory.
 */
function linuxParameters({ user, tmpfs = [], execTmpfs = [], memoryMiB, exec = false }: ContainerDefinition): object {
  const [uid, gid = "0"] = user.split(":");
  const folder = (containerPath: string, run: "exec" | "noexec") => ({
    containerPath,
    size: Math.floor(memoryMiB / 2),
    mountOptions: ["nosuid", "nodev", run, `uid=${uid}`, `gid=${gid}`],
  });
  const folders = [
    ...tmpfs.map((path) => folder(path, "noexec")),
    ...execTmpfs.map((path) => folder(path, "exec")),
  ].sort((a, b) => (a.containerPath < b.containerPath ? -1 : 1));
  return {
    // Both lists: AWS answers with both, and the provider compares texts (hashicorp/terraform-provider-aws, container_definitions.go).
    ...(!exec && { capabilities: { add: [], drop: ["ALL"] } }),
    initProcessEnabled: true,
    ...(folders.length > 0 && { tmpfs: folders }),
  };
}

function healthCheck({ health, port }: ContainerDefinition): object {
  if (health === undefined) return {};
  const { command, path, intervalSeconds, timeoutSeconds, retries, graceSeconds } = health;
  return {
    healthCheck: {
      command: command ? ["CMD", ...command] : ["CMD-SHELL", requestCommand(`http://127.0.0.1:${port}${path}`)],
      interval: intervalSeconds,
      timeout: timeoutSeconds,
      retries,
      startPeriod: graceSeconds,
    },
  };
}

/** A slow or absent CloudWatch drops lines instead of blocking the process, as on a host. */
function logConfiguration({ group, region, prefix }: ContainerLog): object {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": group,
      "awslogs-region": region,
      "awslogs-stream-prefix": prefix,
      "max-buffer-size": "4m",
      mode: "non-blocking",
    },
  };
}

const byName = (values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** The same value with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type ContainerDefinition, containerDefinitions } from "../../modules/ecs/container-definition";
import { plainText } from "../../modules/terraform/escape";
import { OPAQUE } from "../helpers/fixtures";
import { CTX, KNOWN } from "../simulator/facts/account";

const API: ContainerDefinition = {
  name: "api",
  image: "registry.example/api@sha256:1",
  user: "10001:10002",
  memoryMiB: 1024,
  log: { group: "/shop/growth/api", region: "eu-central-1", prefix: "api" },
};

type Json = Record<string, unknown>;

/** The only container as ECS reads it. */
function made(changes: Partial<ContainerDefinition> = {}): Json {
  return (JSON.parse(plainText(containerDefinitions([{ ...API, ...changes }]))) as Json[])[0] as Json;
}

/** What ECS says to the container in a task for Fargate. */
function problems(container: Json): string[] {
  const config = {
    requires_compatibilities: ["FARGATE"],
    execution_role_arn: "arn:role",
    container_definitions: JSON.stringify([container]),
  };
  return (KNOWN.hooks("aws_ecs_task_definition").validate?.(config, CTX) ?? []).map(({ summary }) => summary);
}

const HEALTH = { path: "/health", intervalSeconds: 30, timeoutSeconds: 5, retries: 3, graceSeconds: 60 };

describe("a container of a Fargate task", () => {
  test("in its shortest form, every value written out and every key in order", () => {
    expect(made()).toEqual({
      cpu: 0,
      environment: [],
      essential: true,
      image: "registry.example/api@sha256:1",
      linuxParameters: { capabilities: { add: [], drop: ["ALL"] }, initProcessEnabled: true },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/shop/growth/api",
          "awslogs-region": "eu-central-1",
          "awslogs-stream-prefix": "api",
          "max-buffer-size": "4m",
          mode: "non-blocking",
        },
      },
      mountPoints: [],
      name: "api",
      portMappings: [],
      readonlyRootFilesystem: true,
      secrets: [],
      stopTimeout: 30,
      systemControls: [],
      ulimits: [{ hardLimit: 65535, name: "nofile", softLimit: 65535 }],
      user: "10001:10002",
      volumesFrom: [],
    });
    const keysOf = (value: unknown): string[][] =>
      typeof value !== "object" || value === null
        ? []
        : [...(Array.isArray(value) ? [] : [Object.keys(value)]), ...Object.values(value).flatMap(keysOf)];
    for (const keys of keysOf(made({ port: 80, health: HEALTH, tmpfs: ["/tmp"] })))
      expect(keys).toEqual([...keys].sort());
  });

  test("with everything: ECS on Fargate takes it", () => {
    const everything = made({
      command: ["serve"],
      entryPoint: ["sh"],
      port: 8080,
      environment: { B: "2", A: "1" },
      secrets: { TOKEN: "arn:secret", PASSWORD: "arn:master:password::" },
      tmpfs: ["/tmp", "/run"],
      execTmpfs: ["/native"],
      health: HEALTH,
      stopSeconds: 120,
      essential: false,
      after: "first",
    });
    expect(problems(everything)).toEqual([]);
    expect(everything).toMatchObject({
      command: ["serve"],
      entryPoint: ["sh"],
      essential: false,
      dependsOn: [{ containerName: "first", condition: "SUCCESS" }],
      environment: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
      secrets: [
        { name: "PASSWORD", valueFrom: "arn:master:password::" },
        { name: "TOKEN", valueFrom: "arn:secret" },
      ],
      portMappings: [{ containerPort: 8080, hostPort: 8080, name: "api-8080", protocol: "tcp" }],
      stopTimeout: 120,
    });
  });

  test("folders in memory belong to its user, take half of its memory each, and run nothing unless asked to", () => {
    expect(made({ tmpfs: ["/tmp"], execTmpfs: ["/native"] }).linuxParameters).toMatchObject({
      tmpfs: [
        { containerPath: "/native", mountOptions: ["nosuid", "nodev", "exec", "uid=10001", "gid=10002"], size: 512 },
        { containerPath: "/tmp", mountOptions: ["nosuid", "nodev", "noexec", "uid=10001", "gid=10002"], size: 512 },
      ],
    });
    const ofUserAlone = made({ user: "1000", tmpfs: ["/tmp"] }).linuxParameters as {
      tmpfs: { mountOptions: string[] }[];
    };
    expect(ofUserAlone.tmpfs[0]?.mountOptions).toContain("gid=0");
  });

  test("shells need a root that can be written, and the usual capabilities", () => {
    expect(made({ exec: true })).toMatchObject({
      readonlyRootFilesystem: false,
      linuxParameters: { initProcessEnabled: true },
    });
    expect(made({ exec: true }).linuxParameters).not.toHaveProperty("capabilities");
    expect(made({ readOnlyRoot: false })).toMatchObject({ readonlyRootFilesystem: false });
  });

  test("text of the app stays text, and references stay references", () => {
    const json = containerDefinitions([
      {
        ...API,
        image: OPAQUE,
        command: ["sh", "-c", "echo ${HOME} %{x} $${y}"],
        environment: { URL: `https://${OPAQUE}/a?b="c"` },
      },
    ]);
    expect(json).toContain(`"image":"${OPAQUE}"`);
    expect(json).toContain("echo $${HOME} %%{x} $$${y}");
    expect(JSON.parse(plainText(json))).toMatchObject([
      { command: ["sh", "-c", "echo ${HOME} %{x} $${y}"], environment: [{ value: `https://${OPAQUE}/a?b="c"` }] },
    ]);
  });
});

describe("the health check", () => {
  test("asks with whichever client the image has, and the shell takes the command as it is meant", () => {
    const { command, ...rest } = (
      made({ port: 8080, health: { ...HEALTH, path: "/it's?a=1" } }) as {
        healthCheck: { command: string[] };
      }
    ).healthCheck;
    expect(rest).toEqual({ interval: 30, timeout: 5, retries: 3, startPeriod: 60 });
    expect(command[0]).toBe("CMD-SHELL");
    const stub = `wget() { return 1; }; curl() { printf '%s|' "$@"; }; ${command[1]}`;
    expect(execFileSync("sh", ["-c", stub], { encoding: "utf8" })).toBe(
      "-fsS|-o|/dev/null|http://127.0.0.1:8080/it's?a=1|",
    );
  });

  test("or runs the command that the service has", () => {
    const { healthCheck } = made({ health: { ...HEALTH, command: ["pg_isready", "-q"] } }) as {
      healthCheck: { command: string[] };
    };
    expect(healthCheck.command).toEqual(["CMD", "pg_isready", "-q"]);
  });

  test("beyond the limits of ECS it is refused", () => {
    expect(problems(made({ port: 1, health: { ...HEALTH, graceSeconds: 301 } }))).toEqual([
      "ClientException: healthCheck.startPeriod must be between 0 and 300.",
    ]);
    expect(problems(made({ stopSeconds: 121 }))).toEqual([
      "ClientException: stopTimeout must be at most 120 on Fargate.",
    ]);
  });
});

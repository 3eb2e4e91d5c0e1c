/** What Fargate and ECS refuse in a task definition. */
import type { Obj, Value } from "../contract";
import { isObj } from "../wire/value";
import { objects, parsedJson, strings, text } from "./service";

export interface Problem {
  summary: string;
  detail: string;
  /** Argument of the task definition. */
  argument: string;
}

/**
 * Memory in MiB that Fargate gives to each CPU size: from, to, step.
 * Source: Amazon ECS developer guide, "Task definition parameters for Fargate, Task size".
 */
const FARGATE: Record<string, [from: number, to: number, step: number]> = {
  "256": [512, 2048, 512],
  "512": [1024, 4096, 1024],
  "1024": [2048, 8192, 1024],
  "2048": [4096, 16384, 1024],
  "4096": [8192, 30720, 1024],
  "8192": [16384, 61440, 4096],
  "16384": [32768, 122880, 8192],
};
/** The one size within its range that Fargate does not have. */
const GAP = { cpu: "256", refused: 1536 };

/** The first thing that is wrong with a task definition for Fargate; what is not known yet is not judged. */
export function fargateProblem(task: Obj): Problem | undefined {
  if (!strings(task.requires_compatibilities).includes("FARGATE")) return undefined;
  const parsed = parsedJson(task.container_definitions);
  const containers = Array.isArray(parsed) ? parsed.filter(isObj) : [];
  return sizeProblem(task) ?? roleProblem(task, containers) ?? first(containers.map(containerProblem));
}

const first = (problems: (Problem | undefined)[]): Problem | undefined =>
  problems.find((problem) => problem !== undefined);

function sizeProblem(task: Obj): Problem | undefined {
  const [cpu, memory] = [text(task.cpu), text(task.memory)];
  if (cpu === undefined || memory === undefined) return undefined;
  const range = FARGATE[cpu];
  const size = Number(memory);
  const fits =
    range !== undefined &&
    size >= range[0] &&
    size <= range[1] &&
    (size - range[0]) % range[2] === 0 &&
    !(cpu === GAP.cpu && size === GAP.refused);
  if (fits) return undefined;
  const sizes = range
    ? `${range[0]} to ${range[1]} MiB in steps of ${range[2]}`
    : `no memory (CPU sizes: ${Object.keys(FARGATE).join(", ")})`;
  return {
    summary: "No Fargate configuration exists for given values.",
    detail: `cpu ${cpu} takes ${sizes}, got ${memory}.`,
    argument: "memory",
  };
}

function roleProblem(task: Obj, containers: Obj[]): Problem | undefined {
  if (task.execution_role_arn !== null && task.execution_role_arn !== undefined) return undefined;
  const needs = containers.some(
    ({ secrets, logConfiguration }) =>
      objects(secrets).length > 0 || (isObj(logConfiguration) && logConfiguration.logDriver === "awslogs"),
  );
  if (!needs) return undefined;
  return {
    summary: "Fargate requires task definition to have execution role ARN to support log driver awslogs and secrets.",
    detail: "Give it execution_role_arn.",
    argument: "execution_role_arn",
  };
}

/** Numbers of a health check and of a container. Source: Amazon ECS API, HealthCheck and ContainerDefinition. */
const RANGES: [path: [string, string], from: number, to: number][] = [
  [["healthCheck", "interval"], 5, 300],
  [["healthCheck", "timeout"], 2, 60],
  [["healthCheck", "retries"], 1, 10],
  [["healthCheck", "startPeriod"], 0, 300],
];
const LONGEST_STOP_SECONDS = 120;
/** Source: Amazon ECS developer guide, task definition differences for Fargate. */
const NOT_ON_FARGATE = [
  "disableNetworking",
  "dnsSearchDomains",
  "dnsServers",
  "dockerSecurityOptions",
  "extraHosts",
  "links",
];
const NOT_IN_LINUX = ["devices", "sharedMemorySize", "maxSwap", "swappiness"];

function containerProblem(container: Obj): Problem | undefined {
  const name = String(container.name);
  const linux = isObj(container.linuxParameters) ? container.linuxParameters : {};
  const at = (summary: string, detail: string): Problem => ({
    summary,
    detail: `Container "${name}": ${detail}`,
    argument: "container_definitions",
  });
  for (const key of NOT_ON_FARGATE)
    if (isGiven(container[key])) return at(`Fargate does not support ${key}.`, "remove it.");
  if (container.privileged === true) return at("Fargate does not support privileged containers.", "remove it.");
  for (const key of NOT_IN_LINUX)
    if (isGiven(linux[key])) return at(`Fargate does not support linuxParameters.${key}.`, "remove it.");
  const added = isObj(linux.capabilities) ? strings(linux.capabilities.add) : [];
  if (added.some((capability) => capability !== "SYS_PTRACE"))
    return at("Fargate adds no capability but SYS_PTRACE.", `got ${added.join(", ")}.`);
  if (objects(linux.tmpfs).some(({ containerPath, size }) => text(containerPath) === undefined || !(Number(size) >= 1)))
    return at("Tmpfs needs a container path and a size.", "give both; the size is in MiB.");
  return numberProblem(container, at) ?? portProblem(container, at) ?? logProblem(container, at);
}

type At = (summary: string, detail: string) => Problem;

function numberProblem(container: Obj, at: At): Problem | undefined {
  for (const [[block, key], from, to] of RANGES) {
    const value = isObj(container[block]) ? container[block][key] : undefined;
    if (typeof value === "number" && (value < from || value > to))
      return at(`${block}.${key} must be between ${from} and ${to}.`, `got ${value}.`);
  }
  const stop = container.stopTimeout;
  if (typeof stop !== "number" || stop <= LONGEST_STOP_SECONDS) return undefined;
  return at(`stopTimeout must be at most ${LONGEST_STOP_SECONDS} on Fargate.`, `got ${stop}.`);
}

function portProblem(container: Obj, at: At): Problem | undefined {
  const wrong = objects(container.portMappings).find(
    ({ containerPort, hostPort }) => isGiven(hostPort) && hostPort !== containerPort,
  );
  if (!wrong) return undefined;
  return at(
    "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    `got ${String(wrong.hostPort)} and ${String(wrong.containerPort)}.`,
  );
}

function logProblem(container: Obj, at: At): Problem | undefined {
  const log = isObj(container.logConfiguration) ? container.logConfiguration : {};
  const options = isObj(log.options) ? log.options : {};
  if (log.logDriver !== "awslogs" || isGiven(options["awslogs-stream-prefix"])) return undefined;
  return at("Log driver awslogs requires option 'awslogs-stream-prefix' on Fargate.", "give one.");
}

function isGiven(value: Value): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Task definitions and services. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { checkAttached } from "./listeners";
import { fallback, type Hooks, invalid, strings, text } from "./service";

export const ECS_HOOKS: Hooks = {
  aws_ecs_task_definition: { validate: validateTask, apply: registerTask },
  aws_ecs_service: { check: checkAttached, apply: nameService },
};

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

function validateTask(config: Obj): Diagnostic[] {
  const [cpu, memory] = [text(config.cpu), text(config.memory)];
  if (!strings(config.requires_compatibilities).includes("FARGATE") || cpu === undefined || memory === undefined)
    return [];
  const range = FARGATE[cpu];
  const size = Number(memory);
  const fits =
    range !== undefined &&
    size >= range[0] &&
    size <= range[1] &&
    (size - range[0]) % range[2] === 0 &&
    !(cpu === GAP.cpu && size === GAP.refused);
  if (fits) return [];
  const summary = "ClientException: No Fargate configuration exists for given values.";
  const sizes = range
    ? `${range[0]} to ${range[1]} MiB in steps of ${range[2]}`
    : `no memory (CPU sizes: ${Object.keys(FARGATE).join(", ")})`;
  return [invalid(summary, `cpu ${cpu} takes ${sizes}, got ${memory}.`, "memory")];
}

/** Revisions of a family are never used twice, not even after the definition is gone. */
function registerTask({ config, prior, result, ctx, world }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const family = String(result.family);
  const id = `${ctx.region}/${family}`;
  const last = world.get("ecs_task_family", id)?.attributes.revision;
  const revision = (typeof last === "number" ? last : 0) + 1;
  world.add({ type: "ecs_task_family", id, region: ctx.region, attributes: { family, revision } });
  const arn_without_revision = `arn:aws:ecs:${ctx.region}:${ctx.account}:task-definition/${family}`;
  const settled = fallback(result, config, { enable_fault_injection: false, network_mode: "bridge" });
  return { result: { ...settled, arn_without_revision, arn: `${arn_without_revision}:${revision}`, revision } };
}

/** The ARN of a service carries the name of its cluster. */
function nameService({ prior, result, ctx }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const cluster = (text(result.cluster) ?? "default").replace(/^.*\//, "");
  const arn = `arn:aws:ecs:${ctx.region}:${ctx.account}:service/${cluster}/${String(result.name)}`;
  return { result: { ...result, id: arn, ...("arn" in result ? { arn } : {}) } };
}

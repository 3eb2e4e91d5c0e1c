/** Task definitions, services, and what scales them. */
import type { ApplyInput, Diagnostic, Obj, PlanInput, ReadInput, Value, World, WorldObject } from "../contract";
import { isObj } from "../wire/value";
import { fargateProblem } from "./ecs-fargate";
import { fallback, type Hooks, invalid, objects, only, parsedJson, refuse, strings, text } from "./service";

export const ECS_HOOKS: Hooks = {
  aws_ecs_task_definition: { validate: validateTask, check: checkTask, apply: registerTask, read: newestRevision },
  aws_ecs_service: { validate: validateService, plan: planService, check: checkService, apply: nameService },
  aws_appautoscaling_target: { check: checkScalable, apply: bringIntoBounds },
  aws_appautoscaling_policy: { check: checkPolicy },
};

function validateTask(config: Obj): Diagnostic[] {
  const problem = fargateProblem(config);
  return problem ? [invalid(`ClientException: ${problem.summary}`, problem.detail, problem.argument)] : [];
}

/** What was not known when the configuration was validated. */
function checkTask(input: ApplyInput): Diagnostic[] {
  const problem = fargateProblem(input.result);
  return problem ? [refuse(input, `ClientException: ${problem.summary}`, problem.detail, problem.argument)] : [];
}

/** Revisions of a family, and what each of them holds. A release registers one by adding it here. */
interface Family {
  family: string;
  revision: number;
  definitions: Record<string, string>;
}

const FAMILY = "ecs_task_family";

function familyOf(world: World, region: string, family: Value): Family | undefined {
  return world.get(FAMILY, `${region}/${String(family)}`)?.attributes as Family | undefined;
}

/** Revisions of a family are never used twice, not even after the definition is gone. */
function registerTask({ config, prior, result, ctx, world }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const family = String(result.family);
  const before = familyOf(world, ctx.region, family);
  const revision = (before?.revision ?? 0) + 1;
  const definitions = { ...before?.definitions, [revision]: String(result.container_definitions) };
  const attributes = { family, revision, definitions };
  world.add({ type: FAMILY, id: `${ctx.region}/${family}`, region: ctx.region, attributes });
  const arn_without_revision = `arn:aws:ecs:${ctx.region}:${ctx.account}:task-definition/${family}`;
  const settled = fallback(result, config, { enable_fault_injection: false, network_mode: "bridge" });
  return { result: { ...settled, arn_without_revision, arn: `${arn_without_revision}:${revision}`, revision } };
}

/** With `track_latest` the provider asks for the family, and AWS answers with its newest revision. */
function newestRevision({ object, world }: ReadInput): Obj | undefined {
  const { attributes } = object;
  const family = attributes.track_latest === true ? familyOf(world, object.region, attributes.family) : undefined;
  if (!family || family.revision === attributes.revision) return undefined;
  const { revision, definitions } = family;
  const arn = `${String(attributes.arn_without_revision)}:${revision}`;
  return { ...attributes, arn, revision, container_definitions: definitions[revision] };
}

function validateService(config: Obj): Diagnostic[] {
  if (text(config.launch_type) === undefined || objects(config.capacity_provider_strategy).length === 0) return [];
  const summary =
    "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported";
  return [invalid(summary, "Remove one and try again.", "launch_type")];
}

/**
 * Another strategy replaces the service, unless the deployment is forced and both have members. Source: the provider's
 * `capacityProviderStrategyCustomizeDiff`.
 */
function planService({ prior, planned }: PlanInput): { planned: Obj; requiresReplace?: string[] } {
  if (!prior) return { planned };
  const [before, after] = [strategyOf(prior), strategyOf(planned)];
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  const inPlace = planned.force_new_deployment === true && before.length > 0 && after.length > 0;
  return { planned, requiresReplace: isSame || inPlace ? [] : ["capacity_provider_strategy"] };
}

const strategyOf = (service: Obj): string[] =>
  objects(service.capacity_provider_strategy)
    .map(({ capacity_provider, base, weight }) => JSON.stringify([capacity_provider, base, weight]))
    .sort();

function checkService(input: ApplyInput): Diagnostic[] {
  return [...missingProviders(input), ...missingContainers(input), ...unbalanced(input), ...noShell(input)];
}

const INVALID = "InvalidParameterException:";

function missingProviders(input: ApplyInput): Diagnostic[] {
  const cluster = nameIn(input.result.cluster);
  const known = input.world
    .ofType("aws_ecs_cluster_capacity_providers")
    .filter(({ attributes }) => attributes.cluster_name === cluster)
    .flatMap(({ attributes }) => strings(attributes.capacity_providers));
  return objects(input.result.capacity_provider_strategy)
    .map(({ capacity_provider }) => String(capacity_provider))
    .filter((name) => !known.includes(name))
    .map((name) =>
      refuse(
        input,
        `${INVALID} The specified capacity provider '${name}' was not found. Specify a valid name or ARN and try again.`,
        `The cluster ${cluster} has ${known.join(", ") || "none"}: add it to the cluster's capacity providers first.`,
        "capacity_provider_strategy",
      ),
    );
}

/** The containers of the service's task definition; undefined when it is not one of this account. */
function containersOf({ result, world }: ApplyInput): Obj[] | undefined {
  const task = world.ofType("aws_ecs_task_definition").find((o) => o.attributes.arn === result.task_definition);
  const containers = parsedJson(task?.attributes.container_definitions);
  return Array.isArray(containers) ? containers.filter(isObj) : undefined;
}

function missingContainers(input: ApplyInput): Diagnostic[] {
  const containers = containersOf(input);
  if (!containers) return [];
  return objects(input.result.load_balancer).flatMap(({ container_name, container_port }) => {
    const container = containers.find(({ name }) => name === container_name);
    const ports = objects(container?.portMappings).map(({ containerPort }) => containerPort);
    if (ports.includes(container_port)) return [];
    const what = container
      ? `The container ${String(container_name)} did not have a container port ${String(container_port)} defined.`
      : `The container ${String(container_name)} does not exist in the task definition.`;
    return [refuse(input, `${INVALID} ${what}`, "The load balancer block names it.", "load_balancer")];
  });
}

/** ECS takes a target group only when a listener or one of its rules leads to it. */
function unbalanced(input: ApplyInput): Diagnostic[] {
  const used = [...input.world.ofType("aws_lb_listener"), ...input.world.ofType("aws_lb_listener_rule")]
    .map(({ attributes }) => JSON.stringify([attributes.default_action, attributes.action]))
    .join("\n");
  return objects(input.result.load_balancer)
    .map(({ target_group_arn }) => String(target_group_arn))
    .filter((arn) => arn.startsWith("arn:") && !used.includes(arn))
    .map((arn) =>
      refuse(
        input,
        `${INVALID} The target group with targetGroupArn ${arn} does not have an associated load balancer.`,
        "Make the listener or its rule first: add it to depends_on.",
        "load_balancer",
      ),
    );
}

function noShell(input: ApplyInput): Diagnostic[] {
  if (input.result.enable_execute_command !== true) return [];
  const task = input.world
    .ofType("aws_ecs_task_definition")
    .find((o) => o.attributes.arn === input.result.task_definition);
  if (!task || text(task.attributes.task_role_arn) !== undefined) return [];
  const summary = `${INVALID} The service couldn't be created because a valid taskRoleArn is not being used.`;
  return [refuse(input, summary, "ECS Exec works with the task's own role.", "enable_execute_command")];
}

/** The ARN of a service carries the name of its cluster. */
function nameService({ prior, result, ctx }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const arn = `arn:aws:ecs:${ctx.region}:${ctx.account}:service/${nameIn(result.cluster)}/${String(result.name)}`;
  return { result: { ...result, id: arn, ...("arn" in result ? { arn } : {}) } };
}

const nameIn = (cluster: Value): string => (text(cluster) ?? "default").replace(/^.*\//, "");

/** The service that `service/<cluster>/<name>` names. */
function serviceOf({ result, world }: ApplyInput): WorldObject | undefined {
  return world.ofType("aws_ecs_service").find(({ id }) => id.endsWith(`:${String(result.resource_id)}`));
}

function checkScalable(input: ApplyInput): Diagnostic[] {
  if (input.result.service_namespace !== "ecs" || serviceOf(input)) return [];
  const summary = `ValidationException: ECS service doesn't exist: ${String(input.result.resource_id)}`;
  return [refuse(input, summary, "It is service/<cluster>/<service>.", "resource_id")];
}

/** Application Auto Scaling brings the number of tasks into its bounds at once. Source: its API, RegisterScalableTarget. */
function bringIntoBounds(input: ApplyInput): { result: Obj } {
  const service = input.result.service_namespace === "ecs" ? serviceOf(input) : undefined;
  if (service) {
    const { min_capacity, max_capacity } = input.result;
    const desired = Math.max(Number(service.attributes.desired_count), Number(min_capacity));
    service.attributes.desired_count = Math.min(desired, Number(max_capacity));
  }
  return { result: input.result };
}

function checkPolicy(input: ApplyInput): Diagnostic[] {
  const { service_namespace, resource_id } = input.result;
  const isRegistered = input.world
    .ofType("aws_appautoscaling_target")
    .some(({ attributes }) => attributes.resource_id === resource_id);
  if (isRegistered) return requestLabel(input);
  const summary = `ObjectNotFoundException: No scalable target registered for service namespace: ${String(service_namespace)}, resource ID: ${String(resource_id)}`;
  return [refuse(input, summary, "Refer to the target's resource_id, so that it is made first.", "resource_id")];
}

const LABEL = /^app\/[^/]+\/[0-9a-f]+\/targetgroup\/[^/]+\/[0-9a-f]+$/;

function requestLabel(input: ApplyInput): Diagnostic[] {
  const specification = only(
    only(input.result.target_tracking_scaling_policy_configuration)?.predefined_metric_specification,
  );
  if (specification?.predefined_metric_type !== "ALBRequestCountPerTarget") return [];
  if (LABEL.test(String(specification.resource_label))) return [];
  const summary = `ValidationException: Invalid resource label: ${String(specification.resource_label)}`;
  return [
    refuse(
      input,
      summary,
      "It is app/<name>/<id>/targetgroup/<name>/<id>.",
      "target_tracking_scaling_policy_configuration",
    ),
  ];
}

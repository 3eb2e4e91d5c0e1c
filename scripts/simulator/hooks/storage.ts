/** Repositories and records: what they are called, and what policies must look like. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { isObj } from "../wire/value";
import { type Hooks, invalid, only, parsedJson, refuse, text } from "./service";

export const STORAGE_HOOKS: Hooks = {
  aws_ecr_repository: { apply: nameRepository },
  aws_ecr_lifecycle_policy: { validate: validateLifecycle },
  aws_route53_record: { check: checkRecord, apply: nameRecord },
};

function nameRepository({ result, ctx }: ApplyInput): { result: Obj } {
  const repository_url = `${ctx.account}.dkr.ecr.${ctx.region}.amazonaws.com/${String(result.name)}`;
  return { result: { ...result, registry_id: ctx.account, repository_url } };
}

function validateLifecycle(config: Obj): Diagnostic[] {
  const policy = parsedJson(config.policy);
  if (policy === undefined) return [];
  const rules = isObj(policy) && Array.isArray(policy.rules) ? policy.rules.filter(isObj) : [];
  const priorities = rules.map((rule) => rule.rulePriority);
  const problems = [
    rules.length === 0 && "it has no rules",
    new Set(priorities).size !== priorities.length && "two rules have the same rulePriority",
    !rules.every((rule) => isObj(rule.selection) && isObj(rule.action)) && "every rule needs selection and action",
  ];
  return problems
    .filter((problem) => problem !== false)
    .map((problem) =>
      invalid("InvalidParameterException: Lifecycle policy validation failure", `${problem}.`, "policy"),
    );
}

function checkRecord(input: ApplyInput): Diagnostic[] {
  return [...checkPlace(input), ...checkAlias(input)];
}

const BALANCER_NAME = /^(?:dualstack\.)?(.+\.elb\.amazonaws\.com)\.?$/i;

/** An alias names a load balancer together with the zone that its name lies in. */
function checkAlias(input: ApplyInput): Diagnostic[] {
  const alias = only(input.result.alias);
  const name = BALANCER_NAME.exec(text(alias?.name) ?? "")?.[1]?.toLowerCase();
  if (name === undefined) return [];
  const balancers = [...input.world.ofType("aws_lb"), ...input.world.ofType("aws_elb")].map((o) => o.attributes);
  const fits = balancers.some((a) => text(a.dns_name)?.toLowerCase() === name && a.zone_id === alias?.zone_id);
  if (fits) return [];
  const message = `InvalidChangeBatch: [Tried to create an alias that targets ${name}., type ${String(input.result.type)} in zone ${String(alias?.zone_id)}, but the alias target name does not lie within the target zone]`;
  return [refuse(input, message, "Use dns_name and zone_id of the same load balancer.", "alias")];
}

function checkPlace(input: ApplyInput): Diagnostic[] {
  const zone = input.world.ofType("aws_route53_zone").find((o) => o.attributes.zone_id === input.result.zone_id);
  const domain = text(zone?.attributes.name)?.replace(/\.$/, "");
  const name = String(input.result.name).replace(/\.$/, "");
  // A name without the zone's domain is taken as relative to it; one with another ending is too, which nobody wants.
  if (domain === undefined || name === domain || name.endsWith(`.${domain}`) || !name.includes(".")) return [];
  const message = `InvalidChangeBatch: [RRSet with DNS name ${name}. is not permitted in zone ${domain}.]`;
  return [refuse(input, message, `The zone ${String(input.result.zone_id)} is for ${domain}.`, "name")];
}

function nameRecord({ result, world }: ApplyInput): { result: Obj } {
  const zone = world.ofType("aws_route53_zone").find((o) => o.attributes.zone_id === result.zone_id);
  const domain = text(zone?.attributes.name)?.replace(/\.$/, "");
  const name = String(result.name).replace(/\.$/, "");
  const fqdn = domain === undefined || name.endsWith(domain) ? name : `${name}.${domain}`;
  return { result: { ...result, fqdn } };
}

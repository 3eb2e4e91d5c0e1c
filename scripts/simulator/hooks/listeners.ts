/** Listeners of load balancers, and their rules. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { UNKNOWN } from "../wire/value";
import { isIssued } from "./acm";
import { balancersOf, byArn, groupsOf } from "./elb";
import { digits, fallback, type Hooks, invalid, objects, only, refuse, text, unset } from "./service";

export const LISTENER_HOOKS: Hooks = {
  aws_lb_listener: {
    validate: (config) => validateActions("default_action", config.default_action),
    check: checkListener,
    apply: nameListener,
  },
  aws_lb_listener_rule: {
    validate: (config) => [...validateActions("action", config.action), ...validateConditions(config)],
    check: checkRule,
    apply: nameRule,
  },
};

/** The block that each kind of action reads. */
const BLOCK_OF: Record<string, string> = { redirect: "redirect", "fixed-response": "fixed_response" };

function validateActions(name: string, actions: unknown): Diagnostic[] {
  return objects(actions).flatMap((action, i) => {
    const type = text(action.type) ?? "";
    const needed = BLOCK_OF[type];
    const refused = (attribute: string, needs: string): Diagnostic[] => [
      invalid(`Attribute "${name}[${i}].${attribute}" ${needs} when "${name}[${i}].type" is "${type}".`, "", name, i),
    ];
    const stray = Object.values(BLOCK_OF).find((block) => block !== needed && !unset(action[block]));
    if (stray !== undefined && action[stray] !== UNKNOWN) return refused(stray, "must not be specified");
    if (needed !== undefined) return unset(action[needed]) ? refused(needed, "must be specified") : [];
    if (type !== "forward" || !unset(action.forward) || !unset(action.target_group_arn)) return [];
    return refused("target_group_arn or forward", "must be specified");
  });
}

function checkListener(input: ApplyInput): Diagnostic[] {
  const { config, result, world } = input;
  const secure = ["HTTPS", "TLS"].includes(text(result.protocol) ?? "");
  const arn = text(config.certificate_arn);
  if (!secure) {
    const stray = ["certificate_arn", "ssl_policy"].find((name) => text(config[name]) !== undefined);
    if (stray === undefined) return checkGroups(input, result.default_action, result.load_balancer_arn);
    const message = `ValidationError: A ${stray === "ssl_policy" ? "security policy" : "certificate"} cannot be specified for ${String(result.protocol)} listeners`;
    return [refuse(input, message, "Use protocol HTTPS, or leave it out.", stray)];
  }
  if (arn === undefined) {
    const message = "ValidationError: A certificate must be specified for HTTPS listeners";
    return [refuse(input, message, "Set certificate_arn.", "certificate_arn")];
  }
  const certificate = byArn(world, "aws_acm_certificate", arn);
  if (certificate && !isIssued(certificate, world)) {
    const message = `UnsupportedCertificate: The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`;
    const detail = "It is not issued yet: wait for it by aws_acm_certificate_validation, or turn HTTPS on later.";
    return [refuse(input, message, detail, "certificate_arn")];
  }
  return checkGroups(input, result.default_action, result.load_balancer_arn);
}

/** A group belongs to one load balancer, in its own network. */
function checkGroups(input: ApplyInput, actions: unknown, balancerArn: unknown): Diagnostic[] {
  const { world } = input;
  const balancer = byArn(world, "aws_lb", balancerArn);
  return groupsOf(actions).flatMap((arn) => {
    if (balancersOf(world, arn).some((other) => other !== balancerArn)) {
      const message = `TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: ${String(arn)}`;
      return [refuse(input, message, "Make a target group for each load balancer.")];
    }
    const vpcId = text(byArn(world, "aws_lb_target_group", arn)?.attributes.vpc_id);
    if (vpcId === undefined || balancer === undefined || balancer.attributes.vpc_id === vpcId) return [];
    const message = "InvalidConfigurationRequest: One or more target groups lie in another VPC than the load balancer";
    return [refuse(input, message, `${String(arn)} is in ${vpcId}.`)];
  });
}

/** What a listener without a policy gets. Source: Elastic Load Balancing API, CreateListener. */
const OLD_POLICY = "ELBSecurityPolicy-2016-08";

function nameListener({ config, prior, result }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const secure = text(result.protocol) === "HTTPS";
  const settled = fallback(result, config, { ssl_policy: secure ? OLD_POLICY : "" });
  return { result: { ...settled, ...arnBelow(result.load_balancer_arn, ":loadbalancer/", ":listener/", result.arn) } };
}

/** Conditions, and what each may hold of. */
const VALUES = {
  host_header: ["values", "regex_values"],
  path_pattern: ["values", "regex_values"],
  http_header: ["values", "regex_values"],
  http_request_method: ["values"],
  source_ip: ["values"],
};
/** Source: quotas of Application Load Balancers. */
const MOST_VALUES = 5;
const MOST_RULES = 100;

function validateConditions(config: Obj): Diagnostic[] {
  const conditions = objects(config.condition);
  const counts = conditions.map(
    (condition) =>
      Object.entries(VALUES).reduce((sum, [name, lists]) => sum + countIn(only(condition[name]), lists), 0) +
      objects(condition.query_string).length,
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MOST_VALUES)
    return [
      invalid(
        `ValidationError: A rule can only have '${MOST_VALUES}' condition values`,
        `This one has ${total}: spread them over several rules.`,
        "condition",
      ),
    ];
  const empty = counts.indexOf(0);
  if (conditions.length > 0 && empty < 0) return [];
  return [invalid("ValidationError: A rule must have a condition", "Give it hosts or paths.", "condition")];
}

/** A list that is not known yet counts as one value: it may be any number. */
function countIn(block: Obj | undefined, lists: string[]): number {
  if (block === undefined) return 0;
  return lists.reduce((sum, name) => {
    const list = block[name];
    return sum + (list === UNKNOWN ? 1 : Array.isArray(list) ? list.length : 0);
  }, 0);
}

function checkRule(input: ApplyInput): Diagnostic[] {
  const { prior, result, world } = input;
  const listener = byArn(world, "aws_lb_listener", result.listener_arn);
  const balancerArn = listener?.attributes.load_balancer_arn;
  const refused = listener === undefined ? [] : checkGroups(input, result.action, balancerArn);
  if (prior || refused.length > 0 || listener === undefined) return refused;
  const listeners = world.ofType("aws_lb_listener").filter((o) => o.attributes.load_balancer_arn === balancerArn);
  const arns = listeners.map((o) => o.attributes.arn);
  const rules = world.ofType("aws_lb_listener_rule").filter((o) => arns.includes(o.attributes.listener_arn));
  if (rules.length < MOST_RULES) return [];
  const message = "TooManyRules: The maximum number of rules on the load balancer has been reached";
  return [refuse(input, message, `A load balancer of a new account has room for ${MOST_RULES} rules.`)];
}

function nameRule({ config, prior, result, world }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const others = world.ofType("aws_lb_listener_rule").filter((o) => o.attributes.listener_arn === result.listener_arn);
  const last = Math.max(0, ...others.map((o) => Number(o.attributes.priority)));
  const settled = fallback(result, config, { priority: last + 1 });
  return { result: { ...settled, ...arnBelow(result.listener_arn, ":listener/", ":listener-rule/", result.arn) } };
}

/** Listeners and rules are named below what they belong to. */
function arnBelow(parent: unknown, from: string, to: string, own: unknown): Obj {
  const arn = `${String(parent).replace(from, to)}/${digits(16, own)}`;
  return { arn, id: arn };
}

/** What stands before or beside a load balancer: web application firewalls, and Amplify. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { type Hooks, invalid, objects, only, refuse, text, unset } from "./service";

export const FRONTEND_HOOKS: Hooks = {
  aws_wafv2_web_acl: { validate: validateAcl },
  aws_amplify_app: { check: checkRepository, apply: nameApp },
};

/** Source: AWS WAF developer guide, "AWS Managed Rules rule groups list". */
const MANAGED_RULES = [
  "ACFPRuleSet",
  "ATPRuleSet",
  "AdminProtectionRuleSet",
  "AmazonIpReputationList",
  "AnonymousIpList",
  "AntiDDoSRuleSet",
  "BotControlRuleSet",
  "CommonRuleSet",
  "KnownBadInputsRuleSet",
  "LinuxRuleSet",
  "PHPRuleSet",
  "SQLiRuleSet",
  "UnixRuleSet",
  "WindowsRuleSet",
  "WordPressRuleSet",
];

function validateAcl(config: Obj): Diagnostic[] {
  const rules = objects(config.rule);
  const priorities = rules.map((rule) => rule.priority);
  const problem = (message: string, detail: string): Diagnostic =>
    invalid(`WAFInvalidParameterException: ${message}`, detail, "rule");
  return [
    ...(new Set(priorities).size === priorities.length
      ? []
      : [problem("Rules have the same priority.", `The priorities are ${priorities.join(", ")}.`)]),
    ...rules.flatMap((rule) => {
      const name = String(rule.name);
      const managed = only(only(rule.statement)?.managed_rule_group_statement);
      const isGroup = managed !== undefined || !unset(only(rule.statement)?.rule_group_reference_statement);
      const [needed, stray] = isGroup ? ["override_action", "action"] : ["action", "override_action"];
      if (unset(rule[needed]) || !unset(rule[stray]))
        return [problem("A reference in your rule statement is not valid.", `Rule ${name} takes ${needed} alone.`)];
      const group = text(managed?.name) ?? "";
      if (text(managed?.vendor_name) !== "AWS" || MANAGED_RULES.some((known) => group === `AWSManagedRules${known}`))
        return [];
      return [problem("The managed rule group does not exist.", `Rule ${name} asks for ${group}.`)];
    }),
  ];
}

/** Amplify reads a repository, public or not, with a token only. */
function checkRepository(input: ApplyInput): Diagnostic[] {
  const { config, prior } = input;
  const tokens = [config.access_token, config.oauth_token].filter((token) => text(token) !== undefined);
  if (prior || text(config.repository) === undefined || tokens.length > 0) return [];
  const message = "BadRequestException: You should at least provide one valid token";
  return [refuse(input, message, "Set access_token, or connect the repository in the console.", "repository")];
}

function nameApp({ prior, result }: ApplyInput): { result: Obj } {
  return { result: prior ? result : { ...result, default_domain: `${String(result.id)}.amplifyapp.com` } };
}

/** Roles, policies and keys. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { readFacts } from "../facts/load";
import { isObj } from "../wire/value";
import { fallback, type Hooks, invalid, parsedJson, refuse, text } from "./service";

export const IDENTITY_HOOKS: Hooks = {
  aws_iam_role: { validate: (config) => policyProblems(config, "assume_role_policy", true), apply: settleRole },
  aws_iam_role_policy: { validate: (config) => policyProblems(config, "policy", false) },
  aws_iam_policy: { validate: (config) => policyProblems(config, "policy", false) },
  aws_iam_role_policy_attachment: { check: checkManagedPolicy },
  aws_iam_openid_connect_provider: { apply: nameProvider },
  aws_kms_key: { validate: (config) => policyProblems(config, "policy", true), apply: settleKey },
  aws_kms_alias: { apply: settleAlias },
  aws_s3_bucket_policy: { validate: (config) => policyProblems(config, "policy", true) },
  aws_sns_topic_policy: { validate: (config) => policyProblems(config, "policy", true) },
  aws_ecr_repository_policy: { validate: (config) => policyProblems(config, "policy", true) },
};

/** What every policy language check of AWS finds: statements, effect, actions, and a principal where one belongs. */
function policyProblems(config: Obj, name: string, resourcePolicy: boolean): Diagnostic[] {
  const policy = parsedJson(config[name]);
  if (policy === undefined) return [];
  const statements: unknown[] = isObj(policy) && policy.Statement !== undefined ? [policy.Statement].flat() : [];
  const problems =
    statements.length === 0
      ? ["has no Statement"]
      : statements.flatMap((one, i) => statementProblems(one, i, resourcePolicy));
  return problems.map((problem) =>
    invalid("MalformedPolicyDocument: Syntax errors in policy.", `"${name}" ${problem}.`, name),
  );
}

function statementProblems(statement: unknown, index: number, resourcePolicy: boolean): string[] {
  if (!isObj(statement)) return [`has a Statement[${index}] that is no object`];
  const has = (...names: string[]): boolean => names.some((name) => statement[name] !== undefined);
  const problems: string[] = [];
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") problems.push("needs Effect Allow or Deny");
  if (!has("Action", "NotAction")) problems.push("needs Action or NotAction");
  if (resourcePolicy !== has("Principal", "NotPrincipal")) {
    problems.push(
      resourcePolicy ? "needs Principal or NotPrincipal" : "must not have a Principal: the policy belongs to one",
    );
  }
  if (!resourcePolicy && !has("Resource", "NotResource")) problems.push("needs Resource or NotResource");
  return problems.map((problem) => `Statement[${index}] ${problem}`);
}

function settleRole({ config, result }: ApplyInput): { result: Obj } {
  return { result: fallback(result, config, { managed_policy_arns: [] }) };
}

const AWS_POLICY = "arn:aws:iam::aws:policy/";

/** A policy of AWS itself must be in the reviewed list: a typo in its name would only show in the real account. */
function checkManagedPolicy(input: ApplyInput): Diagnostic[] {
  const arn = text(input.config.policy_arn);
  if (
    !arn?.startsWith(AWS_POLICY) ||
    (readFacts("managed-policies.json") as string[]).includes(arn.slice(AWS_POLICY.length))
  ) {
    return [];
  }
  if (input.world.ofType("aws_iam_policy").some((o) => o.attributes.arn === arn)) return [];
  const message = `NoSuchEntity: Policy ${arn} does not exist or is not attachable.`;
  const detail =
    'The simulator does not know this policy of AWS. If the name is right, add an aws_iam_policy with this arn to "world" in the fixtures file.';
  return [refuse(input, message, detail, "policy_arn")];
}

function nameProvider({ result, ctx }: ApplyInput): { result: Obj } {
  const arn = `arn:aws:iam::${ctx.account}:oidc-provider/${String(result.url).replace(/^https:\/\//, "")}`;
  return { result: { ...result, id: arn, arn } };
}

function settleKey({ config, result }: ApplyInput): { result: Obj } {
  const settled = fallback(result, config, {
    description: "",
    multi_region: false,
    policy: "",
    rotation_period_in_days: 0,
  });
  return { result: { ...settled, key_id: result.id } };
}

function settleAlias({ result, world }: ApplyInput): { result: Obj } {
  const target = String(result.target_key_id);
  const key = world.ofType("aws_kms_key").find((o) => o.id === target || o.attributes.arn === target);
  return { result: key ? { ...result, target_key_arn: key.attributes.arn } : result };
}

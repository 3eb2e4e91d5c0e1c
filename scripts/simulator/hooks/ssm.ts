/** Parameters. */
import type { ApplyInput, Diagnostic, Obj, PlanInput } from "../contract";
import { UNKNOWN } from "../wire/value";
import { fallback, type Hooks, invalid, text, unset } from "./service";

export const SSM_HOOKS: Hooks = {
  aws_ssm_parameter: { validate: validateParameter, plan: planParameter, apply: settleParameter },
};

/** Bytes of a value. Source: Systems Manager user guide, "Managing parameter tiers". */
const LIMITS: Record<string, number> = { Standard: 4096, Advanced: 8192 };

function validateParameter(config: Obj): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (config.type === "SecureString" && !unset(config.insecure_value) && config.insecure_value !== UNKNOWN) {
    const summary = "invalid configuration, cannot set type = SecureString and insecure_value";
    found.push(invalid(summary, "Use value or value_wo for a secret.", "insecure_value"));
  }
  const value = text(config.insecure_value) ?? text(config.value);
  const tier = text(config.tier) ?? "Standard";
  const limit = LIMITS[tier];
  const size = Buffer.byteLength(value ?? "");
  if (limit !== undefined && size > limit) {
    const summary = `ValidationException: ${tier} tier parameters support a maximum parameter value of ${limit} characters`;
    found.push(invalid(summary, `The value has ${size}. Use tier = "Advanced" (up to ${LIMITS.Advanced}).`, "tier"));
  }
  return found;
}

const VERSIONED = ["value", "insecure_value", "value_wo_version", "description"];

function changed(prior: Obj, next: Obj): boolean {
  return VERSIONED.some((name) => (next[name] ?? null) !== (prior[name] ?? null));
}

function planParameter({ config, prior, planned }: PlanInput): { planned: Obj; requiresReplace?: string[] } {
  if (!prior) return { planned };
  const next = { ...planned };
  if (changed(prior, planned)) next.version = UNKNOWN;
  // What the user moved from one argument to the other is not known any more where it was.
  if (unset(config.value) && planned.insecure_value !== prior.insecure_value) next.value = UNKNOWN;
  const downgraded = prior.tier === "Advanced" && planned.tier === "Standard";
  return { planned: next, requiresReplace: downgraded ? ["tier"] : [] };
}

function settleParameter({ config, prior, result, ctx }: ApplyInput): { result: Obj } {
  const version = typeof prior?.version === "number" ? prior.version : 0;
  const name = String(result.name);
  const settled = fallback(result, config, {
    arn: `arn:aws:ssm:${ctx.region}:${ctx.account}:parameter${name.startsWith("/") ? "" : "/"}${name}`,
    data_type: "text",
    insecure_value: null,
    key_id: config.type === "SecureString" ? "alias/aws/ssm" : "",
    tier: "Standard",
    value: null,
  });
  const isNew = !prior || changed(prior, settled);
  return {
    result: { ...settled, version: isNew ? version + 1 : version, has_value_wo: unset(config.value_wo) ? null : true },
  };
}

/** Repositories, secrets, databases: what stays behind, and what policies must look like. */
import type { ApplyInput, Ctx, Diagnostic, Obj, World, WorldObject } from "../contract";
import { isObj } from "../wire/value";
import { type Hooks, invalid, parsedJson, refuse, text } from "./service";

export const STORAGE_HOOKS: Hooks = {
  aws_ecr_repository: { apply: nameRepository },
  aws_ecr_lifecycle_policy: { validate: validateLifecycle },
  aws_db_instance: { checkDestroy: checkFinalSnapshot, destroy: ({ object, world }) => keepSnapshot(object, world) },
  aws_rds_cluster: { checkDestroy: checkFinalSnapshot, destroy: ({ object, world }) => keepSnapshot(object, world) },
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

/** The final snapshot of an earlier database of this name is still there. */
function checkFinalSnapshot(object: WorldObject, _ctx: Ctx, world: World): Diagnostic[] {
  const name = snapshotName(object);
  if (name === undefined || !world.get("aws_db_snapshot", name, object.region)) return [];
  return [
    {
      severity: "error",
      summary: `deleting ${object.type}: DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
      detail: "An earlier deletion left it. Choose another final_snapshot_identifier, or delete the snapshot.",
    },
  ];
}

function snapshotName({ attributes }: WorldObject): string | undefined {
  return attributes.skip_final_snapshot === true ? undefined : text(attributes.final_snapshot_identifier);
}

function keepSnapshot(object: WorldObject, world: World): Diagnostic[] {
  const id = snapshotName(object);
  if (id !== undefined) {
    const attributes = { id, db_snapshot_identifier: id, source: object.id };
    world.add({ type: "aws_db_snapshot", id, region: object.region, attributes });
  }
  return [];
}

function checkRecord(input: ApplyInput): Diagnostic[] {
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

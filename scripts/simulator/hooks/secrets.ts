/** Secrets Manager: values lie beside their secrets, sealed, whatever becomes of the version that wrote them. */
import type { ApplyInput, Ctx, Diagnostic, Obj, World, WorldObject } from "../contract";
import { seal, sha256, unseal } from "./sealed";
import { type Hooks, refuse, strings, text, unset } from "./service";

/** A value of a secret in the world. No Terraform type is called so. */
const VALUE = "simulated_secret_value";

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

export const SECRET_HOOKS: Hooks = {
  aws_secretsmanager_secret: { destroy: ({ object, world }) => forget(object, world) },
  aws_secretsmanager_secret_version: { check: checkValue, apply: putValue },
};

function valueIn(config: Obj): string | undefined {
  return text(config.secret_string_wo) ?? text(config.secret_string) ?? text(config.secret_binary);
}

function checkValue(input: ApplyInput): Diagnostic[] {
  if (input.prior || valueIn(input.config) !== undefined) return [];
  const message = "InvalidRequestException: You must provide either SecretString or SecretBinary.";
  return [refuse(input, message, "An empty text is no value: nothing was written.", "secret_string_wo")];
}

function putValue({ prior, config, result, ctx, world }: ApplyInput): { result: Obj } {
  const value = valueIn(config);
  if (prior || value === undefined) return { result };
  const secret = secretNamed(result.secret_id, ctx, world);
  const arn = text(secret?.attributes.arn) ?? result.secret_id;
  const version_stages = unset(config.version_stages) ? [CURRENT] : result.version_stages;
  if (strings(version_stages).includes(CURRENT)) retireCurrent(arn, world);
  const id = `${String(arn)}|${String(result.version_id)}`;
  const proof = { sha256: sha256(value), sealed: seal(value, ctx.account) };
  const attributes = { id, secret_id: arn, version_id: result.version_id, version_stages, ...proof };
  world.add({ type: VALUE, id, region: ctx.region, attributes });
  const has_secret_string_wo = text(config.secret_string_wo) === undefined ? result.has_secret_string_wo : true;
  return { result: { ...result, arn, version_stages, has_secret_string_wo } };
}

const valuesOf = (arn: unknown, world: World): WorldObject[] =>
  world.ofType(VALUE).filter(({ attributes }) => attributes.secret_id === arn);

function retireCurrent(arn: unknown, world: World): void {
  for (const value of valuesOf(arn, world)) {
    const others = strings(value.attributes.version_stages).filter((stage) => stage !== CURRENT && stage !== PREVIOUS);
    const wasCurrent = strings(value.attributes.version_stages).includes(CURRENT);
    const version_stages = wasCurrent ? [...others, PREVIOUS] : others;
    world.drop(VALUE, value.id);
    world.add({ ...value, attributes: { ...value.attributes, version_stages } });
  }
}

function forget(secret: WorldObject, world: World): Diagnostic[] {
  for (const value of valuesOf(secret.attributes.arn, world)) world.drop(VALUE, value.id);
  return [];
}

function secretNamed(idOrName: unknown, { region }: Ctx, world: World): WorldObject | undefined {
  return world
    .ofType("aws_secretsmanager_secret")
    .find((o) => o.region === region && [o.id, o.attributes.arn, o.attributes.name].includes(idOrName));
}

/** The answer to GetSecretValue: one version, or the current one. */
export function secretValue(config: Obj, ctx: Ctx, world: World): Obj | undefined {
  const arn = secretNamed(config.secret_id, ctx, world)?.attributes.arn ?? config.secret_id;
  const stage = text(config.version_stage) ?? CURRENT;
  const found = valuesOf(arn, world).find(({ attributes }) =>
    unset(config.version_id)
      ? strings(attributes.version_stages).includes(stage)
      : attributes.version_id === config.version_id,
  );
  if (!found) return undefined;
  const { id, version_id, version_stages, sealed } = found.attributes;
  return { id, arn, version_id, version_stages, secret_string: unseal(String(sealed), ctx.account) };
}

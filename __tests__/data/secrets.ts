/** Attributes of any resource that could hold a secret's value. */
const VALUE_ATTRIBUTE = /^(secret_string|secret_binary|value|value_wo|insecure_value|secret_string_wo|password)$/;

/** Resource types that hold a secret's value in state whatever their attributes are. */
const VALUE_TYPES = ["aws_secretsmanager_secret_version", "random_password", "random_string"];

/** Every place of the JSON where a secret's value stands or would come to stand. */
export function secretValues(json: string): string[] {
  const { resource = {} } = JSON.parse(json) as { resource?: Record<string, Record<string, object>> };
  return Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).flatMap(([id, attributes]) =>
      Object.keys(attributes)
        .filter((attribute) => VALUE_ATTRIBUTE.test(attribute) || VALUE_TYPES.includes(type))
        .map((attribute) => `${type}.${id}.${attribute}`),
    ),
  );
}

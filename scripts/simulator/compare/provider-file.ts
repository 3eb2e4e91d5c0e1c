/** Reads what `terraform providers schema -json` prints. */
import * as fs from "node:fs";
import { UserError } from "../../lib/errors";
import { asUserError } from "../../lib/write";
import { isObj } from "../wire/value";
import type { SchemaJson } from "./normal";

export interface ProviderSchemas {
  provider?: SchemaJson;
  resource_schemas?: Record<string, SchemaJson>;
  data_source_schemas?: Record<string, SchemaJson>;
  ephemeral_resource_schemas?: Record<string, SchemaJson>;
}

export interface ProviderFile {
  bytes: number;
  /** The provider with a source address such as `hashicorp/aws`, from whichever registry. */
  schemasOf: (source: string) => ProviderSchemas | undefined;
}

const HOW = "Write it with: terraform providers schema -json > <file>, in a directory where terraform init has run.";

/**
 * Reads the whole file at once: that of the AWS provider has some ten megabytes.
 *
 * @throws UserError (exit 2) when it cannot be read, is no JSON, or holds no schemas
 */
export function readProviderFile(file: string): ProviderFile {
  const bytes = readBytes(file);
  const schemas = schemasIn(parse(bytes, file), file);
  return {
    bytes: bytes.length,
    schemasOf: (source) => Object.entries(schemas).find(([address]) => address.endsWith(`/${source}`))?.[1],
  };
}

function readBytes(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw asUserError(error, file);
  }
}

function parse(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const reason = bytes.length === 0 ? "it is empty" : (error as Error).message.split("\n")[0];
    throw new UserError(`${file} is not valid JSON: ${reason}. ${HOW}`, 2);
  }
}

function schemasIn(json: unknown, file: string): Record<string, ProviderSchemas> {
  const schemas = isObj(json) ? json.provider_schemas : undefined;
  if (!isObj(schemas)) throw new UserError(`${file} has no "provider_schemas". ${HOW}`, 2);
  for (const [address, schema] of Object.entries(schemas)) {
    if (!isObj(schema)) throw new UserError(`${file} is cut off or changed: ${address} is no object. ${HOW}`, 2);
  }
  return schemas as Record<string, ProviderSchemas>;
}

/** The stores that hold the values of secrets. */
import {
  DescribeParametersCommand,
  GetParameterCommand,
  type ParameterMetadata,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { asking, quietSdk } from "../lib/aws";
import { managedSecret } from "./managed-secret";

/** Where a secret's value lies. */
export interface SecretPlace {
  store: "ssm" | "secrets-manager";
  /** Name of the parameter, or ARN of the secret. */
  id: string;
  region: string;
}

/** A value that lies in the store, without the value. */
export interface SecretVersion {
  /** Grows with each value in Parameter Store, is an id in Secrets Manager. */
  version: string;
  /** ISO 8601; empty when the store does not tell. */
  changedAt: string;
}

/** What a new secret is marked with. */
export interface SecretMarks {
  application: string;
  carry: boolean;
}

/** One secret in its store. Every call throws a UserError when the store refuses or cannot be reached. */
export interface SecretStore {
  /** Undefined when the secret has no value. */
  describe(): Promise<SecretVersion | undefined>;
  /** The value, which must reach neither a log nor a terminal; undefined when there is none. */
  read(): Promise<string | undefined>;
  /** Makes it the newest value. Returns its version. */
  write(value: string): Promise<string>;
}

/**
 * Opens the store of a secret.
 *
 * @param client - of Parameter Store. @default - the user's own credentials and endpoint settings
 */
export const openSecretStore = (place: SecretPlace, marks: SecretMarks, client?: SSMClient): SecretStore =>
  place.store === "ssm" ? parameterStore(place, marks, client) : managedSecret(place);

/** A secret in Parameter Store, a SecureString. */
function parameterStore({ id, region }: SecretPlace, marks: SecretMarks, ssm = defaultClient(region)): SecretStore {
  return {
    describe: async () => {
      const found = await metadata(ssm, id);
      return found && { version: String(found.Version), changedAt: found.LastModifiedDate?.toISOString() ?? "" };
    },
    read: () => readParameter(ssm, id),
    write: async (value) => writeParameter(ssm, id, value, marks, await metadata(ssm, id)),
  };
}

function defaultClient(region: string): SSMClient {
  quietSdk();
  return new SSMClient({ region });
}

async function metadata(client: SSMClient, name: string): Promise<ParameterMetadata | undefined> {
  const filter = { Key: "Name", Option: "Equals", Values: [name] };
  const { Parameters: found = [] } = await asking(`The parameter ${name}`, ["ssm:DescribeParameters"], () =>
    client.send(new DescribeParametersCommand({ ParameterFilters: [filter] })),
  );
  return found.find(({ Name }) => Name === name);
}

async function readParameter(client: SSMClient, name: string): Promise<string | undefined> {
  const needs = ["ssm:GetParameter", "kms:Decrypt with its key"];
  return asking(`The parameter ${name}`, needs, async () => {
    try {
      const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return answer.Parameter?.Value;
    } catch (error) {
      if ((error as Error).name === "ParameterNotFound") return undefined;
      throw error;
    }
  });
}

/** Key and tier stay what they are; a new parameter gets the account's key and the marks that the host would give it. */
async function writeParameter(
  client: SSMClient,
  name: string,
  value: string,
  { application, carry }: SecretMarks,
  known: ParameterMetadata | undefined,
): Promise<string> {
  const marks = [
    { Key: "Application", Value: application },
    { Key: "Carry", Value: String(carry) },
  ];
  const needs = ["ssm:PutParameter", ...(known ? [] : ["ssm:AddTagsToResource for a first value"])];
  const { Version: version } = await asking(`The parameter ${name}`, needs, () =>
    client.send(
      new PutParameterCommand({
        Name: name,
        Value: value,
        Type: "SecureString",
        ...(known ? { Overwrite: true, KeyId: known.KeyId, Tier: known.Tier } : { Tags: marks }),
      }),
    ),
  );
  return String(version);
}

/** What a person types to see a value; tiers itself never shows one. */
export function readCommand({ store, id, region }: SecretPlace): string {
  return store === "ssm"
    ? `aws ssm get-parameter --region ${region} --with-decryption --query Parameter.Value --output text --name ${id}`
    : `aws secretsmanager get-secret-value --region ${region} --query SecretString --output text --secret-id ${id}`;
}

/** A secret in Secrets Manager. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { asking, quietSdk } from "../lib/aws";
import type { SecretPlace, SecretStore } from "./secret-store";

/** The version that counts carries this label. */
const CURRENT = "AWSCURRENT";

/** Opens a secret that the stack has made, with or without a value. */
export function managedSecret({ id, region }: SecretPlace): SecretStore {
  quietSdk();
  const client = new SecretsManagerClient({ region });
  const ask = <T>(needs: string, call: () => Promise<T>): Promise<T> =>
    asking(`The secret ${id}`, [`secretsmanager:${needs}`], call, {
      service: "Secrets Manager",
      byName: { InvalidRequestException: "it is marked for deletion; restore it, or apply the stack" },
    });
  return {
    describe: () =>
      ask("DescribeSecret", async () => {
        const { VersionIdsToStages: versions = {}, LastChangedDate: at } = await client.send(
          new DescribeSecretCommand({ SecretId: id }),
        );
        const [version] = Object.keys(versions).filter((name) => versions[name]?.includes(CURRENT));
        return version === undefined ? undefined : { version, changedAt: at?.toISOString() ?? "" };
      }),
    read: () =>
      ask("GetSecretValue", async () => {
        try {
          return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
        } catch (error) {
          // A secret without a value is not found, as one that does not exist.
          if ((error as Error).name === "ResourceNotFoundException") return undefined;
          throw error;
        }
      }),
    write: (value) =>
      ask("PutSecretValue", async () => {
        const { VersionId: version = "" } = await client.send(
          new PutSecretValueCommand({ SecretId: id, SecretString: value }),
        );
        return version;
      }),
  };
}

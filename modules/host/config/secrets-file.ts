import { fileSecrets } from "../../containers/compose-file";
import type { ContainerContext } from "../../containers/context";
import { jobSecretEnvironment, secretEnvironment, type ValuePart } from "../../containers/environment";
import { jobContainerName } from "../../containers/names";
import { POSTGRES_USER, SUPERUSER } from "../../containers/postgres";
import { environmentFile } from "../../containers/service";
import { type Secret, SUPERUSER_SECRET } from "../../spec";
import type { SecretSource } from "./index";

/** A secret: where it lies and how it is made when it is missing. Never its value. */
interface SecretEntry extends SecretSource {
  readonly source: Secret["source"];
  readonly bytes: number;
  readonly encoding: Secret["encoding"];
  readonly carry: boolean;
}

/** A file in memory on the host, mode 0400, that holds one secret for a container. */
interface SecretFile {
  readonly path: string;
  readonly secret: string;
  /** "uid:gid" of the process that reads it. */
  readonly owner: string;
  /** The role of PostgreSQL whose password it is. */
  readonly role: string;
}

/**
 * A file in memory on the host, mode 0400 and root's, with one line `NAME='value'` per variable; Compose reads it. A single
 * quote in a value is written as `\'`; each value is its parts one after the other, `"encode": "url"` percent-encoded.
 */
interface EnvironmentFile {
  readonly path: string;
  readonly variables: Readonly<Record<string, readonly ValuePart[]>>;
}

/** What the host does about secrets at each start. */
export interface SecretsFile {
  readonly secrets: Readonly<Record<string, SecretEntry>>;
  readonly files: readonly SecretFile[];
  readonly environments: readonly EnvironmentFile[];
}

/** Which secret comes from where and goes to which file or variable. */
export function secretsFile(context: ContainerContext, sources: Readonly<Record<string, SecretSource>>): SecretsFile {
  return {
    secrets: secretEntries(context, sources),
    files: fileSecrets(context).map((secret) => ({
      path: `${context.layout.secretsDir}/${secret}`,
      secret,
      owner: POSTGRES_USER,
      role: roleOf(context, secret),
    })),
    environments: environmentFiles(context),
  };
}

function roleOf({ app: { database } }: ContainerContext, secret: string): string {
  if (secret === SUPERUSER_SECRET) return SUPERUSER;
  const own = Object.keys(database.ownRoles).find((role) => database.ownRoles[role] === secret);
  return own ?? database.user;
}

function secretEntries(
  { app }: ContainerContext,
  sources: Readonly<Record<string, SecretSource>>,
): Record<string, SecretEntry> {
  return Object.fromEntries(
    Object.entries(app.secrets).map(([name, { source, bytes, encoding, carry }]) => {
      const place = sources[name];
      if (place === undefined) throw new Error(`secret "${name}" lies nowhere`);
      return [name, { store: place.store, id: place.id, source, bytes, encoding, carry }];
    }),
  );
}

function environmentFiles({ app, layout }: ContainerContext): EnvironmentFile[] {
  const ofServices = Object.entries(app.services).map(([name, service]) => ({
    path: environmentFile(layout, name),
    variables: secretEnvironment(app, service),
  }));
  const ofJobs = Object.entries(app.jobs).map(([name, job]) => ({
    path: environmentFile(layout, jobContainerName(name)),
    variables: jobSecretEnvironment(job),
  }));
  return [...ofServices, ...ofJobs].filter(({ variables }) => Object.keys(variables).length > 0);
}

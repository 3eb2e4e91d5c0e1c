/** Who gets a secret, by the app's specification. */
import type { ValuePart } from "../../modules/containers/environment";
import { hostLayout } from "../../modules/containers/layout";
import { POSTGRES, runsPostgres } from "../../modules/containers/names";
import { secretsFile } from "../../modules/host/config/secrets-file";
import { type ResolvedApp, SUPERUSER_SECRET } from "../../modules/spec";

export interface SecretUses {
  /** Services and jobs (as "job-<name>") that get the value, in alphabetical order. */
  consumers: readonly string[];
  /** The role of the database that signs in with it; empty when it is no role's password. */
  databaseRole: string;
  /** Whether some environment file holds the value as it is: such a line cannot carry every text. */
  standsInEnvironment: boolean;
}

/** The uses of each of the app's secrets, by name. */
export function secretUses(app: ResolvedApp): Record<string, SecretUses> {
  const { environments } = hostPlan(app);
  const roles = databaseRoles(app);
  return Object.fromEntries(
    Object.keys(app.secrets).map((name) => {
      const using = environments.filter(({ variables }) => partsFrom(name, variables).length > 0);
      const plain = using.some(({ variables }) => partsFrom(name, variables).some(({ encode }) => encode !== "url"));
      const consumers = using.map(({ path }) => nameIn(path)).sort();
      return [name, { consumers, databaseRole: roles[name] ?? "", standsInEnvironment: plain }];
    }),
  );
}

/** What the host does about secrets. Where they lie does not matter here. */
function hostPlan(app: ResolvedApp): ReturnType<typeof secretsFile> {
  const logTarget = { logs: "local", region: app.region, logGroups: {} } as const;
  const anywhere = Object.fromEntries(
    Object.entries(app.secrets).map(([name, { store }]) => [name, { store, id: "" }]),
  );
  return secretsFile({ app, layout: hostLayout(app), logTarget }, anywhere);
}

type SecretPart = Extract<ValuePart, { readonly secret: string }>;

/** The parts of an environment's variables that come from one secret. */
function partsFrom(name: string, variables: Readonly<Record<string, readonly ValuePart[]>>): SecretPart[] {
  return Object.values(variables).flatMap((parts) =>
    parts.filter((part): part is SecretPart => "secret" in part && part.secret === name),
  );
}

/** "/run/shop/env/api.env" belongs to "api". */
const nameIn = (path: string): string => path.slice(path.lastIndexOf("/") + 1, -".env".length);

function databaseRoles(app: ResolvedApp): Record<string, string> {
  if (!runsPostgres(app)) return {};
  const { passwordSecret, user, ownRoles } = app.database;
  const own = Object.entries(ownRoles).map(([role, secret]) => [secret, role]);
  return { ...Object.fromEntries(own), [passwordSecret]: user, [SUPERUSER_SECRET]: POSTGRES };
}

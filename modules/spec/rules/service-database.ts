import { dataServicesOf, databaseNameOf, databaseUserOf, ownRolesOf } from "../derive";
import { own } from "../own";
import type { App, Service } from "../schema";
import { didYouMean } from "../suggest";
import { alternatives, finding, quote, type Rule } from "./rule";

/** The services that choose their database. */
function choices(app: App): { name: string; service: Service; database: string; steps: string[] }[] {
  return Object.entries(app.services).flatMap(([name, service]) =>
    service.database === undefined
      ? []
      : [{ name, service, database: service.database, steps: ["services", name, "database"] }],
  );
}

const databaseIsConnected: Rule = {
  id: "service-database-is-connected",
  description: "A service chooses its database only where it is connected to one that the stack runs.",
  check: ({ app }) => {
    const connected = ({ connects }: Service) => (connects ?? dataServicesOf(app)).includes("database");
    if (app.database.mode !== "own") {
      return choices(app).map(({ database, steps }) =>
        finding(steps, quote(database), `nothing while database.mode is ${quote(app.database.mode)}`, "remove it"),
      );
    }
    return choices(app)
      .filter(({ service }) => !connected(service))
      .map(({ database, steps }) =>
        finding(
          steps,
          quote(database),
          `nothing while connects lacks "database"`,
          `remove it, or add "database" to connects`,
        ),
      );
  },
};

const databaseExists: Rule = {
  id: "service-database-exists",
  description: "A service chooses one of the app's databases.",
  check: ({ app }) => {
    if (app.database.mode !== "own") return [];
    const offered = [databaseNameOf(app), ...app.database.databases];
    return choices(app)
      .filter(({ database }) => !offered.includes(database))
      .map(({ database, steps }) =>
        finding(
          steps,
          quote(database),
          alternatives(offered),
          didYouMean(database, offered, `add ${quote(database)} to database.databases`),
        ),
      );
  },
};

/** What a password's secret may be called. */
const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,63}$/;

const roleIsFree: Rule = {
  id: "service-database-role-is-free",
  description: "The role of a service's own database is a new one, and its password's secret has a valid name.",
  check: ({ app }) => {
    const roles = app.database.mode === "own" ? ownRolesOf(app) : {};
    const main = databaseUserOf(app);
    return choices(app).flatMap(({ database, steps }) => {
      const secret = own(roles, database);
      if (secret === undefined) return [];
      if (database === main || database.startsWith("pg_")) {
        const allowed = `a database whose name is free for a role: not ${quote(main)}, nothing that starts with "pg_"`;
        return [finding(steps, quote(database), allowed, "rename the database, or the role in database.user")];
      }
      if (SECRET_NAME.test(secret)) return [];
      const allowed = `a name from which ${secret} can be the name of a secret: a letter first, up to 64 characters`;
      return [finding(steps, quote(database), allowed, "rename the database, or shorten database.passwordSecret")];
    });
  },
};

const passwordIsTheRoles: Rule = {
  id: "service-database-password-is-its-own",
  description: "A service with a database of its own does not ask for the password of the app's role.",
  check: ({ app }) => {
    const { mode, passwordSecret } = app.database;
    const roles = mode === "own" ? ownRolesOf(app) : {};
    return choices(app).flatMap(({ name, service, database }) =>
      own(roles, database) === undefined
        ? []
        : service.secrets.flatMap((secret, index) =>
            secret === passwordSecret
              ? [
                  finding(
                    ["services", name, "secrets", index],
                    quote(secret),
                    `any secret but ${quote(passwordSecret)}`,
                    `remove it: the service gets the password of its own role under that name`,
                  ),
                ]
              : [],
          ),
    );
  },
};

export const SERVICE_DATABASE_RULES: readonly Rule[] = [
  databaseIsConnected,
  databaseExists,
  roleIsFree,
  passwordIsTheRoles,
];

import type { Row } from "./row";

/** The api with a database that it has for itself. */
const own = (database: string, api: object = {}, rest: object = {}): object => ({
  database: { databases: [database], ...rest },
  services: { api: { database, ...api } },
});

/** Which database a service has. */
export const SERVICE_DATABASE_ROWS: readonly Row[] = [
  {
    name: "a service's database with a dash",
    patch: { services: { api: { database: "my-reports" } } },
    lines: [
      `shop-mvp: services.api.database is "my-reports"; allowed: up to 63 lower-case letters, digits and underscores, not starting with a digit; rename it so that SQL needs no quotes`,
    ],
  },
  {
    name: "a service's database that the app lacks",
    rule: "service-database-exists",
    patch: { services: { api: { database: "reports" } } },
    lines: [`shop-mvp: services.api.database is "reports"; allowed: "shop"; add "reports" to database.databases`],
  },
  {
    name: "a service's database that is spelt otherwise",
    rule: "service-database-exists",
    patch: { database: { databases: ["reports"] }, services: { api: { database: "report" } } },
    lines: [`shop-mvp: services.api.database is "report"; allowed: "shop" | "reports"; did you mean "reports"?`],
  },
  {
    name: "a database for a service that connects to none",
    rule: "service-database-is-connected",
    patch: own("reports", { connects: ["cache"] }),
    lines: [
      `shop-mvp: services.api.database is "reports"; allowed: nothing while connects lacks "database"; remove it, or add "database" to connects`,
    ],
  },
  {
    name: "a service's database on a server of someone else",
    rule: "service-database-is-connected",
    patch: {
      database: { mode: "external", urlSecret: "PG_URL" },
      services: { api: { database: "reports" }, worker: { dependsOn: [] } },
    },
    lines: [
      `shop-mvp: services.api.database is "reports"; allowed: nothing while database.mode is "external"; remove it`,
    ],
  },
  {
    name: "a service's database called like the app's role",
    rule: "service-database-role-is-free",
    patch: own("reports", {}, { user: "reports" }),
    lines: [
      `shop-mvp: services.api.database is "reports"; allowed: a database whose name is free for a role: not "reports", nothing that starts with "pg_"; rename the database, or the role in database.user`,
    ],
  },
  {
    name: "a service's database from which no secret can be named",
    rule: "service-database-role-is-free",
    patch: own("_reports"),
    lines: [
      `shop-mvp: services.api.database is "_reports"; allowed: a name from which _REPORTS_DB_PASSWORD can be the name of a secret: a letter first, up to 64 characters; rename the database, or shorten database.passwordSecret`,
    ],
  },
  {
    name: "the app's password for a service with a role of its own",
    rule: "service-database-password-is-its-own",
    patch: own("reports", { secrets: ["DB_PASSWORD"] }),
    lines: [
      `shop-mvp: services.api.secrets[0] is "DB_PASSWORD"; allowed: any secret but "DB_PASSWORD"; remove it: the service gets the password of its own role under that name`,
    ],
  },
];

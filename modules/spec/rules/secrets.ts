import { dataServicesOf, impliedSecrets, ownRolesOf } from "../derive";
import { CACHE_VARIABLES, DATABASE_VARIABLES, INJECTED_VARIABLES, SUPERUSER_SECRET } from "../injected";
import { own } from "../own";
import type { App, Service } from "../schema";
import { showValue } from "../show";
import { didYouMean } from "../suggest";
import { alternatives, finding, quote, type Rule } from "./rule";

const isConnected = (app: App, service: Service, to: "database" | "cache"): boolean =>
  dataServicesOf(app).includes(to) && (service.connects?.includes(to) ?? true);

/** Variables that the stack puts into a service's environment by itself. */
export function injectedInto(app: App, service: Service): string[] {
  return [
    ...(app.database.mode === "own" && isConnected(app, service, "database") ? DATABASE_VARIABLES : []),
    ...(isConnected(app, service, "cache") ? CACHE_VARIABLES : []),
  ];
}

/** Every secret that a service gets, listed by it or not. */
export function secretsOf(app: App, service: Service): string[] {
  const { mode, passwordSecret, urlSecret } = app.database;
  const connection = mode === "own" ? passwordSecret : urlSecret;
  const implied = connection !== undefined && isConnected(app, service, "database") ? [connection] : [];
  return [...service.secrets, ...implied];
}

/** Plain settings, with the service whose environment they join and the secrets that only their job gets. */
interface Settings {
  readonly steps: string[];
  readonly service: Service | undefined;
  readonly names: string[];
  readonly jobSecrets: readonly string[];
}

function settingsOf(app: App): Settings[] {
  const ofServices = Object.entries(app.services).map(([name, service]) => ({
    steps: ["services", name, "env"],
    service,
    names: Object.keys(service.env),
    jobSecrets: [],
  }));
  const ofJobs = Object.entries(app.jobs).map(([name, job]) => ({
    steps: ["jobs", name, "env"],
    service: own(app.services, job.service),
    names: Object.keys(job.env),
    jobSecrets: job.secrets,
  }));
  return [...ofServices, ...ofJobs];
}

/** Where secrets are listed by name. */
function secretLists(app: App): { steps: string[]; secrets: readonly string[] }[] {
  return (["services", "jobs"] as const).flatMap((kind) =>
    Object.entries(app[kind]).map(([name, { secrets }]) => ({ steps: [kind, name, "secrets"], secrets })),
  );
}

const secretsExist: Rule = {
  id: "secrets-exist",
  description: "Services and jobs list only secrets that the app has.",
  check: ({ app, tier }) => {
    const known = [...new Set([...Object.keys(app.secrets), ...Object.keys(impliedSecrets(app, tier))])];
    const offered = known.filter((name) => name !== SUPERUSER_SECRET);
    return secretLists(app).flatMap(({ steps, secrets }) =>
      secrets.flatMap((secret, index) =>
        known.includes(secret)
          ? []
          : [
              finding(
                [...steps, index],
                quote(secret),
                alternatives(offered),
                didYouMean(secret, offered, `add ${secret} to secrets`),
              ),
            ],
      ),
    );
  },
};

const superuserStaysIn: Rule = {
  id: "superuser-stays-in",
  description: "No service and no job gets the password of PostgreSQL's superuser.",
  check: ({ app }) => {
    if (app.database.mode !== "own") return [];
    const fix = `take another name: ${SUPERUSER_SECRET} belongs to the superuser, whom the stack keeps to itself`;
    const allowed = `any secret but ${quote(SUPERUSER_SECRET)}`;
    const password =
      app.database.passwordSecret === SUPERUSER_SECRET
        ? [finding(["database", "passwordSecret"], quote(SUPERUSER_SECRET), allowed, fix)]
        : [];
    const listed = secretLists(app).flatMap(({ steps, secrets }) =>
      secrets.flatMap((secret, index) =>
        secret === SUPERUSER_SECRET ? [finding([...steps, index], quote(secret), allowed, fix)] : [],
      ),
    );
    return [...password, ...listed];
  },
};

const settingsDoNotReplaceConnections: Rule = {
  id: "settings-do-not-replace-connections",
  description: "Plain settings do not carry the names of connection settings that the stack makes.",
  check: ({ app }) =>
    settingsOf(app).flatMap(({ steps, service, names }) => {
      const injected = service ? injectedInto(app, service) : [];
      return names
        .filter((name) => injected.includes(name))
        .map((name) =>
          finding(
            [...steps, name],
            `named ${quote(name)}`,
            `any name but ${injected.join(", ")}`,
            "remove it: the stack sets it; or take the connection away with connects",
          ),
        );
    }),
};

const settingsAreNoSecrets: Rule = {
  id: "settings-are-no-secrets",
  description: "A variable is a plain setting or a secret, not both.",
  check: ({ app }) =>
    settingsOf(app).flatMap(({ steps, service, names, jobSecrets }) => {
      const secrets = [...(service ? secretsOf(app, service) : []), ...jobSecrets];
      return names
        .filter((name) => secrets.includes(name))
        .map((name) =>
          finding(
            [...steps, name],
            `named ${quote(name)}`,
            `a name that is not among the ${steps[0] === "jobs" ? "job's or its " : ""}service's secrets`,
            "keep it among the secrets and remove it here",
          ),
        );
    }),
};

const secretNamesFree: Rule = {
  id: "secret-names-free",
  description: "A secret does not carry the name of a connection setting that the stack makes.",
  check: ({ app }) => {
    const injected = new Set(Object.values(app.services).flatMap((service) => injectedInto(app, service)));
    const password = app.database.mode === "own" ? [app.database.passwordSecret] : [];
    const named = [
      ...Object.keys(app.secrets).map((name) => ({ name, steps: ["secrets", name], value: `named ${quote(name)}` })),
      ...password.map((name) => ({ name, steps: ["database", "passwordSecret"], value: quote(name) })),
    ];
    return named
      .filter(({ name }) => injected.has(name))
      .map(({ steps, value }) =>
        finding(
          steps,
          value,
          `any name but ${INJECTED_VARIABLES.filter((variable) => injected.has(variable)).join(", ")}`,
          "rename it: the stack sets this variable itself",
        ),
      );
  },
};

const passwordFitsUrl: Rule = {
  id: "password-fits-url",
  description: "The database password needs no escaping in a connection URL.",
  check: ({ app }) => {
    if (app.database.mode !== "own") return [];
    return [app.database.passwordSecret, ...Object.values(ownRolesOf(app))]
      .filter((name) => own(app.secrets, name)?.encoding === "base64")
      .map((name) =>
        finding(
          ["secrets", name, "encoding"],
          quote("base64"),
          `"base64url" | "hex" for the database password`,
          "choose one of these: + and / would have to be escaped in a URL",
        ),
      );
  },
};

const providedSecretHasNoForm: Rule = {
  id: "provided-secret-has-no-form",
  description: "Length and encoding are given for generated secrets only.",
  check: ({ written }) =>
    Object.entries(written.secrets ?? {})
      .filter(([, { source }]) => source === "provided")
      .flatMap(([name, secret]) =>
        (["bytes", "encoding"] as const)
          .filter((field) => secret[field] !== undefined)
          .map((field) =>
            finding(
              ["secrets", name, field],
              showValue(secret[field]),
              `nothing while source is "provided"`,
              "remove it: a person chooses the value",
            ),
          ),
      ),
};

export const SECRET_RULES: readonly Rule[] = [
  secretsExist,
  superuserStaysIn,
  settingsDoNotReplaceConnections,
  settingsAreNoSecrets,
  secretNamesFree,
  passwordFitsUrl,
  providedSecretHasNoForm,
];

import { own } from "../own";
import type { App, Service } from "../schema";
import { didYouMean } from "../suggest";
import { alternatives, finding, quote, type Rule } from "./rule";
import { injectedInto, secretsOf } from "./secrets";

/** Every variable that a service gets under its first name. */
const variablesOf = (app: App, service: Service): string[] => [
  ...new Set([...Object.keys(service.env), ...injectedInto(app, service), ...secretsOf(app, service)]),
];

const aliasesExist: Rule = {
  id: "alias-variables-exist",
  description: "A further name stands for a variable that the service gets.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, service]) => {
      const known = variablesOf(app, service);
      return Object.entries(service.aliases)
        .filter(([, variable]) => !known.includes(variable))
        .map(([alias, variable]) =>
          finding(
            ["services", name, "aliases", alias],
            quote(variable),
            alternatives(known),
            didYouMean(
              variable,
              known,
              "name a variable that the service gets, or connect the service to what sets it",
            ),
          ),
        );
    }),
};

const aliasesHideNothing: Rule = {
  id: "aliases-hide-nothing",
  description: "A further name is not that of another variable of the service or of its jobs.",
  check: ({ app }) => {
    const ofServices = Object.entries(app.services).map(([name, service]) => ({
      steps: ["services", name, "aliases"],
      taken: variablesOf(app, service).filter((variable) => Object.hasOwn(service.aliases, variable)),
      fix: "choose another name, or remove the variable that has it",
    }));
    const ofJobs = Object.entries(app.jobs).map(([name, job]) => ({
      steps: ["jobs", name, "env"],
      taken: Object.keys(job.env).filter((setting) =>
        Object.hasOwn(own(app.services, job.service)?.aliases ?? {}, setting),
      ),
      fix: `remove it, or the alias of services.${job.service}`,
    }));
    return [...ofServices, ...ofJobs].flatMap(({ steps, taken, fix }) =>
      taken.map((name) =>
        finding([...steps, name], `named ${quote(name)}`, "a name that no other variable of the service has", fix),
      ),
    );
  },
};

const jobSecretsAreNew: Rule = {
  id: "job-secrets-are-new",
  description: "A job lists only secrets whose name no variable of its service has.",
  check: ({ app }) =>
    Object.entries(app.jobs).flatMap(([name, job]) => {
      const service = own(app.services, job.service);
      const taken = service ? [...variablesOf(app, service), ...Object.keys(service.aliases)] : [];
      return job.secrets.flatMap((secret, index) =>
        taken.includes(secret)
          ? [
              finding(
                ["jobs", name, "secrets", index],
                quote(secret),
                `a secret whose name no variable of services.${job.service} has`,
                "remove it: the job gets what its service gets",
              ),
            ]
          : [],
      );
    }),
};

export const ALIAS_RULES: readonly Rule[] = [aliasesExist, aliasesHideNothing, jobSecretsAreNew];

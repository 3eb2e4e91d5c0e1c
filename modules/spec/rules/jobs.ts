import { didYouMean } from "../suggest";
import { alternatives, finding, quote, type Rule } from "./rule";

const jobServicesExist: Rule = {
  id: "job-services-exist",
  description: "A job names a service of the app.",
  check: ({ app, disabled }) => {
    const known = Object.keys(app.services);
    return Object.entries(app.jobs)
      .filter(([, { service }]) => !known.includes(service) && !disabled.includes(service))
      .map(([name, { service }]) =>
        finding(
          ["jobs", name, "service"],
          quote(service),
          alternatives(known),
          didYouMean(service, known, "name the service whose image the job runs"),
        ),
      );
  },
};

const jobNamesFree: Rule = {
  id: "job-names-free",
  description: "A job and a service have different names.",
  check: ({ app }) =>
    Object.keys(app.jobs)
      .filter((name) => Object.hasOwn(app.services, name))
      .map((name) =>
        finding(
          ["jobs", name],
          `named ${quote(name)}`,
          "a name that no service has",
          `rename it, for example to "${name}-job"`,
        ),
      ),
};

const markerNeedsOnce: Rule = {
  id: "marker-needs-once",
  description: "Only a job that runs once leaves a marker.",
  check: ({ app }) =>
    Object.entries(app.jobs)
      .filter(([, { when, marker }]) => marker !== undefined && when !== "once")
      .map(([name, { marker = "" }]) =>
        finding(
          ["jobs", name, "marker"],
          quote(marker),
          `nothing unless when is "once"`,
          `remove it, or set when: "once"`,
        ),
      ),
};

/** Hidden files that the host itself keeps in the app's folder. */
const HOST_FILES = [".incoming", ".installed", ".units"];

const markersFree: Rule = {
  id: "markers-free",
  description: "A marker is a file that neither another job nor the host itself has.",
  check: ({ app }) => {
    const owners = new Map(HOST_FILES.map((file) => [file, "the host"]));
    return Object.entries(app.jobs).flatMap(([name, { when, marker = `.${name}-done` }]) => {
      if (when !== "once") return [];
      const owner = owners.get(marker);
      owners.set(marker, owner ?? `jobs.${name}`);
      if (owner === undefined) return [];
      const allowed = "a file that nothing else has";
      return [finding(["jobs", name, "marker"], quote(marker), allowed, `choose another: ${owner} has this one`)];
    });
  },
};

const jobEndsBeforeNext: Rule = {
  id: "job-ends-before-next",
  description: "A job that starts every few minutes is stopped before it starts again.",
  check: ({ app }) =>
    Object.entries(app.jobs).flatMap(([name, { when, timeoutSeconds }]) => {
      if (typeof when === "string" || !("everyMinutes" in when.schedule)) return [];
      const { everyMinutes } = when.schedule;
      if (timeoutSeconds <= everyMinutes * 60) return [];
      return [
        finding(
          ["jobs", name, "timeoutSeconds"],
          String(timeoutSeconds),
          `up to ${everyMinutes * 60} (seconds), because the job starts every ${everyMinutes} minutes`,
          "set a shorter limit, or start the job less often",
        ),
      ];
    }),
};

export const JOB_RULES: readonly Rule[] = [
  jobServicesExist,
  jobNamesFree,
  jobEndsBeforeNext,
  markerNeedsOnce,
  markersFree,
];

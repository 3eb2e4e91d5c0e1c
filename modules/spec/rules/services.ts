import { own } from "../own";
import { showValue } from "../show";
import { didYouMean } from "../suggest";
import { alternatives, finding, quote, type Rule, type Subject } from "./rule";

/** Names of containers and network aliases that stacks use themselves. */
export const RESERVED_SERVICE_NAMES: readonly string[] = [
  "cache",
  "caddy",
  "database",
  "db-init",
  "nginx",
  "postgres",
  "proxy",
  "redis",
  "valkey",
];

/** What jobs' containers are called; a service with this prefix could collide with one. */
const JOB_PREFIX = "job-";

const servicesOf = ({ app }: Subject) => Object.entries(app.services);

const atLeastOneService: Rule = {
  id: "services-present",
  description: "An app has at least one service.",
  check: (subject) =>
    servicesOf(subject).length > 0
      ? []
      : [finding(["services"], showValue({}), "at least one service by name", "add a service")],
};

const serviceNamesFree: Rule = {
  id: "service-names-free",
  description: "A service's name is not one that stacks use themselves.",
  check: (subject) =>
    servicesOf(subject)
      .filter(([name]) => RESERVED_SERVICE_NAMES.includes(name) || name.startsWith(JOB_PREFIX))
      .map(([name]) =>
        finding(
          ["services", name],
          `named ${quote(name)}`,
          `any name but ${RESERVED_SERVICE_NAMES.join(", ")} and ${JOB_PREFIX}...`,
          `rename it, for example to "app-${name}"`,
        ),
      ),
};

const webHasPort: Rule = {
  id: "web-has-port",
  description: "A web service says which port it listens on.",
  check: (subject) =>
    servicesOf(subject)
      .filter(([, { kind, port }]) => kind === "web" && port === undefined)
      .map(([name]) =>
        finding(
          ["services", name, "port"],
          showValue(undefined),
          "a whole number from 1 to 65535 (TCP port)",
          `set the port that the process listens on, or kind: "worker"`,
        ),
      ),
};

const WEB_FIELDS = ["port", "hostPort", "route"] as const;

const workerIsNotReached: Rule = {
  id: "worker-is-not-reached",
  description: "A worker has neither port nor route.",
  check: (subject) =>
    servicesOf(subject)
      .filter(([, { kind }]) => kind === "worker")
      .flatMap(([name, service]) =>
        WEB_FIELDS.filter((field) => service[field] !== undefined).map((field) =>
          finding(
            ["services", name, field],
            showValue(service[field]),
            `nothing while kind is "worker"`,
            `remove it, or set kind: "web"`,
          ),
        ),
      ),
};

const workerHealthIsCommand: Rule = {
  id: "worker-health-is-command",
  description: "The health check of a worker is a command, because it has no port to ask.",
  check: (subject) =>
    servicesOf(subject)
      .filter(([, { kind, healthCheck }]) => kind === "worker" && healthCheck && healthCheck.command === undefined)
      .map(([name]) =>
        finding(
          ["services", name, "healthCheck", "command"],
          showValue(undefined),
          "a list of the command and its arguments, because a worker has no port",
          "give a command that exits with 0 when the worker is well, or remove healthCheck",
        ),
      ),
};

const oneKindOfHealthCheck: Rule = {
  id: "one-kind-of-health-check",
  description: "A health check is a path or a command, not both.",
  check: ({ written }) =>
    Object.entries(written.services)
      .filter(([, { healthCheck }]) => healthCheck?.path !== undefined && healthCheck.command !== undefined)
      .map(([name, { healthCheck }]) =>
        finding(
          ["services", name, "healthCheck", "path"],
          showValue(healthCheck?.path),
          "nothing beside healthCheck.command",
          "keep one of path and command",
        ),
      ),
};

const healthCheckEndsInTime: Rule = {
  id: "health-check-ends-in-time",
  description: "A health check times out before the next one starts.",
  check: (subject) =>
    servicesOf(subject).flatMap(([name, { healthCheck }]) =>
      healthCheck && healthCheck.timeoutSeconds >= healthCheck.intervalSeconds
        ? [
            finding(
              ["services", name, "healthCheck", "timeoutSeconds"],
              String(healthCheck.timeoutSeconds),
              `less than intervalSeconds, which is ${healthCheck.intervalSeconds}`,
              "shorten the timeout or lengthen the interval",
            ),
          ]
        : [],
    ),
};

const DATA_NAMES = ["database", "cache"] as const;
const isDataName = (name: string): name is (typeof DATA_NAMES)[number] => name === "database" || name === "cache";

const dependenciesExist: Rule = {
  id: "dependencies-exist",
  description: "dependsOn names services of the app, the database or the cache.",
  check: (subject) => {
    const known = [...Object.keys(subject.app.services), ...DATA_NAMES];
    return servicesOf(subject).flatMap(([name, { dependsOn }]) =>
      dependsOn.flatMap((target, index) =>
        known.includes(target) || subject.disabled.includes(target)
          ? []
          : [
              finding(
                ["services", name, "dependsOn", index],
                quote(target),
                alternatives(known.filter((candidate) => candidate !== name)),
                didYouMean(target, known, "name one of these or remove it"),
              ),
            ],
      ),
    );
  },
};

const dataDependenciesRun: Rule = {
  id: "data-dependencies-run",
  description: "A service can only wait for a database or cache that the stack runs.",
  check: (subject) =>
    servicesOf(subject).flatMap(([name, { dependsOn }]) =>
      dependsOn.flatMap((target, index) =>
        isDataName(target) && subject.app[target].mode !== "own"
          ? [
              finding(
                ["services", name, "dependsOn", index],
                quote(target),
                `${quote(target)} only while ${target}.mode is "own"`,
                `remove it, or set ${target}.mode`,
              ),
            ]
          : [],
      ),
    ),
};

/** The first way from a service back to itself, or undefined. */
function cycleFrom(services: Subject["app"]["services"], start: string): string[] | undefined {
  const walk = (name: string, way: string[]): string[] | undefined => {
    for (const next of own(services, name)?.dependsOn ?? []) {
      if (next === start) return [...way, next];
      const found = way.includes(next) ? undefined : walk(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}

const noDependencyCycle: Rule = {
  id: "no-dependency-cycle",
  description: "No service waits for itself, directly or through others.",
  check: ({ app }) => {
    const reported = new Set<string>();
    return Object.keys(app.services).flatMap((name) => {
      const cycle = reported.has(name) ? undefined : cycleFrom(app.services, name);
      if (!cycle) return [];
      for (const member of cycle) reported.add(member);
      return [
        finding(
          ["services", name, "dependsOn"],
          `a cycle: ${cycle.join(" -> ")}`,
          "services that do not wait for each other in a circle",
          "remove one of these dependencies",
        ),
      ];
    });
  },
};

const volumesApart: Rule = {
  id: "volumes-apart",
  description: "Volumes of a service have different names and paths, and no path is also in memory.",
  check: (subject) =>
    servicesOf(subject).flatMap(([name, { volumes, tmpfs, execTmpfs }]) =>
      volumes.flatMap((volume, index) => {
        const earlier = volumes.slice(0, index);
        const steps = ["services", name, "volumes", index] as const;
        if (earlier.some((other) => other.name === volume.name)) {
          return [finding([...steps, "name"], quote(volume.name), "a name once per service", "rename one of the two")];
        }
        if ([...tmpfs, ...execTmpfs].includes(volume.path) || earlier.some((other) => other.path === volume.path)) {
          const allowed = "a path that no other volume and no tmpfs of the service has";
          return [finding([...steps, "path"], quote(volume.path), allowed, "choose another path")];
        }
        return [];
      }),
    ),
};

export const SERVICE_RULES: readonly Rule[] = [
  atLeastOneService,
  serviceNamesFree,
  webHasPort,
  workerIsNotReached,
  workerHealthIsCommand,
  oneKindOfHealthCheck,
  healthCheckEndsInTime,
  dependenciesExist,
  dataDependenciesRun,
  noDependencyCycle,
  volumesApart,
];

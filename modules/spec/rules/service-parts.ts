import { dataServicesOf } from "../derive";
import { finding, quote, type Rule } from "./rule";

const neededServicesAreOn: Rule = {
  id: "needed-services-are-on",
  description: "No service and no job needs a service that is turned off.",
  check: ({ app, disabled }) => {
    const needed = [
      ...Object.entries(app.services).flatMap(([name, { dependsOn }]) =>
        dependsOn.map((service, index) => ({ service, steps: ["services", name, "dependsOn", index] })),
      ),
      ...Object.entries(app.jobs).map(([name, { service }]) => ({ service, steps: ["jobs", name, "service"] })),
    ];
    return needed
      .filter(({ service }) => disabled.includes(service))
      .map(({ service, steps }) =>
        finding(
          steps,
          quote(service),
          `a service that is on; services.${service}.enabled is false`,
          `turn ${service} on, or remove what needs it`,
        ),
      );
  },
};

const filesApart: Rule = {
  id: "files-apart",
  description: "A configuration file does not lie where a volume, a folder in memory or another file lies.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { files, volumes, tmpfs, execTmpfs }]) => {
      const paths = Object.keys(files);
      const taken = [...volumes.map(({ path }) => path), ...tmpfs, ...execTmpfs, ...paths];
      return paths
        .filter(
          (path) =>
            taken.filter((other) => other === path).length > 1 || taken.some((other) => other.startsWith(`${path}/`)),
        )
        .map((path) =>
          finding(
            ["services", name, "files", path],
            `named ${quote(path)}`,
            "a path at and below which the service has no other file, volume or tmpfs",
            "choose another path",
          ),
        );
    }),
};

const smokeIsConnected: Rule = {
  id: "smoke-is-connected",
  description: "A request that shows a connection is given only to a web service that has the connection.",
  check: ({ app }) =>
    Object.entries(app.services).flatMap(([name, { kind, smoke, connects }]) =>
      (["database", "cache"] as const).flatMap((what) => {
        const path = smoke[what];
        const isConnected = dataServicesOf(app).includes(what) && (connects?.includes(what) ?? true);
        if (path === undefined || (kind === "web" && isConnected)) return [];
        const allowed = kind === "web" ? `nothing while the service has no ${what}` : `nothing while kind is "worker"`;
        return [finding(["services", name, "smoke", what], quote(path), allowed, "remove it")];
      }),
    ),
};

export const SERVICE_PART_RULES: readonly Rule[] = [neededServicesAreOn, filesApart, smokeIsConnected];

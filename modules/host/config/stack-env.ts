import type { ContainerContext } from "../../containers/context";
import { environmentName, jobContainerName, POSTGRES, proxyOf, runsPostgres } from "../../containers/names";
import { hostRoutes } from "../../containers/routes";
import { isOn } from "../../spec";
import type { HostConfigInput } from "./index";
import { lines } from "./text";

/** Plain settings for the host's shell and units: nothing secret, one `NAME='value'` per line. */
export function stackEnv(input: HostConfigInput, context: ContainerContext): string {
  return lines(
    "# Settings of the host's scripts, rendered from the app's specification.",
    Object.entries(stackSettings(input, context)).map(([name, value]) => `${name}=${shellWord(value)}`),
  );
}

function stackSettings(input: HostConfigInput, context: ContainerContext): Record<string, string> {
  const { app, layout } = context;
  return {
    APP_NAME: app.name,
    STACK_NAME: input.stack,
    APP_DIR: layout.appDir,
    DATA_DIR: layout.dataDir,
    RUN_DIR: layout.runDir,
    IMAGES_FILE: layout.imagesFile,
    AWS_REGION: input.region,
    BUCKET: input.bucket,
    BACKUP_PREFIX: input.backupPrefix,
    STAGING_PREFIX: input.stagingPrefix,
    CONFIG_PREFIX: input.configPrefix,
    METRIC_NAMESPACE: input.metricNamespace,
    BACKUP_DAILY_AT: app.backup.dailyAt,
    ...(runsPostgres(app) && {
      POSTGRES_CONTAINER: POSTGRES,
      POSTGRES_MAJOR: String(app.database.major),
      DATABASES: [app.database.name, ...app.database.databases].join(" "),
      DATABASE_USER: app.database.user,
    }),
    SERVICES: Object.keys(app.services).join(" "),
    ...imageParameters(input),
    DEPLOY_JOBS: deployJobs(context).join(" "),
    PROXY: proxyOf(app) ?? "none",
    ...certificateSettings(input),
  };
}

/** IMAGE_PARAMETER_<SERVICE> names the parameter that holds the released image of each service. */
function imageParameters({ app, imageParameters: names }: HostConfigInput): Record<string, string> {
  return Object.fromEntries(
    Object.keys(app.services).map((service) => {
      const name = names[service];
      if (name === undefined) throw new Error(`service "${service}" has no image parameter`);
      return [`IMAGE_PARAMETER_${environmentName(service)}`, name];
    }),
  );
}

function deployJobs({ app }: ContainerContext): string[] {
  return Object.entries(app.jobs).flatMap(([name, { when }]) => (when === "deploy" ? [jobContainerName(name)] : []));
}

/** Only nginx leaves certificates to the host; Caddy gets its own. */
function certificateSettings({ app, domain }: HostConfigInput): Record<string, string> {
  if (proxyOf(app) !== "nginx" || !isOn(app.ingress.tls)) return {};
  return {
    CERTIFICATE_HOSTS: hostRoutes(app, domain)
      .map(({ served }) => served)
      .join(" "),
    ...(app.ingress.acmeEmail !== undefined && { CERTIFICATE_EMAIL: app.ingress.acmeEmail }),
  };
}

/** A word that a POSIX shell and systemd's EnvironmentFile read alike. Opaque references stay whole inside the quotes. */
const shellWord = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

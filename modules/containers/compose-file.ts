import { isOn } from "../spec";
import { cacheContainer } from "./cache";
import { EDGE_NETWORK, INTERNAL_NETWORK, type ComposeFile, type ComposeService } from "./compose";
import type { ContainerContext } from "./context";
import { CACHE, DB_INIT, jobContainerName, POSTGRES, PROXY, proxyOf, runsCache, runsPostgres } from "./names";
import { databaseSecrets, dbInitContainer, postgresContainer } from "./postgres";
import { proxyContainer, type ProxyRevision } from "./proxy";
import { jobContainer, serviceContainer } from "./service";
import { renderYaml, type YamlComment } from "./yaml";

/** The app as a Compose project, as an object. */
function composeFile(context: ContainerContext, project: string, proxy: ProxyRevision): ComposeFile {
  const { app } = context;
  const secrets = fileSecrets(context);
  return {
    name: project,
    services: {
      ...dataContainers(context),
      ...appContainers(context),
      ...proxyContainers(context, proxy),
    },
    networks: {
      [EDGE_NETWORK]: {},
      ...((runsPostgres(app) || runsCache(app)) && { [INTERNAL_NETWORK]: { internal: true } }),
    },
    ...(secrets.length > 0 && {
      secrets: Object.fromEntries(secrets.map((name) => [name, { file: `${context.layout.secretsDir}/${name}` }])),
    }),
  };
}

/** The app as the text of its Compose file. A safety that is off carries its reason as a comment. */
export function composeText(context: ContainerContext, project: string, proxy: ProxyRevision): string {
  return renderYaml(
    composeFile(context, project, proxy),
    "Rendered from the app's specification; a change here lasts until the next update of the configuration.",
    safetyComments(context),
  );
}

/** The secrets that a container reads as a file, because PostgreSQL's image and psql can. */
export function fileSecrets({ app }: Pick<ContainerContext, "app">): string[] {
  return runsPostgres(app) ? databaseSecrets(app) : [];
}

function dataContainers(context: ContainerContext): Record<string, ComposeService> {
  return {
    ...(runsPostgres(context.app) && {
      [POSTGRES]: postgresContainer(context),
      [DB_INIT]: dbInitContainer(context),
    }),
    ...(runsCache(context.app) && { [CACHE]: cacheContainer(context) }),
  };
}

function appContainers(context: ContainerContext): Record<string, ComposeService> {
  const { services, jobs } = context.app;
  return Object.fromEntries([
    ...Object.entries(services).map(([name, service]) => [name, serviceContainer(context, name, service)] as const),
    ...Object.entries(jobs).map(([name, job]) => [jobContainerName(name), jobContainer(context, name, job)] as const),
  ]);
}

function proxyContainers(context: ContainerContext, revision: ProxyRevision): Record<string, ComposeService> {
  const proxy = proxyOf(context.app);
  return proxy ? { [PROXY]: proxyContainer(context, proxy, revision) } : {};
}

function safetyComments({ app }: ContainerContext): YamlComment[] {
  return Object.entries(app.services).flatMap(([name, { readOnlyRoot }]) =>
    isOn(readOnlyRoot)
      ? []
      : [{ path: ["services", name, "read_only"], text: `The root file system is writable: ${readOnlyRoot.off}` }],
  );
}

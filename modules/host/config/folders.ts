import type { ContainerContext } from "../../containers/context";
import { CACHE_USER } from "../../containers/cache";
import { volumeDir } from "../../containers/layout";
import { proxyOf, runsCache, runsPostgres } from "../../containers/names";
import { POSTGRES_USER } from "../../containers/postgres";
import { maintenanceDir, PROXY_USERS } from "../../containers/proxy";
import { isOn } from "../../spec";
import { lines } from "./text";

/** A folder that must exist before the containers start. */
interface Folder {
  readonly path: string;
  readonly mode: "0700" | "0755";
  /** "uid:gid"; a user alone belongs to group 0 in its container. @default "0:0" */
  readonly owner?: string;
}

/**
 * The folders of the data volume and of /run for systemd-tmpfiles, which makes what is missing and sets owner and mode.
 * The data volume must be mounted before this is applied.
 */
export function folders(context: ContainerContext): string {
  return lines(
    "# Folders that the containers expect, for systemd-tmpfiles --create once the data volume is mounted.",
    allFolders(context).map(tmpfilesLine),
  );
}

function allFolders({ app, layout }: ContainerContext): Folder[] {
  const { dataDir, runDir, secretsDir, environmentDir } = layout;
  return [
    { path: runDir, mode: "0755" },
    { path: secretsDir, mode: "0700" },
    { path: environmentDir, mode: "0700" },
    ...(runsPostgres(app) ? [{ path: `${dataDir}/postgres`, mode: "0700", owner: POSTGRES_USER } as const] : []),
    ...(runsCache(app) && app.cache.use === "queue"
      ? [{ path: `${dataDir}/cache`, mode: "0700", owner: CACHE_USER } as const]
      : []),
    ...proxyFolders(app, layout),
    ...Object.entries(app.services).flatMap(([service, { volumes, user }]) =>
      volumes.map(({ name }) => ({ path: volumeDir(layout, service, name), mode: "0700", owner: user }) as const),
    ),
  ];
}

function proxyFolders(app: ContainerContext["app"], layout: ContainerContext["layout"]): Folder[] {
  const proxy = proxyOf(app);
  const { dataDir } = layout;
  if (proxy === undefined) return [];
  const maintenance: Folder = { path: maintenanceDir(layout), mode: "0755" };
  if (proxy === "caddy") return [{ path: `${dataDir}/caddy`, mode: "0700", owner: PROXY_USERS.caddy }, maintenance];
  return [maintenance, ...(isOn(app.ingress.tls) ? nginxFolders(dataDir) : [])];
}

function nginxFolders(dataDir: string): Folder[] {
  return [
    { path: `${dataDir}/certs`, mode: "0700", owner: PROXY_USERS.nginx },
    { path: `${dataDir}/acme`, mode: "0755" },
  ];
}

function tmpfilesLine({ path, mode, owner = "0:0" }: Folder): string {
  const [user, group = "0"] = owner.split(":");
  return `d ${path} ${mode} ${user} ${group} -`;
}

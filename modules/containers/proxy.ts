import { isOn } from "../spec";
import { PROXY_MEMORY_MIB } from "../spec/memory";
import {
  bind,
  EDGE_NETWORK,
  HARDENING,
  limits,
  memoryFolders,
  seconds,
  type ComposeBind,
  type ComposeService,
} from "./compose";
import { containerName, type ContainerContext } from "./context";
import { PROXY_IMAGES } from "./images";
import { configDir, type HostLayout } from "./layout";
import { logging } from "./logging";
import { PROXY } from "./names";
import { requestCommand } from "./service";

export type Proxy = "caddy" | "nginx";

/** User and group of each proxy: none for Caddy in its image, 101 in nginx's unprivileged one. */
export const PROXY_USERS: Readonly<Record<Proxy, string>> = { caddy: "10002:10002", nginx: "101:101" };

/** Folders as the proxies' configurations see them. */
const NGINX_CONFIG = "/etc/nginx/app/nginx.conf";
export const NGINX_CERTS = "/etc/nginx/certs";
export const NGINX_ACME = "/var/www/acme";

/** Folder of the page that stands for every answer while it is there; also as the proxies see it. */
export const MAINTENANCE = "/var/www/maintenance";
/** The page in it. */
export const MAINTENANCE_PAGE = "index.html";

/** Port of the proxies' own status answer; it listens on the container's loopback only. */
export const STATUS_PORT = 2020;

/** What makes a new container of the proxy necessary, besides the image and this description. */
export interface ProxyRevision {
  /** Changes with the configuration file. */
  readonly config: string;
  /** The public domain; opaque. @default - none */
  readonly domain?: string;
}

/**
 * The proxy. It listens below port 1024 without being root, because Docker lets every user of a container do that; the
 * one capability it keeps is there because Caddy's binary asks for it and would not start without.
 */
export function proxyContainer(context: ContainerContext, proxy: Proxy, revision: ProxyRevision): ComposeService {
  const { app, logTarget } = context;
  const tls = isOn(app.ingress.tls);
  return {
    image: PROXY_IMAGES[proxy],
    container_name: containerName(context, PROXY),
    ...(proxy === "nginx" && { command: ["nginx", "-c", NGINX_CONFIG, "-g", "daemon off;"] }),
    labels: {
      "proxy.config": revision.config,
      ...(revision.domain !== undefined && { "proxy.domain": revision.domain }),
    },
    networks: [EDGE_NETWORK],
    ports: tls ? ["80:80", "443:443"] : ["80:80"],
    user: PROXY_USERS[proxy],
    init: true,
    read_only: true,
    tmpfs: memoryFolders(PROXY_USERS[proxy], proxy === "caddy" ? ["/tmp", "/config"] : ["/tmp"]),
    volumes: proxyVolumes(context, proxy, tls),
    ...HARDENING,
    ...(proxy === "caddy" && { cap_add: ["NET_BIND_SERVICE"] }),
    deploy: limits({ memoryMiB: PROXY_MEMORY_MIB }),
    healthcheck: {
      test: ["CMD-SHELL", requestCommand(`http://127.0.0.1:${STATUS_PORT}/`)],
      // Often, because a start waits for the first answer.
      interval: seconds(5),
      timeout: seconds(5),
      retries: 6,
      start_period: seconds(30),
    },
    logging: logging(logTarget, PROXY),
    restart: "unless-stopped",
    stop_grace_period: seconds(30),
  };
}

/** On the data volume, so that a closed app stays closed whatever is started anew. */
export const maintenanceDir = ({ dataDir }: HostLayout): string => `${dataDir}/maintenance`;

/** Folders, never single files: a file that is replaced on the host would stay the old one in the container. */
function proxyVolumes({ layout }: ContainerContext, proxy: Proxy, tls: boolean): ComposeBind[] {
  const { dataDir } = layout;
  const maintenance = bind(maintenanceDir(layout), MAINTENANCE, "ro");
  if (proxy === "caddy") {
    return [bind(configDir(layout, "caddy"), "/etc/caddy", "ro"), maintenance, bind(`${dataDir}/caddy`, "/data")];
  }
  const certificates = [bind(`${dataDir}/certs`, NGINX_CERTS, "ro"), bind(`${dataDir}/acme`, NGINX_ACME, "ro")];
  return [bind(configDir(layout, "nginx"), "/etc/nginx/app", "ro"), maintenance, ...(tls ? certificates : [])];
}

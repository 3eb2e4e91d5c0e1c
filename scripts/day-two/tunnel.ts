/** Tunnels from this machine to one port of one container, through Session Manager. */
import * as net from "node:net";
import { UserError } from "../lib/errors";
import type { SessionRequest } from "./session";

/** A port of a container. */
export interface TunnelTarget {
  /** What the user asked for. */
  name: string;
  /** Name of the container on the host. */
  container: string;
  /** Docker network that the container is on; the host reaches every address of it. */
  network: string;
  /** Port that the process in the container listens on. */
  port: number;
}

/**
 * What the host is asked for the container's address. Not `docker inspect`: its answer holds the container's environment
 * with its secrets, and Systems Manager keeps answers.
 */
export const addressQuestion = ({ network }: TunnelTarget): string[] => ["docker", "network", "inspect", network];

interface NetworkAnswer {
  Containers?: Record<string, { Name?: string; IPv4Address?: string }>;
}

/**
 * The container's address out of the answer to {@link addressQuestion}.
 *
 * @throws UserError when the container does not run
 */
export function addressIn(answer: string, { container, network, name }: TunnelTarget): string {
  const found = Object.values(networksIn(answer)[0]?.Containers ?? {}).find(({ Name }) => Name === container);
  const address = found?.IPv4Address?.split("/")[0] ?? "";
  if (net.isIPv4(address)) return address;
  throw new UserError(`${name} does not run: the network ${network} of the host has no container ${container}.`);
}

function networksIn(answer: string): NetworkAnswer[] {
  try {
    return JSON.parse(answer) as NetworkAnswer[];
  } catch {
    throw new UserError("The host's answer about its Docker network is no JSON; is it longer than 24,000 characters?");
  }
}

/** The session that carries the tunnel: the host connects to the container's address. */
export function tunnelSession(address: string, { port, name }: TunnelTarget, localPort: number): SessionRequest {
  return {
    document: "AWS-StartPortForwardingSessionToRemoteHost",
    parameters: { host: [address], portNumber: [String(port)], localPortNumber: [String(localPort)] },
    reason: `tiers: tunnel to ${name}`,
  };
}

/** Ports that are looked at, from the wanted one upwards. */
const PORTS_TRIED = 50;

/**
 * The wanted port when it was given, else the first free one from the container's own upwards. Ports below 1024 are root's.
 *
 * @throws UserError (exit 2) when the wanted port is taken, or none is free
 */
export async function chooseLocalPort(wanted: number | undefined, like: number): Promise<number> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new UserError(`Port ${wanted} of this machine is taken. Give another one, or leave --local-port away.`, 2);
  }
  const first = like < 1024 ? like + 8000 : like;
  for (let port = first; port < first + PORTS_TRIED && port <= 65535; port += 1) if (await isFree(port)) return port;
  throw new UserError(`No port of this machine from ${first} on is free. Give one: --local-port <number>.`, 2);
}

function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

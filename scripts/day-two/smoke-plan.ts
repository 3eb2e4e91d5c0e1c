/** What a smoke test asks from outside, by the app's specification. */
import { hostRoutes, matches } from "../../modules/containers/routes";
import { proxyOf } from "../../modules/containers/names";
import { ANY_HOST, type ResolvedApp } from "../../modules/spec";
import type { DirectPort, PublicName } from "./smoke-web";

export interface SmokePlan {
  names: PublicName[];
  directPorts: DirectPort[];
  /** What cannot be asked from outside, and why; the host asks it. */
  leftToHost: { what: string; why: string }[];
}

/** A path of a service with what a good answer shows. */
interface Question {
  service: string;
  path: string;
  shows: string;
}

/**
 * @param domain - the domain of the deployed stack, which takes the place of the specification's
 * @param publicIp - what is asked for a route of every host
 */
export function smokePlan(app: ResolvedApp, domain: string | undefined, publicIp: string): SmokePlan {
  const questions = Object.entries(app.services).flatMap(([name, service]) => questionsOf(name, service));
  const routes = proxyOf(app) === undefined ? [] : hostRoutes(app, domain);
  const names = routes.map(({ served, routes: patterns }) => ({
    name: served === ANY_HOST ? publicIp : served,
    paths: questions.filter(
      ({ service, path }) => patterns.find(({ pattern }) => matches(pattern, path))?.service === service,
    ),
  }));
  const ports = directPorts(app);
  const openPorts = ports.filter(() => app.ingress.directCidrs.length > 0);
  const asked = new Set([
    ...names.flatMap(({ paths }) => paths.map(({ shows }) => shows)),
    ...openPorts.map(({ service }) => `health of ${service}`),
  ]);
  return {
    names: names.map(({ name, paths }) => ({ name, paths: paths.map(({ path, shows }) => ({ path, shows })) })),
    directPorts: openPorts,
    leftToHost: [
      ...questions.filter(({ shows }) => !asked.has(shows)).map(unasked),
      ...ports
        .filter((port) => !openPorts.includes(port))
        .map(({ service, port }) => ({
          what: `port ${port} of ${service}`,
          why: "ingress.directCidrs lets nobody in",
        })),
    ],
  };
}

const unasked = ({ shows, path }: Question) => ({ what: shows, why: `no public name leads to its ${path}` });

function questionsOf(service: string, { healthCheck, port, smoke }: ResolvedApp["services"][string]): Question[] {
  if (port === undefined) return [];
  return [
    ...(healthCheck && healthCheck.command === undefined
      ? [{ service, path: healthCheck.path, shows: `health of ${service}` }]
      : []),
    ...(smoke.database === undefined ? [] : [{ service, path: smoke.database, shows: `database through ${service}` }]),
    ...(smoke.cache === undefined ? [] : [{ service, path: smoke.cache, shows: `cache through ${service}` }]),
  ];
}

/** Every port of the host that leads to a service; a service that is asked by a command there has no path to ask. */
function directPorts({ services }: ResolvedApp): DirectPort[] {
  return Object.entries(services).flatMap(([service, { hostPort, healthCheck }]) =>
    hostPort === undefined || !healthCheck || healthCheck.command !== undefined
      ? []
      : [{ service, port: hostPort, path: healthCheck.path }],
  );
}

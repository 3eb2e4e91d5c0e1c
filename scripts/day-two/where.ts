/** What several commands of a running stack have in common: how its containers are found by name. */
import { containerName } from "../../modules/containers/context";
import { containerNames } from "../../modules/containers/names";
import type { ResolvedApp } from "../../modules/spec";
import { didYouMean } from "../../modules/spec/suggest";
import { UserError } from "../lib/errors";

/**
 * Name of a service's container on the host.
 *
 * @throws UserError (exit 2) with the names that there are
 */
export function containerOf(app: ResolvedApp, service: string): string {
  const names = containerNames(app);
  if (!names.includes(service)) {
    const advice = didYouMean(service, names, "take one of these");
    throw new UserError(`${app.name} runs no "${service}"; it runs: ${names.join(", ")}; ${advice}`, 2);
  }
  return containerName({ app }, service);
}

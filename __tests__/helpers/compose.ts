/** The Compose file of the shop, as its readers see it. */
import { parse } from "yaml";
import type { ComposeFile, ComposeService } from "../../modules/containers/compose";
import { composeText } from "../../modules/containers/compose-file";
import type { ContainerContext } from "../../modules/containers/context";
import { hostLayout } from "../../modules/containers/layout";
import { containerNames } from "../../modules/containers/names";
import type { ResolvedApp } from "../../modules/spec";
import { apiWith, shop, type AppChanges } from "./fixtures";

/** What the containers of an app are described from. */
export function contextOf(app: ResolvedApp): ContainerContext {
  const logGroups = Object.fromEntries(containerNames(app).map((name) => [name, `/shop/mvp/${name}`]));
  return { app, layout: hostLayout(app), logTarget: { logs: app.observability.logs, region: app.region, logGroups } };
}

/** The text of the Compose file. */
export const textOf = (changes: AppChanges = {}): string =>
  composeText(contextOf(shop(changes)), "shop-mvp", { config: "0" });
/** The Compose file as its readers see it: parsed back from the text. */
export const compose = (changes: AppChanges = {}): ComposeFile => parse(textOf(changes)) as ComposeFile;

/** One service of the Compose file; it must be there. */
export function serviceOf(name: string, changes: AppChanges = {}): ComposeService {
  const service = compose(changes).services[name];
  if (!service) throw new Error(`the Compose file has no service ${name}`);
  return service;
}

/** Only an API, without jobs that would need another service. */
export const onlyApi = (changes: Parameters<typeof apiWith>[0], rest: AppChanges = {}): AppChanges => ({
  services: apiWith(changes),
  jobs: {},
  ...rest,
});

import type { App, AppInput } from "./schema";

/** The services that are turned off. */
export const disabledServices = ({ services }: App): string[] =>
  Object.keys(services).filter((name) => services[name]?.enabled === false);

/** The app without the services that are turned off, and without the secrets that only they list. */
export function withoutDisabled(app: App): App {
  const disabled = new Set(disabledServices(app));
  if (disabled.size === 0) return app;
  const services = without(app.services, disabled);
  const listed = (users: Readonly<Record<string, { readonly secrets: readonly string[] }>>): Set<string> =>
    new Set(Object.values(users).flatMap(({ secrets }) => secrets));
  const stillRead = listed({ ...services, ...app.jobs });
  const orphans = [...listed(app.services)].filter((name) => !stillRead.has(name) && !isOfDatabase(app, name));
  return { ...app, services, secrets: without(app.secrets, new Set(orphans)) };
}

/** What the author wrote, without the same services. */
export function writtenWithoutDisabled(written: AppInput, app: App): AppInput {
  return { ...written, services: without(written.services, new Set(disabledServices(app))) };
}

const isOfDatabase = ({ database }: App, secret: string): boolean =>
  secret === database.passwordSecret || secret === database.urlSecret;

function without<T>(things: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(things).filter(([name]) => !names.has(name)));
}

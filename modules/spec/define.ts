import type { AppInput } from "./schema";

/** An app as its author wrote it. Nothing is checked yet: {@link resolveApps} reports every problem of every app at once. */
export interface AppDefinition {
  readonly input: AppInput;
}

/**
 * Declares an app. Never throws, so that one wrong app cannot keep the others from being read.
 *
 * @example
 * export const shop = defineApp({
 *   name: "shop",
 *   region: "eu-central-1",
 *   services: { api: { image: { reference: "ghcr.io/shop/api:1.4.2" }, port: 8080 } },
 * });
 */
export function defineApp(input: AppInput): AppDefinition {
  return { input };
}

import type { ResolvedApp } from "../spec";
import type { HostLayout } from "./layout";
import type { LogTarget } from "./logging";

/** What every container of a stack is described from. */
export interface ContainerContext {
  readonly app: ResolvedApp;
  readonly layout: HostLayout;
  readonly logTarget: LogTarget;
}

/** `<app>-<container>`, e.g. "shop-postgres". */
export const containerName = ({ app }: Pick<ContainerContext, "app">, container: string): string =>
  `${app.name}-${container}`;

import type { ResolvedApp, ResolvedStack } from "./resolved";

/** What an app says about CI, with every default filled in. */
export type Ci = NonNullable<ResolvedApp["ci"]>;

/** An app that has CI. */
export type AppWithCi = ResolvedApp & { readonly ci: Ci };

/** The stack of the roles that the workflows of one app in one environment take. */
export interface ResolvedCiStack {
  readonly id: string;
  readonly app: AppWithCi;
  /** The stacks of the app that the workflows look at and release to. */
  readonly stacks: readonly ResolvedStack[];
}

const hasCi = (app: ResolvedApp): app is AppWithCi => app.ci !== undefined;

/** Id of the ci stack of an app: "<name>-ci", with the environment behind it when it is not the app's own. */
export const ciStackId = ({ name, environment, isDefaultEnvironment }: ResolvedApp): string =>
  isDefaultEnvironment ? `${name}-ci` : `${name}-ci-${environment}`;

/** The ci stacks that go with some stacks: one for each app and environment that has `ci`. */
export function ciStacksOf(stacks: readonly ResolvedStack[]): ResolvedCiStack[] {
  const byId = new Map<string, ResolvedCiStack>();
  for (const stack of stacks) {
    const { app } = stack;
    if (!hasCi(app)) continue;
    const id = ciStackId(app);
    byId.set(id, { id, app, stacks: [...(byId.get(id)?.stacks ?? []), stack] });
  }
  return [...byId.values()];
}

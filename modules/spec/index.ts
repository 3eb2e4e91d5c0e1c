export { type AppWithCi, type Ci, ciStacksOf, type ResolvedCiStack } from "./ci-stacks";
export { defineApp, type AppDefinition } from "./define";
export { ANY_HOST, isOn, type Safety } from "./fields";
export { INJECTED_VARIABLES, SUPERUSER_SECRET } from "./injected";
export { formatProblem, formatWarning } from "./problem";
export { resolveApps, type Resolution } from "./resolve";
export type { ResolvedApp, ResolvedService, ResolvedStack } from "./resolved";
export { defineState, resolveState, type ResolvedStateStack, type StateDefinition } from "./state";
export { TIERS, type AppInput, type Job, type Secret, type Tier } from "./schema";

export { defineApp, type AppDefinition } from "./define";
export { CACHE_VARIABLES, DATABASE_VARIABLES, INJECTED_VARIABLES, SUPERUSER_SECRET } from "./injected";
export { formatProblem, formatWarning, type Problem, type Warning } from "./problem";
export { resolveApps, type Resolution, type ResolveOptions } from "./resolve";
export type { DataService, ResolvedApp, ResolvedService, ResolvedStack } from "./resolved";
export { TIERS, type App, type AppInput, type EnvironmentOverrides, type Job, type Secret, type Tier } from "./schema";
export { isOn, type Safety } from "./fields";

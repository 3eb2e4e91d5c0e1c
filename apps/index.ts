import type { AppDefinition } from "../modules/spec";
// tiers init: imports
import { webrana } from "./webrana";
// tiers init: end of imports

/** Every app that this repository deploys. `tiers init` adds lines between the marks. */
export const apps: readonly AppDefinition[] = [
  // tiers init: apps
  webrana,
  // tiers init: end of apps
];

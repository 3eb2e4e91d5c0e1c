import type { AppDefinition } from "../modules/spec";
// tiers init: imports
import { fastapi } from "./fastapi";
import { rex } from "./rex";
import { webrana } from "./webrana";
// tiers init: end of imports

/** Every app that this repository deploys. `tiers init` adds lines between the marks. */
export const apps: readonly AppDefinition[] = [
  // tiers init: apps
  webrana,
  rex,
  fastapi,
  // tiers init: end of apps
];

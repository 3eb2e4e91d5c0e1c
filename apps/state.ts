import { defineState, type StateDefinition } from "../modules/spec";

/**
 * The bucket that keeps the states of all apps once `tiers state bootstrap` has made it; undefined when there is none to
 * make. Declared once for an account and region.
 */
export const state: StateDefinition | undefined = defineState({ name: "webrana", region: "ap-southeast-1" });

import type { AppDefinition } from "../modules/spec";
import { webrana } from "./webrana";

/** Every app that this repository deploys. */
export const apps: readonly AppDefinition[] = [webrana];

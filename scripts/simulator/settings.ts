/** What the simulator's process and the one that starts it tell each other. */
import type { Fault } from "./faults/spec";

/** The argument of the process. All paths are absolute. */
export interface ServerSettings {
  dir: string;
  scopes: string[];
  fixturesFile?: string;
  seed: string;
  account: string;
  faults: readonly Fault[];
}

/** The one line on its standard output: ready, or why not. */
export type ServerReport = { reattach: string; pid: number } | { failure: string; exitCode: 1 | 2 | 3 };

/** What simulated runs need of other engines. Commands hand them in, so that engines do not know each other. */
import type { Reporter } from "../lib/terminal";

/** A simulated AWS that runs. */
export interface Simulation {
  /** Variables that make Terraform use it. */
  env: NodeJS.ProcessEnv;
  /** File that holds everything that exists in it. */
  worldFile: string;
  stop(): Promise<void>;
}

export interface SpotTarget {
  instanceIds: string[];
  requestIds: string[];
}

export interface Left {
  type: string;
  id: string;
}

export interface Engines {
  startSimulator(options: {
    dir: string;
    scopes?: string[];
    fixturesFile?: string;
    baseEnv: NodeJS.ProcessEnv;
  }): Promise<Simulation>;
  teardown(options: {
    stackDirectory: string;
    env: NodeJS.ProcessEnv;
    reporter: Reporter;
    deleteData: boolean;
    deleteBackups: boolean;
    confirm(description: string): Promise<void>;
    cancelSpot(target: SpotTarget): Promise<string[]>;
  }): Promise<{ destroyed: number; leftovers: Left[]; cancelledSpotRequests: string[] }>;
}

/** What simulated runs need of other engines. Commands hand them in, so that engines do not know each other. */
import type { Reporter } from "../lib/terminal";

/** A simulated AWS that runs. */
export interface Simulation {
  /** Variables that make Terraform use it. */
  env: NodeJS.ProcessEnv;
  /** File that holds everything that exists in it. */
  worldFile: string;
  /** What became of the faults that it was started with. */
  faults(): FaultStatus[];
  /** What exists in it although the state does not hold it. */
  forgotten(stateFile: string): ForgottenObject[];
  isAlive(): boolean;
  stop(): Promise<void>;
}

export interface FaultStatus {
  fault: string;
  /** Whether it only makes calls slower. */
  delays: boolean;
  /** How many calls it met. */
  times: number;
  /** The first of them, in words. */
  call?: string;
  /** How many calls there were of the kind that it waits for. */
  calls: number;
  /** Seconds that the real provider would have waited. */
  realWaitSeconds?: number;
}

export interface ForgottenObject extends Left {
  /** What `terraform import` takes for it. */
  importId: string;
  attributes: Record<string, unknown>;
}

export interface SpotTarget {
  instanceIds: string[];
  requestIds: string[];
  tags: Record<string, string>;
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
    faults?: readonly string[];
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

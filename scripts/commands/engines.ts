/** The one place that brings the simulator and the teardown together with the runs that use them. */
import type { Engines } from "../setup/engines";
import { startSimulator } from "../simulator";
import { teardown } from "../teardown";

export const engines: Engines = { startSimulator, teardown };

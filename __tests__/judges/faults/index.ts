/** Every planted fault. */
import { bucketFaults } from "./bucket";
import { composeFaults } from "./compose";
import { dockerfileFaults } from "./dockerfile";
import { hostFaults } from "./host";
import type { Fault, SourceFault } from "./plant";
import { policyFaults } from "./policies";
import { shellFaults } from "./shell";
import { unitFaults } from "./units";
import { userDataFaults } from "./user-data";
import { workflowFaults } from "./workflow";

/** Into a stack. */
export const faults: readonly Fault[] = [
  ...hostFaults,
  ...bucketFaults,
  ...policyFaults,
  ...composeFaults,
  ...userDataFaults,
  ...unitFaults,
];

/** Into the samples. */
export const sourceFaults: readonly SourceFault[] = [...shellFaults, ...dockerfileFaults, ...workflowFaults];

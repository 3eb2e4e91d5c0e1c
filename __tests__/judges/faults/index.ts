/** Every planted fault. */
import { bucketFaults } from "./bucket";
import { composeFaults } from "./compose";
import { hostFaults } from "./host";
import type { Fault } from "./plant";
import { policyFaults } from "./policies";

export const faults: readonly Fault[] = [...hostFaults, ...bucketFaults, ...policyFaults, ...composeFaults];

/** States: their bucket, their place, their versions. */
export { bootstrap, type BootstrapResult } from "./bootstrap";
export { stateHistory, type HistoryEntry } from "./history";
export { LocalPlace } from "./local-place";
export { moveState, type MoveResult } from "./move";
export type { Place } from "./place";
export { restoreState, type Choice, type RestoreResult } from "./restore";
export { S3Place } from "./s3-place";

/** Backups of a deployed stack, seen and asked for from a laptop. */
export { describeBackups, listBackups } from "./backups";
export { type Deployed, deployedHost } from "./deployed";
export { runOnHost } from "./host-command";

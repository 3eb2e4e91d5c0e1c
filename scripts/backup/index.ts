/** Backups of a deployed stack, seen from a laptop. */
export { describeBackups, listBackups } from "./backups";

/** Who works here, for the locks and histories of hosts. */
import * as os from "node:os";

/** Bytes of a name. */
export const MOST_BY = 100;

/** This user on this machine, as in "ana@laptop". */
export function releaser(): string {
  return `${userName()}@${os.hostname()}`.replaceAll(/[^\w.@+-]/g, "-").slice(0, MOST_BY);
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A user id without an entry in the system's list, as in containers.
    return "somebody";
  }
}

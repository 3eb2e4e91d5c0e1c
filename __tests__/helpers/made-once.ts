/** Things for tests that take long to make: made by the first who needs them, kept, and used by all. */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning } from "../../scripts/lib/lock";

const OWNER = "pid";

/**
 * Makes a folder unless it has been made. Other threads and processes wait; one that was killed on the way holds up nobody.
 *
 * @param folder changes its name with what it is made from; a mark beside it says that it is whole
 * @param make fills the folder, which does not exist yet
 */
export async function madeOnce(folder: string, make: (folder: string) => Promise<void>): Promise<string> {
  const lock = `${folder}.lock`;
  const mark = `${folder}.made`;
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  while (!fs.existsSync(mark)) {
    if (!takeLock(lock)) {
      await pause(200);
      continue;
    }
    try {
      if (fs.existsSync(mark)) break;
      fs.rmSync(folder, { recursive: true, force: true });
      await make(folder);
      fs.writeFileSync(mark, "");
    } finally {
      fs.rmSync(lock, { recursive: true, force: true });
    }
  }
  return folder;
}

/** Making a folder is atomic, also between threads. */
function takeLock(lock: string): boolean {
  try {
    fs.mkdirSync(lock);
    fs.writeFileSync(path.join(lock, OWNER), String(process.pid));
    return true;
  } catch {
    removeIfLeftOver(lock);
    return false;
  }
}

function removeIfLeftOver(lock: string): void {
  try {
    const owner = Number(fs.readFileSync(path.join(lock, OWNER), "utf8"));
    if (owner > 0 && !isRunning(owner)) fs.rmSync(lock, { recursive: true, force: true });
  } catch {
    // Its owner is about to sign it, or has just let it go.
  }
}

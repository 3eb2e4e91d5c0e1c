/** What boxes leave on this machine when their test is killed: folders, disks behind loop devices, cgroups. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { isRunning } from "../../../scripts/lib/lock";
import { ROOT } from "../../helpers/folders";

/** Where the boxes that run keep what they write; every name ends in the process id of its test. */
export const BOXES = path.join(ROOT, ".cache", "boxes");
const CGROUPS = "/sys/fs/cgroup";

/** Removes what belongs to tests that no longer run. */
export function removeLeftovers(): void {
  detachDisks();
  for (const name of names(BOXES).filter(isLeftOver))
    fs.rmSync(path.join(BOXES, name), { recursive: true, force: true });
  const cgroups = names(CGROUPS).flatMap((hierarchy) => names(path.join(CGROUPS, hierarchy)));
  for (const id of new Set(cgroups.filter((name) => name.startsWith("rehearsal-") && isLeftOver(name))))
    removeCgroups(id);
}

/** Removes the cgroups of a box, innermost first; answers whether none is left. */
export function removeCgroups(id: string): boolean {
  let gone = true;
  for (const hierarchy of names(CGROUPS)) {
    const top = path.join(CGROUPS, hierarchy, id);
    if (!fs.existsSync(top)) continue;
    const found = execFileSync("find", [top, "-depth", "-type", "d"], { encoding: "utf8" }).trim().split("\n");
    for (const folder of found) {
      try {
        fs.rmdirSync(folder);
      } catch {
        gone = false;
      }
    }
  }
  return gone;
}

function detachDisks(): void {
  const lines = execFileSync("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"], { encoding: "utf8" });
  for (const line of lines.split("\n")) {
    const [device, file] = line.trim().split(/\s+/);
    if (device && file?.startsWith(BOXES) && isLeftOver(path.basename(file, ".disk"))) {
      execFileSync("losetup", ["--detach", device]);
    }
  }
}

function isLeftOver(name: string): boolean {
  const pid = /-(\d+)(?:\.disk)?$/.exec(name)?.[1];
  return pid !== undefined && !isRunning(Number(pid));
}

function names(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of cdktf.json, found upwards from this file, so that files of the project are found from any working
 * directory and from compiled code alike.
 *
 * @param from folder to begin in
 * @throws Error when there is none, which means that the installation is broken
 */
export function projectRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "cdktf.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`No cdktf.json in ${from} or any folder above it.`);
  }
}

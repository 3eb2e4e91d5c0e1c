import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of cdktf.json, found upwards from this file, so that files of the project are found from any working
 * directory and from compiled code alike.
 */
export function projectRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "cdktf.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`No cdktf.json above ${__dirname}`);
  }
}

/** Puts the rendered document into the repository, or only compares it with what is there. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../lib/errors";
import { writeFileAtomic } from "../lib/write";

/**
 * Writes the document when it changed.
 *
 * @param onlyCheck compare instead of writing
 * @throws UserError when it had to change and may only be compared
 */
export function putDocument(file: string, text: string, onlyCheck: boolean): void {
  const current = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  if (current === text) return;
  if (onlyCheck) {
    throw new UserError(`${path.basename(file)} is out of date: run npm run conformance and commit it.`);
  }
  writeFileAtomic(file, text);
}

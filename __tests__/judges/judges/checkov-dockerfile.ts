/** Checkov over every Dockerfile: adds the instructions whose absence hadolint does not mind. */
import * as fs from "node:fs";
import * as path from "node:path";
import { emptyFolder, makeFolder } from "../../../scripts/lib/write";
import { dockerfiles, sources } from "../lib/sources";
import type { Input, Judge } from "../lib/types";
import { workspace } from "../lib/workspace";
import { scan } from "./checkov";

/** Every Dockerfile passes at least this many checks; a file that was not read passes none. */
const CHECKS_PER_FILE = 3;

const copies = path.join(workspace.scratch, "checkov-dockerfile");

/** Copies the Dockerfiles alone, because checkov searches whole folders. */
function layOut({ label, file: folder }: Input): void {
  for (const relative of sources(dockerfiles, folder)) {
    const copy = path.join(copies, label, relative);
    makeFolder(path.dirname(copy));
    fs.copyFileSync(path.join(folder, relative), copy);
  }
}

export const checkovDockerfile: Judge = {
  name: "checkov-dockerfile",
  tool: "checkov",
  unit: "checks passed in Dockerfiles",
  docket: "sources",
  reads: ({ file }) => sources(dockerfiles, file).length > 0,
  floor: ({ file }) => CHECKS_PER_FILE * sources(dockerfiles, file).length,
  async evaluate(inputs) {
    emptyFolder(copies);
    inputs.forEach(layOut);
    return scan(copies, "dockerfile", inputs);
  },
};

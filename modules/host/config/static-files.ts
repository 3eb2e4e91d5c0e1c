import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../terraform/project-root";

/** A file that is the same on every host. */
interface StaticFile {
  /** Relative to the app's folder on the host. */
  readonly path: string;
  readonly content: string;
  readonly mode: "0644" | "0755";
}

const FOLDER = "modules/host/files";
/** User data, which is no file of the host. */
const LOADER = "loader.sh";
/** What people and units call; everything else is read by these. */
const EXECUTABLE = /^(bin|libexec)\/|^bootstrap\.sh$/;

/** The host's shell and settings as they stand in `modules/host/files`, in alphabetical order. */
export function staticFiles(): StaticFile[] {
  const folder = join(projectRoot(), FOLDER);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path !== LOADER)
    .sort()
    .map((path) => ({
      path,
      content: readFileSync(join(folder, path), "utf8"),
      mode: EXECUTABLE.test(path) ? "0755" : "0644",
    }));
}

/** Where the judges live and what they may write: everything below one ignored folder of the project. */
import * as path from "node:path";
import { childEnv } from "../../../scripts/lib/environment";
import { type ProjectPaths, projectPaths, projectRoot } from "../../../scripts/lib/paths";

const project: ProjectPaths = projectPaths(projectRoot());
const sources = path.join(project.root, "__tests__", "judges");
const written = path.join(project.root, ".judges");

export const workspace = {
  project,
  exceptions: path.join(sources, "exceptions.yaml"),
  requirements: path.join(sources, "requirements"),
  python: path.join(sources, "python"),
  /** Go modules that pin and build a tool. */
  go: path.join(sources, "go"),
  /** Small files without a fault, into which faults of source files are planted. */
  samples: path.join(sources, "samples"),
  /** Synthesized stacks. */
  output: path.join(written, "out"),
  /** Workflows as `tiers ci` writes them, one folder per app. */
  workflows: path.join(written, "workflows"),
  /** Copies of a stack, or of the samples, with one planted fault each. */
  faults: path.join(written, "faults"),
  /** Files in the form that a checker wants. */
  scratch: path.join(written, "scratch"),
  /** Installed Python tools. */
  venv: path.join(written, "venv"),
  /** Built Go tools. */
  bin: path.join(written, "bin"),
  /** Unpacked packages of a distribution. */
  packages: path.join(written, "packages"),
  /** The home folder of the checkers, so that they leave nothing in the user's. */
  home: path.join(written, "home"),
} as const;

/** The environment of a checker. */
export function checkerEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return childEnv(process.env, {
    HOME: workspace.home,
    PYTHONPYCACHEPREFIX: path.join(written, "pycache"),
    PYTHONWARNINGS: "ignore",
    ...extra,
  });
}

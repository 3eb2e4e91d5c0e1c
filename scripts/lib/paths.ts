/** Where things lie in the project. */
import * as path from "node:path";

export { projectRoot } from "../../modules/terraform/project-root";

/** The places that commands read and write, all below one folder. */
export function projectPaths(root: string) {
  return {
    root,
    /** One TypeScript file per app, and the list of them. */
    apps: path.join(root, "apps"),
    /** The compiled project. */
    dist: path.join(root, "dist"),
    /** The compiled entry that builds every stack. */
    main: path.join(root, "dist", "main.js"),
    /** Synthesized stacks that are deployed for real. */
    output: path.join(root, "cdktf.out"),
    /** Everything that simulated runs touch. */
    simulated: path.join(root, ".simulated"),
    /** Short-lived files. */
    cache: path.join(root, ".cache"),
  };
}

export type ProjectPaths = ReturnType<typeof projectPaths>;

/** A path for people: relative to the project, or as it is when it lies elsewhere. */
export function shown(root: string, file: string): string {
  const relative = path.relative(root, file);
  return relative === "" ? "." : relative.startsWith("..") ? file : relative;
}

/** The directory of one stack inside an output folder. */
export const stackDirectory = (output: string, stack: string): string => path.join(output, "stacks", stack);
